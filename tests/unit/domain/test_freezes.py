"""Freeze windows: by the week and by date, by the clock of a zone, also when it is put forward or back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from shared.domain.freezes import Freeze, frozen


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def until(moment: str, *freezes: dict[str, Any]) -> str:
    """When the window ends, in UTC; "": there is none."""
    window = frozen(at(moment), [Freeze(**{"zone": "Asia/Shanghai", **one}) for one in freezes])
    return f"{window.ends:%a %m-%d %H:%M}" if window else ""


WEEKEND = {"weekly": "Fri 18:00 - Mon 08:00"}
OFFICE = {"weekly": "mon-fri 09:00-18:00"}
NIGHT = {"weekly": "daily 22:00 - 06:00"}
SALE = {"dates": "2026-11-26 18:00 - 2026-12-01"}


@pytest.mark.parametrize(
    ("moment", "freeze", "ends"),
    [
        ("2026-05-01T17:59+08:00", WEEKEND, ""),  # a Friday
        ("2026-05-01T18:00+08:00", WEEKEND, "Mon 05-04 00:00"),
        ("2026-05-04T07:59+08:00", WEEKEND, "Mon 05-04 00:00"),
        ("2026-05-04T08:00+08:00", WEEKEND, ""),
        ("2026-05-05T09:00+08:00", OFFICE, "Tue 05-05 10:00"),
        ("2026-05-05T18:00+08:00", OFFICE, ""),
        ("2026-05-02T10:00+08:00", OFFICE, ""),
        ("2026-05-02T23:00+08:00", NIGHT, "Sat 05-02 22:00"),
        ("2026-05-03T05:59+08:00", NIGHT, "Sat 05-02 22:00"),
        ("2026-05-03T06:00+08:00", NIGHT, ""),
        ("2026-11-26T17:59+08:00", SALE, ""),
        ("2026-12-01T23:59+08:00", SALE, "Tue 12-01 16:00"),
        ("2026-12-02T00:00+08:00", SALE, ""),
        ("2026-05-01T10:00+00:00", {**WEEKEND, "zone": "+02:00"}, ""),
        ("2026-05-01T16:00+00:00", {**WEEKEND, "zone": "+02:00"}, "Mon 05-04 06:00"),
        ("2026-05-01T12:00+00:00", {"weekly": "Fri 18:00 - Fri 12:00"}, "Fri 05-08 04:00"),
        ("2026-05-05T12:00+08:00", {"weekly": "Sat-Tue 09:00 - 13:00"}, "Tue 05-05 05:00"),
        ("2026-05-06T12:00+08:00", {"weekly": "Sat-Tue 09:00 - 13:00"}, ""),
    ],
)
def test_a_moment_is_in_a_window_or_not(moment: str, freeze: dict[str, Any], ends: str) -> None:
    assert until(moment, freeze) == ends


def test_windows_that_follow_each_other_without_a_gap_end_together() -> None:
    assert until("2026-05-01T19:00+08:00", WEEKEND, {"weekly": "Mon 08:00 - 12:00"}) == "Mon 05-04 04:00"
    assert until("2026-05-01T19:00+08:00", WEEKEND, {"weekly": "Mon 08:01 - 12:00"}) == "Mon 05-04 00:00"
    assert until("2026-05-03T12:00+08:00", {"weekly": ["Sun 10:00 - 14:00", "Sun 11:00 - 13:00"]}) == (
        "Sun 05-03 06:00"
    )


def test_it_is_the_clock_on_the_wall_that_counts_when_summer_time_begins() -> None:
    """On 29 March 2026 Berlin goes from 02:00 to 03:00."""
    night = {"weekly": "daily 22:00 - 06:00", "zone": "Europe/Berlin"}
    assert until("2026-03-28T12:00+00:00", night) == ""
    assert until("2026-03-27T22:00+00:00", night) == "Sat 03-28 05:00"
    assert until("2026-03-28T22:00+00:00", night) == "Sun 03-29 04:00"


@pytest.mark.parametrize(
    ("freeze", "told"),
    [
        ({"zone": "UTC"}, "names no time, give weekly or dates"),
        ({"zone": "Asia/Shanghi", **WEEKEND}, "'Asia/Shanghi' is no time zone such as Asia/Shanghai or"),
        (WEEKEND, "zone"),
        ({"zone": "UTC", "weekly": "Fri - Mon"}, "'Fri - Mon' is neither like"),
        ({"zone": "UTC", "weekly": "Fri 24:00 - Mon 08:00"}, "is neither like"),
        ({"zone": "UTC", "dates": "2026-11-26"}, "is not like `2026-11-26 18:00 - 2026-12-01 08:00`"),
        ({"zone": "UTC", "dates": "2026-11-26 - 2026-11-25"}, "ends before it begins"),
        ({"zone": "UTC", "dates": "2026-02-30 - 2026-03-25"}, "day"),
        ({"zone": "UTC", "weekly": "daily 00:00 - 00:00"}, "leaves no time of the week"),
        ({"zone": "UTC", "weekly": ["Mon 00:00 - Thu 12:00", "Thu 12:00 - Mon 00:00"]}, "leaves no time"),
    ],
)
def test_what_is_no_freeze_is_refused_with_how_one_is_written(freeze: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as error:
        Freeze.model_validate(freeze)
    assert told in str(error.value)
