"""The names that a certificate tells, read as strictly as clients do (RFC 9525, RFC 5280).

A DNS name there is LDH labels or A-labels, without a trailing dot; a wildcard is the whole left-most label,
and not one over a public suffix; an IP address does not count as a DNS name. All else is kept as it is told:
clients may ask for it in another way, and whoever replaces the certificate takes it away from them.
"""

import ipaddress
import re
from collections.abc import Iterable
from string import ascii_lowercase, ascii_uppercase
from typing import Final, NamedTuple

import idna

from shared.domain.names import WILDCARD, NotAHostNameError
from shared.domain.public_suffixes import is_public_suffix

_LABEL: Final = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"  # clients take the underscore, which CAs must not
_HOST: Final = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*{_LABEL}")
_NUMBER: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")  #: its last label: an IP address, not a name
_LONGEST: Final = 300  #: of another name, as it is kept
_LONGEST_HOST: Final = 253
_IN_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)


class Told(NamedTuple):
    """What one certificate is for, in its order, each once."""

    names: tuple[str, ...] = ()  #: normalized
    other_names: tuple[str, ...] = ()  #: names of other kinds, each with its kind: `email:…`, `IP:…`, `DNS:…`


def host_name(written: str) -> str:
    """The DNS name as clients compare it, in lower case.

    Raises:
        NotAHostNameError: it is none that a client accepts; says why where that is not plain.
    """
    name = written.lower() if written.isascii() else written
    wildcard = name.startswith(WILDCARD)
    host = name[2:] if wildcard else name
    if _HOST.fullmatch(host) is None:
        raise NotAHostNameError(written, _why_not(name, host))
    if _NUMBER.fullmatch(host):
        raise NotAHostNameError(written, "an IP address does not count as a DNS name")
    if wildcard and is_public_suffix(host):
        raise NotAHostNameError(written, f"it would stand for every domain under {host}")
    return name


def why_no_host_name(written: str) -> str:
    """A sentence; "" of one that clients accept."""
    try:
        host_name(written)
    except NotAHostNameError as error:
        return str(error)
    return ""


def _why_not(name: str, host: str) -> str:
    if not name.isascii():
        return "in certificates a name that is not ASCII is written with A-labels (xn--…)"
    if name.endswith("."):
        return "in certificates it ends without a dot"
    if name.startswith("."):
        return "in certificates a wildcard is written *" + name
    return "a wildcard is the whole left-most label" if "*" in host else ""


def dns_names(written: Iterable[str], others: Iterable[str] = ()) -> Told:
    """Of the DNS names within a certificate. `others`: those of other kinds, with their kinds."""
    names: dict[str, None] = {}
    odd: dict[str, None] = {}
    for text in written:
        try:
            names[host_name(text)] = None
        except NotAHostNameError:
            odd[_kept(f"DNS:{text}")] = None
    return Told(tuple(names), tuple(odd | dict.fromkeys(map(_kept, others))))


def told_names(texts: Iterable[str]) -> Told:
    """Of a list in which the cloud tells names of all kinds as texts, perhaps with spaces between them.

    It may show A-labels as U-labels. What is not the U-label of any A-label is kept as another name: to map
    it, as is done with what people write, would make it the name of somebody else.
    """
    dns: list[str] = []
    others: list[str] = []
    for text in (text.strip(" ") for text in texts):
        if not text:
            continue
        if other := _of_another_kind(text):
            others.append(other)
        else:
            dns.append(text if text.isascii() else _a_labels(text))
    return dns_names(dns, others)


def _of_another_kind(text: str) -> str:
    """ "" of what may be a DNS name."""
    if "@" in text:
        return f"email:{text}"
    if "://" in text:
        return f"URI:{text}"
    try:
        return f"IP:{ipaddress.ip_address(text)}"
    except ValueError:
        return ""


def _a_labels(text: str) -> str:
    """As it stands in the certificate, by IDNA 2008; the text itself if it stands so in none."""
    prefix, host = (WILDCARD, text[2:]) if text.startswith(WILDCARD) else ("", text)
    if len(text) > _LONGEST_HOST or host.endswith("."):
        return text
    try:
        return prefix + idna.encode(host.translate(_IN_LOWER), strict=True).decode()
    except UnicodeError:  # IDNAError is one
        return text


def _kept(text: str) -> str:
    """As much as can be stored."""
    return text[:_LONGEST].encode(errors="backslashreplace").decode()[:_LONGEST]
