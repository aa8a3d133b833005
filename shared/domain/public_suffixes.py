"""The Public Suffix List: names such as `com` and `co.uk`, under which strangers have their domains.

It is read when it is first asked for, which takes some tens of milliseconds. Only its section of registries
counts: who holds a name of the other section (`github.io`) may have a wildcard for it.
"""

from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


@lru_cache(maxsize=4096)
def is_public_suffix(name: str) -> bool:
    """`name`: normalized. A single label is one in any case: clients take no wildcard over it."""
    return "." not in name or bool(_list().is_public(name))


@cache
def _list() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(only_icann=True)
