"""Where a state in Tablestore is: instance, region, the host to reach it at, and a prefix of its tables."""

import re
from dataclasses import dataclass
from typing import Final

SCHEME: Final = "ots://"
_FORM: Final = "ots://INSTANCE, ots://INSTANCE.REGION or ots://INSTANCE.REGION/PREFIX"
_INSTANCE: Final = r"[a-zA-Z][a-zA-Z0-9-]{1,14}[a-zA-Z0-9]"
_REGION: Final = r"[a-z]{2}-[a-z]+(?:-[a-z0-9]+)*"
_STATE: Final = re.compile(rf"ots://({_INSTANCE})(?:\.({_REGION}))?(?:/([A-Za-z_][A-Za-z0-9_]{{0,63}}))?/?")
#: The hosts of an instance: from the Internet, from the classic network, from any VPC. Signed requests go
#: to no other. Source: the vendor's page "Endpoint" of Tablestore.
_HOST: Final = re.compile(
    rf"(?:https://)?({_INSTANCE}\.{_REGION}"
    r"\.(?:ots|ots-internal|vpc\.ots|tablestore|vpc\.tablestore)\.aliyuncs\.com)/?"
)
_LOOPBACK: Final = re.compile(r"http://(?:127\.0\.0\.1|localhost):\d{1,5}")


@dataclass(frozen=True)
class Address:
    instance: str
    endpoint: str  #: "https://…aliyuncs.com", or an emulated cloud's "http://127.0.0.1:P"
    prefix: str = ""

    def table(self, name: str) -> str:
        return f"{self.prefix}_{name}" if self.prefix else name

    def __str__(self) -> str:
        return f"{self.instance} at {self.endpoint}"


def is_address(state: str) -> bool:
    return state.startswith(SCHEME)


def address_of(state: str, region: str, *, endpoint: str = "") -> Address:
    """Of `ots://INSTANCE[.REGION][/PREFIX]`. `endpoint`: an emulated cloud's address.

    Raises:
        ValueError: `state` is of another form.
    """
    found = _STATE.fullmatch(state)
    if found is None:
        raise ValueError(f"{state!r} is not {_FORM}")
    instance, named, prefix = found.groups()
    return Address(
        instance, endpoint or f"https://{instance}.{named or region}.ots.aliyuncs.com", prefix or ""
    )


def address_at(instance: str, endpoint: str) -> Address:
    """Of an instance and one of its hosts, as a stack names them.

    Raises:
        ValueError: the host is none of the instance's.
    """
    host = _HOST.fullmatch(endpoint)
    if host is None and not _LOOPBACK.fullmatch(endpoint):
        raise ValueError(f"{endpoint!r} is no host of Tablestore")
    if not re.fullmatch(_INSTANCE, instance):
        raise ValueError(f"{instance!r} is no name of an instance")
    if host is None:
        return Address(instance, endpoint)
    if host[1].split(".")[0] != instance:
        raise ValueError(f"{endpoint!r} is a host of another instance than {instance}")
    return Address(instance, f"https://{host[1]}")
