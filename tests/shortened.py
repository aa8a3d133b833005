"""Tables that are walked in part by `make test`, and whole by `make walk`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

WHOLE = bool(os.environ.get("CERTDEPLOY_WALK"))


def shortened(rows: Iterable[Any], every: int = 5) -> list[Any]:
    """One of every five rows (or `every`), each time another of them, so that each column of a table is met,
    also where there are as many. All of them where the whole is asked for."""
    return [row for n, row in enumerate(rows) if WHOLE or n % every == n // every % every]
