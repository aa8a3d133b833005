"""Pages by NextToken, as the load-balancer family has them, and by number; and filters of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emulator.api import Answer, ApiError


def page(params: Mapping[str, Any], name: str, rows: Sequence[dict[str, Any]], most: int = 100) -> Answer:
    """One page of `rows` under `name`. A token that was not given out is refused."""
    size, token = params.get("MaxResults", 20), params.get("NextToken") or "0"
    if not 1 <= size <= most:
        raise ApiError(400, "InvalidParameter", f"MaxResults takes 1 to {most}.")
    try:
        start = int(token, 16)
    except ValueError:
        start = -1
    if not 0 <= start <= len(rows):
        raise ApiError(400, "InvalidParameter", "NextToken is not one that was given out.")
    answer = {
        name: list(rows[start : start + size]),
        "MaxResults": size,
        "TotalCount": len(rows),
    }
    if start + size < len(rows):
        answer["NextToken"] = f"{start + size:08x}"
    return answer


def numbered_page(
    params: Mapping[str, Any], name: str, rows: Sequence[dict[str, Any]], *, most: int, default: int = 10
) -> Answer:
    """One page of `rows` under `name`, by PageNumber and PageSize."""
    number, size = params.get("PageNumber", 1), params.get("PageSize", default)
    if number < 1 or not 1 <= size <= most:
        raise ApiError(400, "InvalidParameter", f"PageNumber from 1, PageSize 1 to {most}.")
    return {
        name: list(rows[(number - 1) * size : number * size]),
        "PageNumber": number,
        "PageSize": size,
        "TotalCount": len(rows),
    }


def asked(params: Mapping[str, Any], name: str, value: str) -> bool:
    """Whether the filter `name` (a list) is absent or holds `value`."""
    return not params.get(name) or value in params[name]


def fits(params: Mapping[str, Any], row: Mapping[str, Any], *names: str) -> bool:
    """Whether a row has what the filters say that bear its fields' names; empty ones say nothing."""
    return all(params.get(name) in (None, "", row.get(name)) for name in names)
