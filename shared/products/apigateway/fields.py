"""How the traditional API Gateway says what we need to know of a domain: obstacles, names, times."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Final

from shared.cloud.reading import Fields

_BOUND: Final = ("BINDING", "BOUND")  #: documented with meanings that look swapped: both are bound
MUTUAL: Final = ("SslVerifyDepth", "ClientCertSDnPassThrough", "SslOcspEnable", "SslOcspCacheEnable")


def mutual_tls(domain: Mapping[str, Any]) -> str:
    settings = Fields(domain)
    if any(settings.get(name) is not None and settings.flag(name) is not False for name in MUTUAL):
        return "the domain uses mutual TLS, whose CA cannot be read back; replace it in the console"
    return ""


def unbound(domain: Fields) -> str:
    status = domain.text("DomainBindingStatus") or _BOUND[0]
    return "" if status in _BOUND else f"the domain is {status} in API Gateway; bind it first"


def name_of(identifier: str) -> str:
    """`cas_23759533_cn_hangzhou`: letters, digits and underscores are allowed in a name."""
    return f"cas_{identifier.replace('-', '_')}"


def named(name: str) -> str:
    """The identifier in a name of ours."""
    head, _, rest = name.partition("_")
    number, _, store = rest.partition("_")
    return f"{number}-{store.replace('_', '-')}" if head == "cas" and store else ""


@dataclass(frozen=True)
class Held:
    """What a domain has: which certificate, as CAS calls it, its end and its key as far as these are told."""

    identifier: str = ""
    not_after: datetime | None = None
    key: str = ""


NOTHING: Final = Held()


def end_of(domain: Fields) -> datetime | None:
    return moment(domain.number("CertificateValidEnd"))


def moment(milliseconds: int | None) -> datetime | None:
    """Whole seconds, as certificates count; None for what is no time."""
    try:
        return datetime.fromtimestamp(milliseconds // 1000, timezone.utc) if milliseconds else None
    except (ValueError, OverflowError, OSError):
        return None
