"""Settings from the environment, validated, with all problems in one message."""

import os
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Final, Literal

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from shared.cloud.aws import DEFAULT_ACCESS, NAMES_NONE, CloudAccess
from shared.cloud.roots import Roots, portable
from shared.domain.accounts import EXTERNAL_ID, Account
from shared.domain.certificates import STORES
from shared.domain.engines import Engine
from shared.domain.regions import Regions, shown, well_formed
from shared.domain.resources import CloudProduct
from shared.domain.values import Value
from shared.errors import SettingsError
from shared.products import default_products
from shared.runtime.setting_words import names_in, nearest, product_problems
from shared.state.tablestore_address import SCHEME, Address, address_at, address_of, is_address
from shared.validation.accounts import accounts_in
from shared.validation.addresses import edge_problem, emulator_problem
from shared.validation.contacts import webhook_problems
from shared.validation.hosts import hosts_in
from shared.validation.mail import is_mailbox, mail_server_problems
from shared.validation.secret_names import secret_name_problem

_PREFIX = "CERTDEPLOY_"
_FUNCTION: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")  # as Function Compute allows its names
_TOLD_BY_FC: Final = {"FC_REGION": "region", "FC_ACCOUNT_ID": "account_id"}  #: the fields, by variable
_SOME_REGION: Final = "cn-hangzhou"  #: to look at the form of an address
#: Variables that are read elsewhere: by `CloudAccess`, the command and the tests.
_OTHERS: Final = (
    *("AWS_REGIONS", "AWS_ROLE_ARN", "AWS_ENDPOINT", "AWS_KEY", "LOCAL", "DEBUG", "STACK"),
    *("EMULATOR_TOKEN", "WALK", "OPENAPI_META", "ROS_CDK", "HOSTILE", "HOSTILE_SEED", "EXAMPLES", "LIVES"),
)


class Settings(Value):
    """Each variable is `CERTDEPLOY_` plus the field's name in capitals, unless it has an alias."""

    state: str = ""  #: the SQLite file, or ots://INSTANCE[.REGION][/PREFIX] in Tablestore
    ots_instance: str = ""  #: the Tablestore instance that has the state, if `state` is empty
    ots_endpoint: str = ""  #: its host; default: its public one
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
    #: other accounts beside the own one, each with the role to assume: see shared/validation/accounts.py
    accounts: tuple[Account, ...] = ()
    external_id: str = Field(default="", repr=False)  #: for the roles that have none of their own
    products: tuple[CloudProduct, ...] = Field(
        default_factory=lambda known: default_products(aws=bool(known.get("aws")))
    )
    auto: Literal["submit", "draft"] = "submit"  #: what to do with automatic jobs
    engine: Engine = Engine.DIRECT  #: of jobs that ask for none; the system's own among them
    #: days before the end of a certificate in service when it is replaced, or warned of; empty = by lifetime
    warning_days: tuple[Annotated[float, Field(gt=0, allow_inf_nan=False)], ...] = ()
    identity: str = ""  #: who works on this machine, where the key does not tell
    prefix: str = "certdeploy"  #: prefix of the functions' names
    fc_endpoint: str = ""  #: where to invoke functions; default: Function Compute of the region
    fc_access_key_id: str = ""
    fc_access_key_secret: SecretStr = SecretStr("")
    fc2_service: str = ""  #: the service's name if the functions run on Function Compute 2.0
    webhook_url: SecretStr = SecretStr("")  #: the URL may contain a token
    webhook_secret: SecretStr = SecretStr("")  #: or its name: see shared/validation/secret_names.py
    webhook_private: bool = False  #: the URL's name may lead to an address that is not public
    chat_endpoint: str = (
        ""  #: address of emulated chat services, whose URLs may be there; empty = the real ones
    )
    smtp: str = ""  #: the server that sends mail, smtp://USER@HOST:PORT
    smtp_from: str = ""  #: the address that mail comes from
    smtp_password: SecretStr = SecretStr("")  #: or its name, as of `webhook_secret`
    region: str = Field(default="cn-hangzhou", validation_alias=AliasChoices("FC_REGION", "region"))
    account_id: str = Field(default="", validation_alias=AliasChoices("FC_ACCOUNT_ID", "account_id"))

    @property
    def tablestore(self) -> Address | None:
        """Where the state is in Tablestore; None: it is in a file, or nowhere."""
        if is_address(self.state):
            return address_of(self.state, self.region, endpoint=self.endpoint)
        if self.state or not self.ots_instance:
            return None
        if self.ots_endpoint and not self.endpoint:  # an emulated cloud has all hosts at its own
            return address_at(self.ots_instance, self.ots_endpoint)
        return address_of(f"{SCHEME}{self.ots_instance}", self.region, endpoint=self.endpoint)

    @field_validator("state")
    @classmethod
    def _state(cls, value: str) -> str:
        if is_address(value):
            address_of(value, _SOME_REGION)
        return value

    @field_validator("ots_instance")
    @classmethod
    def _instance(cls, value: str) -> str:
        if value:
            address_of(f"{SCHEME}{value}", _SOME_REGION)
        return value

    @field_validator("ots_endpoint")
    @classmethod
    def _host_of_instance(cls, value: str, known: ValidationInfo) -> str:
        if value and known.data.get("ots_instance"):
            address_at(known.data["ots_instance"], value)
        return value

    @field_validator("products", mode="before")  # of two such validators the later one runs first
    @classmethod
    def _known_products(cls, value: object) -> object:
        if isinstance(value, list) and (wrong := "; ".join(product_problems(value))):
            raise ValueError(wrong)
        return value

    @field_validator("stores", "more_regions", "regions", "products", "warning_days", mode="before")
    @classmethod
    def _comma_list(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return names_in(value)

    @field_validator("stores", "regions", "products")
    @classmethod
    def _some(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """A list of nothing is no way to say "all": it bounds what is written to."""
        if not value:
            raise ValueError(NAMES_NONE)
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

    @field_validator("region")
    @classmethod
    def _known_region(cls, value: str, info: ValidationInfo) -> str:
        cls._known_regions((value,), info)
        return value

    @field_validator("account_id")
    @classmethod
    def _number(cls, value: str, known: ValidationInfo) -> str:
        if value and not (value.isascii() and value.isdigit()):
            raise ValueError("the id of an account is a number")
        if any(one.id == value for one in known.data.get("accounts", ())):
            raise ValueError(f"{value} is the own account, which CERTDEPLOY_ACCOUNTS leaves out")
        return value

    @field_validator("accounts", mode="before")
    @classmethod
    def _other_accounts(cls, value: object) -> object:
        return accounts_in(value) if isinstance(value, str) else value

    @field_validator("external_id")
    @classmethod
    def _known_outside(cls, value: str) -> str:
        if value and not EXTERNAL_ID.fullmatch(value):
            raise ValueError("it is not of the form that STS takes")
        return value

    @field_validator("hosts", mode="before")
    @classmethod
    def _pairs(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        return list(hosts_in(names_in(value), Regions(more=info.data.get("more_regions", ()))))

    @field_validator("endpoint", "fc_endpoint", "chat_endpoint")
    @classmethod
    def _emulator(cls, value: str) -> str:
        return _unless(value, emulator_problem).rstrip("/")

    @field_validator("tls")
    @classmethod
    def _edge(cls, value: str) -> str:
        return _unless(value, edge_problem)

    @field_validator("prefix", "fc2_service")
    @classmethod
    def _name_of_functions(cls, value: str) -> str:
        if value and not _FUNCTION.fullmatch(value):
            raise ValueError("use letters, digits, - and _, no digit first; at most 64")
        return value

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

    @field_validator("smtp")
    @classmethod
    def _mail_server(cls, url: str) -> str:
        if url and (problems := list(mail_server_problems(url))):
            raise ValueError("; ".join(problems))
        return url

    @field_validator("smtp_from")
    @classmethod
    def _sender(cls, address: str) -> str:
        if address and not is_mailbox(address):
            raise ValueError("it is no address such as certdeploy@example.com")
        return address

    @field_validator("webhook_secret", "smtp_password")
    @classmethod
    def _secret(cls, named: SecretStr) -> SecretStr:
        if why := secret_name_problem(named.get_secret_value()):
            raise ValueError(why)
        return named

    @field_validator("stores")
    @classmethod
    def _known_stores(cls, stores: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(stores) - set(STORES):
            raise ValueError(f"{', '.join(sorted(unknown))}: stores are {', '.join(STORES)}")
        return stores


def _unless(value: str, problem_of: Callable[[str], str]) -> str:
    if value and (problem := problem_of(value)):
        raise ValueError(problem)
    return value


_VARIABLES = Settings.model_fields.keys() - {"aws_access"}
_NAMES: Final = [f"{_PREFIX}{field.upper()}" for field in (*sorted(_VARIABLES), *_OTHERS)]


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Empty variables count as unset. Raises SettingsError with all that is wrong."""
    values: dict[str, str] = {}
    wrong: list[str] = []
    for name, value in environ.items():
        field = name.removeprefix(_PREFIX).lower()
        if name in _TOLD_BY_FC and value:
            values[name] = value
        elif not name.startswith(_PREFIX) or not value:
            continue
        elif field in _VARIABLES:
            values[field] = value
        elif field.upper() not in _OTHERS:
            wrong.append(f"{ascii(name)[1:-1]} is no setting, did you mean {nearest(name, _NAMES)}?")
    for alias, field in _TOLD_BY_FC.items():
        if alias in values:  # where functions run, that counts: the other may be the command's own
            values.pop(field, None)
    settings, access = Settings(), DEFAULT_ACCESS
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        wrong += [
            f"{_PREFIX}{str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors(include_url=False, include_input=False)
            if e["type"] != "default_factory_not_called"  # caused by another field
        ]
    try:
        if settings.aws or (wrong and values.get("aws")):
            access = CloudAccess.of(environ, settings.more_regions)
    except SettingsError as error:
        wrong.append(str(error))
    if wrong:
        raise SettingsError("; ".join(wrong))
    return settings.evolve(aws_access=access)
