"""Names of hosts as certificates and products write them, and which name covers which.

Every name in the domain is an A-label in lower case without a trailing dot (RFC 5890), a wildcard written
`*.example.com` (RFC 6125 §6.4.3: the whole left-most label, one label only).
"""

import re
from collections.abc import Iterable
from typing import Annotated, Final

import idna
from pydantic import AfterValidator

WILDCARD = "*."
#: What `normalize` has nothing to do for, as nearly all names in the state are: seen at one glance.
_NORMAL: Final = re.compile(r"(?=.*[a-z0-9])(?:\*\.)?(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")


def normalize(name: str) -> str:
    """The one spelling under which names compare. `.example.com` of CDN is its wildcard form.

    Raises:
        ValueError: not a host name.
    """
    if _NORMAL.fullmatch(name):
        return name
    text = name.strip().rstrip(".").lower()
    if text.startswith("."):
        text = "*" + text
    prefix, host = (WILDCARD, text[2:]) if text.startswith(WILDCARD) else ("", text)
    labels = host.split(".")
    if "*" in host or not all(0 < len(label) <= 63 for label in labels):
        raise ValueError(f"{name!r} is not a host name")
    if host.isascii() and "".join(labels).replace("-", "").replace("_", "").isalnum():
        return prefix + host  # also underscores and digits, which IDNA 2008 refuses but DNS serves
    try:
        return prefix + idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(f"{name!r} is not a host name: {error}") from None


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalize(name) for name in names))


#: Of a certificate or a slot: normalized, each once, in their order.
HostNames = Annotated[tuple[str, ...], AfterValidator(_each_once)]


def patterns(name: str) -> tuple[str, ...]:
    """The names of which a certificate needs one to cover `name`: that name, and the wildcard beside it.

    `*.example.com` covers `www.example.com` and the wildcard `*.example.com` itself, neither
    `example.com` nor `a.b.example.com`.
    """
    wildcard = WILDCARD + parent(name)
    return (name,) if name == wildcard else (name, wildcard)


def covers(pattern: str, name: str) -> bool:
    """Whether a certificate's `pattern` covers `name`; both normalized."""
    return pattern in patterns(name)


def uncovered(names: Iterable[str], own: frozenset[str]) -> tuple[str, ...]:
    """Those of `names` that a certificate for the names `own` does not cover."""
    return tuple(name for name in names if own.isdisjoint(patterns(name)))


def parent(name: str) -> str:
    """What is left without the first label: `example.com` for `www.example.com` and `*.example.com`."""
    return name.partition(".")[2]


def for_display(name: str) -> str:
    """The name as a person reads it: U-labels where they decode."""
    prefix, host = (WILDCARD, name[2:]) if name.startswith(WILDCARD) else ("", name)
    try:
        return prefix + idna.decode(host)
    except idna.IDNAError:
        return name
