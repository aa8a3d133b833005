"""Figures of a benchmark: each beside its floor, held against its goal, in one table and the same in JSON."""

from __future__ import annotations

import json
import math

import pytest
from rich.console import Console

from bench.figures import Figure, Parts, Verdict, as_rows, as_table, good, number

CALLS = Figure("calls for a slot", 11, "calls", floor=10, goal=1.2)
WITHIN = Figure("seconds", 1.3, "s", floor=1, goal=1.2)
BEYOND = Figure("seconds", 1.33, "s", floor=1, goal=1.2)
MEMORY = Figure("memory", 310.4, "MB", note="of the whole process")


@pytest.mark.parametrize(
    ("value", "floor", "ratio"), [(11, 10, 1.1), (5, None, None), (0, 0, 1.0), (1, 0, math.inf)]
)
def test_the_ratio_is_value_to_floor_and_a_floor_of_zero_is_kept_or_not(
    value: float, floor: float | None, ratio: float | None
) -> None:
    assert Figure("x", value, "", floor=floor).ratio == ratio


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(1.2, Verdict.HOLDS), (1.21, Verdict.NEARLY), (1.32, Verdict.NEARLY), (1.33, Verdict.MISSED)],
)
def test_a_goal_holds_up_to_itself_and_is_missed_beyond_a_tenth_more(value: float, verdict: Verdict) -> None:
    assert Figure("x", value, "s", floor=1, goal=1.2).verdict is verdict


@pytest.mark.parametrize("more", [{"floor": 1}, {"goal": 1.2}, {}], ids=str)
def test_without_floor_or_goal_there_is_nothing_to_hold(more: dict[str, float]) -> None:
    assert Figure("x", 99, "s", **more).verdict is Verdict.SHOWN


@pytest.mark.parametrize(
    ("parts", "fine"),
    [({"a": [CALLS, WITHIN], "b": [MEMORY]}, True), ({"a": [CALLS], "b": [BEYOND]}, False), ({}, True)],
)
def test_a_run_is_good_unless_a_goal_is_missed(parts: Parts, fine: bool) -> None:
    assert good(parts) is fine


def test_all_parts_are_in_one_table(capsys: pytest.CaptureFixture[str]) -> None:
    Console(width=120).print(as_table({"deployment": [CALLS, BEYOND], "plans": [MEMORY]}))

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "Figure Value Floor Ratio Goal Holds Note",
        "deployment",
        "calls for a slot 11 calls 10 1.1 1.2 yes",
        "seconds 1.33 s 1 1.33 1.2 no",
        "plans",
        "memory 310 MB of the whole process",
    ]


def test_json_has_the_same_and_no_infinity() -> None:
    missed = Figure("slots that were missed", 2, "slots", floor=0, goal=1)

    rows = json.loads(json.dumps(as_rows({"plans": [CALLS, missed]}), allow_nan=False))

    assert rows == [
        {
            **{
                "part": "plans",
                "name": "calls for a slot",
                "value": 11,
                "unit": "calls",
                "floor": 10,
                "goal": 1.2,
            },
            **{"note": "", "ratio": 1.1, "verdict": "yes"},
        },
        {
            **{
                "part": "plans",
                "name": "slots that were missed",
                "value": 2,
                "unit": "slots",
                "floor": 0,
                "goal": 1,
            },
            **{"note": "", "ratio": None, "verdict": "no"},
        },
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((None, ""), (0, "0"), (1234567, "1,234,567"), (1234.5, "1,234"), (math.inf, "∞")),
        *((99.96, "100"), (1.2345, "1.23"), (0.00123, "0.00123")),
    ],
)
def test_a_number_has_three_digits_that_count(value: float | None, text: str) -> None:
    assert number(value) == text
