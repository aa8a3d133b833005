"""What `make test` leaves to `make walk`: of each table some rows are run, and others for each test."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests import shortened
from tests.shortened import left_out, swept


def rows(test: str, count: int, *marks: str) -> list[Any]:
    return [
        SimpleNamespace(nodeid=f"{test}[{number}]", get_closest_marker=lambda name: name in marks or None)
        for number in range(count)
    ]


def run(items: list[Any]) -> list[str]:
    left = left_out(items)
    return [item.nodeid for item in items if item not in left]


def test_of_each_table_one_row_at_least_is_run() -> None:
    for count in range(4, 40):
        for number in range(20):
            assert run(rows(f"tests/contract/test_a.py::test_{number}", count))


def test_of_a_long_table_most_rows_are_left_out() -> None:
    assert 9 <= len(run(rows("tests/contract/test_a.py::test_it", 100))) <= 10


def test_other_rows_are_run_for_each_test() -> None:
    taken = [
        {name.partition("[")[2] for name in run(rows(f"tests/contract/test_a.py::test_{number}", 9))}
        for number in range(60)
    ]

    assert len(set.union(*taken)) == 9


def test_of_two_rows_one_is_run_and_what_calls_nothing_is_run_whole() -> None:
    short, unit = rows("tests/contract/test_a.py::test_it", 2), rows("tests/unit/test_a.py::test_it", 90)

    assert [len(run(short)), len(run(unit))] == [1, 90]


def test_of_stories_that_are_no_rows_about_a_third_is_run() -> None:
    stories = [
        SimpleNamespace(
            nodeid=f"tests/functional/pipeline/test_a.py::test_{number}", get_closest_marker={}.get
        )
        for number in range(200)
    ]

    assert 45 < len(run(stories)) < 90


def test_what_is_marked_as_long_is_left_out_wherever_it_is() -> None:
    assert run(rows("tests/unit/test_a.py::test_it", 2, "long")) == []


def test_a_sweep_is_whole_unless_a_part_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortened, "_IN_PART", False)
    assert swept(range(9)) == [*range(9)]

    monkeypatch.setattr(shortened, "_IN_PART", True)
    assert swept(range(9)) == [0, 5, 8]
    assert swept(range(6)) == [0, 5], "its last is taken once"
    assert swept([]) == []
