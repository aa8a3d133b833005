"""Names of hosts as people and products write them, and which name of a certificate covers which.

Every name in the domain is an A-label in lower case without a trailing dot (RFC 5890), a wildcard written
`*.example.com`. What certificates tell is read strictly: see `certificate_names`.
"""

import re
from collections.abc import Iterable
from typing import Annotated, Final

import idna
from pydantic import AfterValidator

WILDCARD = "*."
#: What `normalize` has nothing to do for, as nearly all names in the state are: seen at one glance.
_NORMAL: Final = re.compile(r"(?=.{1,253}\Z)(?=.*[a-z0-9])(?:\*\.)?(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
_LONGEST: Final = 253  #: of a name in DNS
_SHOWN: Final = 80  #: of what is no name, in a message


class NotAHostNameError(ValueError):
    """Says which text is no host name, and why where that is not plain."""

    def __init__(self, name: str, why: str = "") -> None:
        shown = repr(name) if len(name) <= _SHOWN else f"{name[:_SHOWN]!r}…"
        super().__init__(f"{shown} is not a host name" + (f": {why}" if why else ""))


def normalize(name: str) -> str:
    """The one spelling under which names compare. `.example.com` of CDN is its wildcard form.

    Names that are not ASCII are mapped by UTS 46 before anything else: its lower case is not that of Unicode
    (`Σ` at the end of a word).

    Raises:
        NotAHostNameError: a ValueError.
    """
    if _NORMAL.fullmatch(name):
        return name
    text = name.strip().removesuffix(".")
    if text.startswith("."):
        text = "*" + text
    prefix, host = (WILDCARD, text[2:]) if text.startswith(WILDCARD) else ("", text)
    if "*" in host or not host or len(text) > _LONGEST:
        raise NotAHostNameError(name)
    if not host.isascii():
        return _mapped(name, prefix, host)
    normal = prefix + host.lower()
    labels = host.split(".")
    if not all(0 < len(label) <= 63 for label in labels):
        raise NotAHostNameError(name)
    if not _NORMAL.fullmatch(normal):  # it takes underscores and digits, which DNS serves
        _mapped(name, prefix, host)  # tells why, of most of them
        raise NotAHostNameError(name)
    return normal


def _mapped(name: str, prefix: str, host: str) -> str:
    try:
        found = prefix + idna.encode(host, uts46=True).decode().removesuffix(".")
    except UnicodeError as error:  # IDNAError is one
        raise NotAHostNameError(name, str(error)) from None
    if len(found) > _LONGEST:
        raise NotAHostNameError(name)
    return found


def host_names(names: Iterable[str]) -> tuple[str, ...]:
    """Normalized, each once, in their order. Raises NotAHostNameError."""
    return tuple(dict.fromkeys(normalize(name) for name in names))


#: Of a certificate or a slot: normalized, each once, in their order.
HostNames = Annotated[tuple[str, ...], AfterValidator(host_names)]


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


def in_letters(name: str) -> str:
    """The name in U-labels, where they decode."""
    if "xn--" not in name:
        return name
    prefix, host = (WILDCARD, name[2:]) if name.startswith(WILDCARD) else ("", name)
    try:
        return prefix + idna.decode(host)
    except idna.IDNAError:
        return name


def for_display(name: str) -> str:
    """The name as a person reads it, and its A-labels beside it.

    Letters of two scripts may look alike; the A-labels tell such names apart.
    """
    if not name.isascii():
        try:
            return f"{name} ({normalize(name)})"
        except NotAHostNameError:
            return name
    letters = in_letters(name)
    return name if letters == name else f"{letters} ({name})"
