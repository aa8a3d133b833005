"""The JSON object that a request of the ROA style has as its body."""

from __future__ import annotations

import json
from typing import Any

from emulator.api import ApiError, Call
from emulator.strangers import without


def object_in(call: Call) -> dict[str, Any]:
    """Without what is made up (see `strangers`); {} of an empty body. Raises ApiError: it is no object."""
    try:
        body = without(json.loads(call.raw_body or b"{}"))
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ApiError(400, "InvalidParameter", "The body is not a JSON object.")
    return body
