"""Names of CAs as a cloud writes them: a common name, or a whole distinguished name in one of its forms.

`CN=R3,O=Let's Encrypt,C=US` (RFC 4514), `C = US, O = Let's Encrypt, CN = R3` and `/C=US/O=…/CN=R3` (OpenSSL)
are all met. Nothing says which of them CAS uses, so each is read.
"""

import re
from functools import lru_cache
from typing import Final

_TYPE: Final = r"(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)"
_BEGINS: Final = re.compile(rf"\s*/?\s*{_TYPE}\s*=")
#: A comma or slash within a value is followed by no `type=`, whether it is escaped or not.
_BETWEEN: Final = re.compile(rf"(?<!\\)[,/;+]\s*(?={_TYPE}\s*=)")
#: What a name is known by, best first. Some old roots have no common name.
_NAMING: Final = ("CN", "OU", "O")


@lru_cache(maxsize=4096)
def parts_of(name: str) -> dict[str, str]:
    """The attributes of a distinguished name by their types in capitals; none if it is not one.

    Of several of a type the first.
    """
    if not _BEGINS.match(name):
        return {}
    parts: dict[str, str] = {}
    for pair in _BETWEEN.split(name.strip().removeprefix("/")):
        kind, _, value = pair.partition("=")
        parts.setdefault(kind.strip().upper(), re.sub(r"\\(.)", r"\1", value.strip().strip('"')))
    return parts


@lru_cache(maxsize=4096)
def ca_name(name: str) -> str:
    """The common name, or what stands for it; a text that is not a distinguished name as it is."""
    parts = parts_of(name)
    return next((parts[kind] for kind in _NAMING if parts.get(kind)), name.strip())


@lru_cache(maxsize=4096)
def ca_key(name: str) -> str:
    """Under which names of CAs compare: case and runs of spaces do not matter (RFC 5280, 7.1)."""
    return " ".join(ca_name(name).casefold().split())
