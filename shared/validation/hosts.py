"""Hosts of the vendor that the owner's settings put in place of the usual ones."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from shared.domain.regions import Regions, shown

_HOST: Final = re.compile(
    r"[a-z0-9-]+(?:\.(?P<region>[a-z0-9-]+))?"
    r"=(?:(?:[a-z0-9-]|\{region\}|\{account_id\})+\.)+aliyuncs\.com"
)


def hosts_in(texts: Iterable[str], known: Regions) -> Iterator[tuple[str, str]]:
    """Such as `live=live.ap-southeast-1.aliyuncs.com`. They get signed requests: the vendor's only.

    Raises ValueError: one that is not so.
    """
    for text in texts:
        if not (found := _HOST.fullmatch(text)):
            raise ValueError(f"{shown(text)} is not api=host, with a host of aliyuncs.com")
        if found["region"] and (why := known.why_not(found["region"])):
            raise ValueError(why)
        name, host = text.split("=", 1)
        yield name, host
