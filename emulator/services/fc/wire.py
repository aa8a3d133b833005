"""How Function Compute words what it takes and answers: JSON objects; the request's id is in a header."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from emulator.api import ApiError, Call, Raw
from emulator.strangers import without

MOST = 100  #: rows of a page


def body_of(call: Call) -> dict[str, Any]:
    """Raises ApiError, without repeating the body: it may hold a key."""
    try:
        body = json.loads(call.raw_body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise invalid("the body takes a JSON object")
    return without(body)  # type: ignore[no-any-return]


def invalid(why: str) -> ApiError:
    return ApiError(400, "InvalidArgument", f"{why}.")


def answered(call: Call, answer: Mapping[str, Any]) -> Raw:
    body = json.dumps(answer, ensure_ascii=False).encode()
    return Raw(200, body, {"x-fc-request-id": call.request_id}, "application/json")


def done(call: Call) -> Raw:
    """The answer of what tells nothing."""
    return Raw(204, b"", {"x-fc-request-id": call.request_id})


def page(call: Call, name: str, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """One page of `rows`, each with the name that it is sorted by; `nextToken` is the first of the next."""
    limit, start = call.params.get("limit", 20), call.params.get("nextToken", "")
    if not 1 <= limit <= MOST:
        raise invalid(f"limit takes 1 to {MOST}")
    found = sorted((row for row in rows if row[0] >= start), key=lambda row: row[0])
    answer: dict[str, Any] = {name: [row for _, row in found[:limit]]}
    return answer | ({"nextToken": found[limit][0]} if len(found) > limit else {})
