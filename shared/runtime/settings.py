"""Settings from the environment, validated, with all problems in one message."""

import os
import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from shared.cloud.aws import DEFAULT_ACCESS, CloudAccess
from shared.cloud.roots import Roots, portable
from shared.domain.certificates import STORES
from shared.domain.regions import Regions, shown, well_formed
from shared.domain.resources import CloudProduct
from shared.domain.values import Value
from shared.errors import SettingsError
from shared.products import default_products
from shared.validation.contacts import webhook_problems

_PREFIX = "CERTDEPLOY_"
_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)?=([a-z0-9{}-]+\.)+aliyuncs\.com")


class Settings(Value):
    """Each variable is `CERTDEPLOY_` plus the field's name in capitals, unless it has an alias."""

    state: str = ""  #: the SQLite file
    #: roots that clients trust beside the public ones, or instead of them: see `Roots.of`
    roots: str = ""
    endpoint: str = ""  #: address of an emulated cloud, "http://127.0.0.1:P"; empty = the real cloud
    tls: str = ""  #: address of its TLS edge, "127.0.0.1:Q"
    stores: tuple[str, ...] = STORES[:1]
    more_regions: tuple[str, ...] = ()  #: that hosts are made from too, beside those of this version
    regions: tuple[str, ...] = ()
    #: by API, or "api.region": the host in place of the usual one, which may contain {region}
    hosts: tuple[tuple[str, str], ...] = ()
    aws: bool = False  #: manage AWS too
    aws_access: CloudAccess = DEFAULT_ACCESS  #: shared/cloud/aws.py documents its variables
    products: tuple[CloudProduct, ...] = Field(
        default_factory=lambda known: default_products(aws=bool(known.get("aws")))
    )
    auto: Literal["submit", "draft"] = "submit"  #: what to do with automatic jobs
    #: days before the end of a certificate in service when it is replaced, or warned of; empty = by lifetime
    warning_days: tuple[Annotated[float, Field(gt=0, allow_inf_nan=False)], ...] = ()
    prefix: str = "certdeploy"  #: prefix of the functions' names
    fc_endpoint: str = ""  #: where to invoke functions; default: Function Compute of the region
    fc_access_key_id: str = ""
    fc_access_key_secret: SecretStr = SecretStr("")
    fc2_service: str = ""  #: the service's name if the functions run on Function Compute 2.0
    webhook_url: SecretStr = SecretStr("")  #: the URL may contain a token
    webhook_secret: SecretStr = SecretStr("")
    region: str = Field(default="cn-hangzhou", validation_alias=AliasChoices("FC_REGION", "region"))
    account_id: str = Field(default="", validation_alias=AliasChoices("FC_ACCOUNT_ID", "account_id"))

    @field_validator("stores", "more_regions", "regions", "products", "warning_days", mode="before")
    @classmethod
    def _comma_list(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("regions", "products")
    @classmethod
    def _some(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """A list of nothing is no way to say "all": it bounds what is written to."""
        if not value:
            raise ValueError("names none; name some, separated by commas, or unset it for all")
        return value

    @field_validator("more_regions")
    @classmethod
    def _names_of_regions(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [name for name in value if not well_formed(name)]:
            raise ValueError(f"{shown(wrong[0])} is not the name of a region, such as cn-hangzhou")
        return value

    @field_validator("regions")
    @classmethod
    def _known_regions(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known = Regions(more=info.data.get("more_regions", ()))
        if why := next(filter(None, map(known.why_not, value)), ""):
            raise ValueError(why)
        return value

    @field_validator("hosts", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        """`live=live.ap-southeast-1.aliyuncs.com`, by commas. They get signed requests: the vendor's only."""
        if not isinstance(value, str):
            return value
        texts = [text.strip() for text in value.split(",") if text.strip()]
        if wrong := [text for text in texts if not _HOST.fullmatch(text)]:
            raise ValueError(f"{wrong[0]!r} is not api=host, with a host of aliyuncs.com")
        return [text.split("=", 1) for text in texts]

    @field_validator("endpoint", "fc_endpoint")
    @classmethod
    def _http_url(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("roots")
    @classmethod
    def _readable_roots(cls, value: str) -> str:
        if value:
            Roots.of(value)
        return portable(value) if value else ""

    @field_validator("webhook_url")
    @classmethod
    def _webhook(cls, url: SecretStr) -> SecretStr:
        if url and (problems := list(webhook_problems(url.get_secret_value()))):
            raise ValueError("; ".join(problems))
        return url

    @field_validator("stores")
    @classmethod
    def _known_stores(cls, stores: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(stores) - set(STORES):
            raise ValueError(f"{', '.join(sorted(unknown))}: stores are {', '.join(STORES)}")
        return stores


_VARIABLES = Settings.model_fields.keys() - {"aws_access"}


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Empty variables count as unset. Raises SettingsError."""
    values: dict[str, str] = {}
    for name, value in environ.items():
        field = name.removeprefix(_PREFIX).lower()
        if name.startswith(_PREFIX) and value and field in _VARIABLES:
            values[field] = value
        elif name in ("FC_REGION", "FC_ACCOUNT_ID") and value:
            values[name] = value
    try:
        settings = Settings.model_validate(values)
        return settings.evolve(aws_access=CloudAccess.of(environ)) if settings.aws else settings
    except ValidationError as error:
        clauses = [
            f"{_PREFIX}{str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors(include_url=False, include_input=False)
            if e["type"] != "default_factory_not_called"  # caused by another field
        ]
        raise SettingsError("; ".join(clauses)) from None
