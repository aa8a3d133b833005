"""The estate file: which certificates and resources an emulated account holds. `docs/estate.md`.

`load_estate` gives a checked estate or one `EstateError` that names every wrong field. Private keys
are never in the file: certificates are issued by the local CA when the estate is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import idna
import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from emulator._estate_text import explain, nearest
from emulator.authority import Authority, KeyKind
from emulator.bundles import Bundle, a_label

SAMPLE = Path(__file__).parent / "estates" / "sample.yaml"
FIRST_CERTIFICATE_ID = 10741304

Store = Literal["cn-hangzhou", "ap-southeast-1"]


class EstateError(Exception):
    """The estate file cannot be used; the text says where, what and the nearest valid name."""


def _domain(name: str) -> str:
    try:
        label = a_label(name)
    except (idna.IDNAError, UnicodeError):
        label = ""
    labels = label.removeprefix("*.").removeprefix(".").split(".")
    if len(labels) < 2 or not all(part and set(part) <= _LETTERS for part in labels):
        raise ValueError(f'"{name}" is not a domain name')
    return name


_LETTERS = set("abcdefghijklmnopqrstuvwxyz0123456789-_")
Domain = Annotated[str, AfterValidator(_domain)]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}-[a-z]+(-[a-z0-9]+)*$")]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Certificate(Part):
    """A certificate in the account. `days` from now until it ends, `age` days since it began."""

    names: list[Domain] = Field(min_length=1)
    key: KeyKind = "rsa-2048"
    days: float = 200
    age: float | None = None  #: default: as much as a life of 200 days leaves
    source: Literal["UPLOAD", "BUY", "TEST"] = "UPLOAD"
    store: Store = "cn-hangzhou"
    private_key: bool = True
    in_cas: bool = True
    status: Literal["revoked"] | None = None

    @property
    def lived(self) -> float:
        return self.age if self.age is not None else max(200 - self.days, 1)

    @model_validator(mode="after")
    def _lives(self) -> Certificate:
        if self.lived + self.days <= 0:
            raise ValueError(f"it would end before it begins: raise age above {-self.days:g}")
        return self


class CdnDomain(Part):
    domain: Domain
    certificate: str | None = None  #: none: HTTPS is off
    status: Literal[
        "online", "offline", "configuring", "configure_failed", "checking", "check_failed"
    ] = "online"


class Listener(Part):
    port: int = Field(ge=1, le=65535)
    protocol: Literal["HTTP", "HTTPS", "QUIC"] = "HTTPS"
    default: str | None = None
    additional: list[str] = []
    ca_enabled: bool = False
    status: Literal["Running", "Stopped"] = "Running"

    @model_validator(mode="after")
    def _speaks_tls(self) -> Listener:
        if self.protocol == "HTTP" and (self.default or self.additional):
            raise ValueError("an HTTP listener has no certificates")
        if self.additional and not self.default:
            raise ValueError("additional certificates need a default certificate beside them")
        if len({self.default, *self.additional}) != 1 + len(self.additional):
            raise ValueError("a certificate stands on a listener once")
        return self


class LoadBalancer(Part):
    name: str = Field(min_length=1)
    region: Region
    edition: Literal["Basic", "Standard", "StandardWithWaf"] = "Standard"
    address_type: Literal["Internet", "Intranet"] = "Internet"
    managed: bool = False  #: owned by an ACK cluster: the API refuses changes
    tags: dict[str, str] = {}
    listeners: list[Listener] = []


class BucketCname(Part):
    domain: Domain
    certificate: str | None = None
    status: Literal["Enabled", "Disabled"] = "Enabled"


class Bucket(Part):
    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")
    region: Region
    cnames: list[BucketCname] = []


class Contact(Part):
    name: str
    email: str = ""
    mobile: str = ""


class Estate(Part):
    """The whole file. A certificate's name is the file's own; `identifier` is CAS's word for it."""

    regions: list[Region] = ["cn-hangzhou"]
    contacts: list[Contact] = []
    certificates: dict[str, Certificate] = {}
    cdn: list[CdnDomain] = []
    alb: list[LoadBalancer] = []
    oss: list[Bucket] = []
    _bundles: dict[str, Bundle] = PrivateAttr(default_factory=dict)

    def id_of(self, name: str) -> int:
        """The certificate's id in CAS, by its place in the file: the same each time."""
        return FIRST_CERTIFICATE_ID + 1009 * list(self.certificates).index(name)

    def identifier(self, name: str) -> str:
        return f"{self.id_of(name)}-{self.certificates[name].store}"

    def bundle(self, name: str, now: datetime) -> Bundle:
        """The certificate itself, issued by the local CA when first asked for, then kept."""
        if name not in self._bundles:
            wanted = self.certificates[name]
            self._bundles[name] = Authority().issue(
                wanted.names,
                key=wanted.key,
                days=wanted.days,
                age=wanted.lived,
                now=now,
                key_slot=f"estate {name}",
            )
        return self._bundles[name]

    def problems(self) -> list[str]:
        """References and rules that no single field can check."""
        found = [f"{use.path}: {fault}" for use in self._uses() if (fault := self._fault(use))]
        for index, balancer in enumerate(self.alb):
            if balancer.region not in self.regions:
                found.append(
                    f'alb[{index}].region: "{balancer.region}" is not in regions'
                    f"{nearest(balancer.region, self.regions)}"
                )
            found += _twice(f"alb[{index}].listeners", "port", (s.port for s in balancer.listeners))
        found += _twice("cdn", "domain", (a_label(row.domain) for row in self.cdn))
        found += _twice("alb", "name", (f"{row.name} in {row.region}" for row in self.alb))
        found += _twice("oss", "bucket", (row.bucket for row in self.oss))
        cnames = (a_label(cname.domain) for row in self.oss for cname in row.cnames)
        return found + _twice("oss", "domain of a bucket", cnames)

    def _fault(self, use: _Use) -> str:
        certificate = self.certificates.get(use.name)
        if certificate is None:
            return f'no certificate is named "{use.name}"{nearest(use.name, self.certificates)}'
        if not certificate.private_key:
            return f'"{use.name}" has no private key, so nothing can serve it'
        if use.product != "cdn" and not certificate.in_cas:
            return f'"{use.name}" is not in CAS, and only a CDN domain can do without'
        if use.product == "alb" and not reaches(certificate.store, use.region):
            return (
                f'"{use.name}" is in store {certificate.store}; a load balancer outside '
                "mainland China takes certificates of store ap-southeast-1"
            )
        return ""

    def _uses(self) -> Iterable[_Use]:
        for i, domain in enumerate(self.cdn):
            yield from _uses("cdn", f"cdn[{i}].certificate", domain.certificate)
        for i, balancer in enumerate(self.alb):
            for j, listener in enumerate(balancer.listeners):
                path = f"alb[{i}].listeners[{j}]"
                yield from _uses("alb", f"{path}.default", listener.default, balancer.region)
                for k, name in enumerate(listener.additional):
                    yield from _uses("alb", f"{path}.additional[{k}]", name, balancer.region)
        for i, bucket in enumerate(self.oss):
            for j, cname in enumerate(bucket.cnames):
                yield from _uses("oss", f"oss[{i}].cnames[{j}].certificate", cname.certificate)


class _Use(NamedTuple):
    """One place in the file that names a certificate."""

    product: str
    path: str
    name: str
    region: str


def _uses(product: str, path: str, name: str | None, region: str = "") -> Iterable[_Use]:
    if name is not None:
        yield _Use(product, path, name, region)


def reaches(store: str, region: str) -> bool:
    """Whether a load balancer of `region` finds certificates of a CAS store.

    Source: a peer deployer's issue; a certificate of the China store is "not found" overseas.
    """
    return region.startswith("cn-") or store == "ap-southeast-1"


def load_estate(path: Path | None) -> Estate:
    """The estate in `path` (YAML or JSON), or the sample that ships with the emulator.

    Raises:
        EstateError: unreadable, not YAML, or any field wrong; all of them in one text.
    """
    path = path or SAMPLE
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise EstateError(f"{path}: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise EstateError(f"{path}: not YAML or JSON: {' '.join(str(error).split())}") from error
    return parse_estate(data, source=str(path))


def parse_estate(data: object, *, source: str = "estate") -> Estate:
    """An estate from plain data, checked like a file. Raises EstateError."""
    if not isinstance(data, dict):
        raise EstateError(f"{source}: a mapping is expected at the top, with keys such as cdn, alb")
    try:
        estate = Estate.model_validate(data)
        problems = estate.problems()
    except ValidationError as error:
        problems = explain(error, Estate, data)
    if problems:
        raise EstateError("\n".join([f"{source}: {len(problems)} wrong:", *problems]))
    return estate


def _twice(path: str, what: str, values: Iterable[object]) -> list[str]:
    seen: set[object] = set()
    return [
        f'{path}: {what} "{value}" is given twice'
        for value in values
        if value in seen or seen.add(value)  # type: ignore[func-returns-value]
    ]


class _Loader(yaml.SafeLoader):
    """YAML, but a key given twice is a mistake and not an overwrite."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for position, key in enumerate(keys):
            if key in keys[:position]:
                raise yaml.constructor.ConstructorError(
                    None,
                    None,
                    f'the key "{key}" is given twice',
                    node.value[position][0].start_mark,
                )
        return super().construct_mapping(node, deep)
