"""Function Compute's timer expressions: when they fire, and what is refused."""

from datetime import datetime, timezone

import pytest

from host.cron import parse_cron
from host.errors import CronError

WEDNESDAY = datetime(2026, 7, 1, 12, 0, 0, 1, tzinfo=timezone.utc)


def next_times(expression: str, count: int = 1) -> list[str]:
    trigger, moment, times = parse_cron(expression), WEDNESDAY, []
    previous = None
    for _ in range(count):
        previous = trigger.get_next_fire_time(previous, moment)
        moment = previous
        times.append(previous.astimezone(timezone.utc).strftime("%a %d %H:%M:%S"))
    return times


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 0 4 * * *", "Thu 02 04:00:00"),
        ("CRON_TZ=Asia/Shanghai 0 0 4 * * *", "Wed 01 20:00:00"),
        ("30 */5 * * * *", "Wed 01 12:00:30"),
        ("0 5/20 * * * *", "Wed 01 12:05:00"),
        ("0 0 0 ? JUL MON-FRI", "Thu 02 00:00:00"),
        ("0 0 0 * * 0", "Sun 05 00:00:00"),
        ("0 0 0 * * 7", "Sun 05 00:00:00"),
        ("0 0 0 * * SUN", "Sun 05 00:00:00"),
        ("0 0 0 * * 1", "Mon 06 00:00:00"),
        ("0 0 0 * * 6-7", "Sat 04 00:00:00"),
        ("0 0 0 15 * *", "Wed 15 00:00:00"),
        # Both day and weekday: either will do.
        ("0 0 0 15 * 1", "Mon 06 00:00:00"),
        ("0 0 0 3 * 1", "Fri 03 00:00:00"),
    ],
)
def test_an_expression_fires_when_cron_would(expression: str, expected: str) -> None:
    assert next_times(expression) == [expected]


@pytest.mark.parametrize(
    ("expression", "seconds"), [("@every 4m", 240), ("@every 90s", 90), ("@every 1h30m", 5400)]
)
def test_an_interval_is_counted_from_the_last_tick(expression: str, seconds: int) -> None:
    trigger = parse_cron(expression)
    after = trigger.get_next_fire_time(WEDNESDAY, WEDNESDAY)
    assert (after - WEDNESDAY).total_seconds() == seconds


def test_a_weekday_range_over_the_week_end_holds_both_days() -> None:
    assert next_times("0 0 0 * * SAT-SUN", 3) == [
        "Sat 04 00:00:00",
        "Sun 05 00:00:00",
        "Sat 11 00:00:00",
    ]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("* * * * *", "6 fields"),
        ("0 0 4 * * * *", "6 fields"),
        ("@every", "@every 4m"),
        ("@every 4", "@every 4m"),
        ("@every 0s", "longer than zero"),
        ("@daily", "@every 4m"),
        ("0 61 * * * *", "61"),
        ("0 0 0 last * *", "day cannot be 'last'"),
        ("0 0 0 * * 8", "weekday cannot be '8'"),
        ("0 0 0 * * 5-2", "weekday cannot be '5-2'"),
        ("0 0 0 * * mo", "weekday cannot be 'mo'"),
        ("CRON_TZ=Asia/Shanghia 0 0 4 * * *", "unknown time zone 'Asia/Shanghia'"),
        ("", "6 fields"),
    ],
)
def test_a_bad_expression_is_refused_with_the_reason(expression: str, reason: str) -> None:
    with pytest.raises(CronError) as caught:
        parse_cron(expression)
    assert reason in str(caught.value)
    assert repr(expression) in str(caught.value)
