"""Long tables and sweeps are walked in part by `make test`, and whole by `make walk`.

A test that is run by itself takes all of them, but for what is `shortened`: only `make walk` has time for it.
"""

from __future__ import annotations

import os
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

WHOLE = bool(os.environ.get("CERTDEPLOY_WALK"))
_IN_PART = False  #: `--part-of-tables`
_LONG = 2  #: rows
#: One of so many: each row calls the emulated cloud.
_TAKEN = {"tests/contract/": 11, "tests/functional/": 10, "tests/foreign/": 6}
_STORIES = "tests/functional/pipeline/test_"
#: One test of so many: of those that call moto, and of those that tell a story for each place to be cut off
#: at, and for each order of two that are at it.
_SLOWEST = {
    **dict.fromkeys(("tests/contract/test_aws", "tests/foreign/test_aws"), 3),
    **dict.fromkeys(("tests/contract/test_cut_off", "tests/contract/test_half_made"), 3),
    **dict.fromkeys((f"{_STORIES}sweeps", f"{_STORIES}rollback_deliveries", f"{_STORIES}deliveries"), 3),
    **dict.fromkeys((f"{_STORIES}created_once", f"{_STORIES}races", f"{_STORIES}quota_at_once"), 3),
}
#: One of so many of the others that are no rows: stories, and what calls a command, a page or the emulator.
_SINGLE = {
    **dict.fromkeys((_STORIES, "tests/functional/cli/", "tests/functional/emulator/"), 3),
    "tests/functional/console/": 2,
}


def take_part() -> None:
    """From now on, in this process, sweeps are `swept` in part."""
    global _IN_PART
    _IN_PART = True


def shortened(rows: Iterable[Any], every: int = 5) -> list[Any]:
    """One of every five rows (or `every`), each time another of them, so that each column of a table is met,
    also where there are as many. All of them where the whole is asked for."""
    return [*rows] if WHOLE else _some(rows, every)


def swept(rows: Iterable[Any], every: int = 4) -> list[Any]:
    """What a test goes through by itself, such as the writes after which a function is killed: all of it, but
    for `make test` one of every four (or `every`) and the last."""
    rows = [*rows]
    return [*dict.fromkeys((*_some(rows, every), *rows[-1:]))] if _IN_PART else rows


def _some(rows: Iterable[Any], every: int) -> list[Any]:
    return [row for n, row in enumerate(rows) if n % every == n // every % every]


def left_out(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Tests that are marked as long, most rows of each long table, and most of the slowest tests.

    Of each table one row at least is run. Other rows for each test, by its name, so that each product is met
    by some; the same in all processes.
    """
    tables: dict[str, list[pytest.Item]] = defaultdict(list)
    left: list[pytest.Item] = []
    for item in items:
        if item.get_closest_marker("long"):
            left.append(item)
            continue
        every = _one_of(_SLOWEST, item.nodeid)
        if not every and "[" not in item.nodeid:
            every = _one_of(_SINGLE, item.nodeid)
        if every:
            if _number(item.nodeid) % every:
                left.append(item)
        elif item.nodeid.startswith(tuple(_TAKEN)):
            tables[item.nodeid.partition("[")[0]].append(item)
    for name, rows in tables.items():
        if len(rows) >= _LONG:
            taken = min(len(rows), next(one for folder, one in _TAKEN.items() if name.startswith(folder)))
            left += [row for place, row in enumerate(rows) if (place + _number(name)) % taken]
    return left


def _one_of(parts: Mapping[str, int], name: str) -> int:
    """0: it is in none of the parts."""
    return next((every for start, every in parts.items() if name.startswith(start)), 0)


def _number(name: str) -> int:
    return zlib.crc32(name.encode())
