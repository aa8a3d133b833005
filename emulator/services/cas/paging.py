"""How CAS numbers the pages of its lists, and refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from emulator.api import Answer, ApiError

Item = TypeVar("Item")
MAX_PAGE = 100


def page(rows: Sequence[Any], params: Mapping[str, Any], default: int, total: str = "TotalCount") -> Answer:
    """`total`: the lists of deployment jobs say `Total`."""
    return {
        "CurrentPage": params.get("CurrentPage", 1),
        "ShowSize": params.get("ShowSize", default),
        total: len(rows),
    }


def part(
    rows: Sequence[Item], params: Mapping[str, Any], default: int, most: int = MAX_PAGE
) -> Sequence[Item]:
    number, size = params.get("CurrentPage", 1), params.get("ShowSize", default)
    if number < 1 or not 1 <= size <= most:
        raise refused("InvalidParameter", f"CurrentPage from 1, ShowSize 1 to {most}.")
    return rows[(number - 1) * size : number * size]


def refused(code: str, message: str) -> ApiError:
    return ApiError(400, code, message)
