"""Function Compute's timer expressions: when they fire, and what is refused."""

from datetime import datetime, timedelta, timezone

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
        ("0 0 0 ? * 3", "Wed 08 00:00:00"),
        ("0 0 0 15 * ?", "Wed 15 00:00:00"),
        ("0 0 13,18 * * *", "Wed 01 13:00:00"),
        ("59 59 23 * * *", "Wed 01 23:59:59"),
        (" 0   0\t4 * * * ", "Thu 02 04:00:00"),
        ("CRON_TZ=Asia/Shanghai 0 0 4 3 * 0", "Thu 02 20:00:00"),
    ],
)
def test_an_expression_fires_when_cron_would(expression: str, expected: str) -> None:
    assert next_times(expression) == [expected]


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        ("@every 4m", 240),
        ("@every 90s", 90),
        ("@every 1s", 1),
        ("@every 10h", 36000),
        ("@every 1h30m", 5400),
        ("@every 2h3m4s", 7384),
        ("@every 1h1s", 3601),
    ],
)
def test_an_interval_is_counted_from_the_last_tick(expression: str, seconds: int) -> None:
    trigger = parse_cron(expression)
    after = trigger.get_next_fire_time(WEDNESDAY, WEDNESDAY)
    assert (after - WEDNESDAY).total_seconds() == seconds


def test_day_and_weekday_both_count_where_both_are_given() -> None:
    assert next_times("30 15 6 15 * 1", 4) == [
        "Mon 06 06:15:30",
        "Mon 13 06:15:30",
        "Wed 15 06:15:30",
        "Mon 20 06:15:30",
    ]


@pytest.mark.parametrize(
    ("weekday", "expected"),
    [
        ("*", "Wed Thu Fri Sat Sun Mon Tue"),
        ("0-6", "Wed Thu Fri Sat Sun Mon Tue"),
        ("1-7", "Wed Thu Fri Sat Sun Mon Tue"),
        ("MON-FRI", "Wed Thu Fri Mon Tue"),
        ("sun,MON,tue,Wed,thu,FRI,sat", "Wed Thu Fri Sat Sun Mon Tue"),
        ("fri-sun", "Fri Sat Sun"),
        ("5-5", "Fri"),
        ("tue,4,Sat", "Thu Sat Tue"),
        ("0,7", "Sun"),
        ("*/2", "Thu Sat Sun Tue"),
        ("1/2", "Wed Fri Mon"),
        ("2/3", "Fri Tue"),
        ("0-4/2", "Thu Sun Tue"),
        ("1-3,6", "Wed Sat Mon Tue"),
    ],
)
def test_weekdays_count_from_sunday(weekday: str, expected: str) -> None:
    """In the week that begins on Wednesday, July 1st."""
    trigger, moment, days = parse_cron(f"0 0 20 * * {weekday}"), WEDNESDAY, []
    while (moment := trigger.get_next_fire_time(None, moment)) < WEDNESDAY + timedelta(days=7):
        days.append(f"{moment:%a}")
        moment += timedelta(hours=1)
    assert " ".join(days) == expected


@pytest.mark.parametrize(
    ("number", "name"),
    list(enumerate(["JAN", "feb", "Mar", "APR", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)),
)
def test_a_month_goes_by_number_or_name(number: int, name: str) -> None:
    for month in (str(number), name):
        fires = parse_cron(f"0 0 0 31,30,28 {month} *").get_next_fire_time(None, WEDNESDAY)
        assert fires.month == number


def test_a_weekday_range_over_the_week_end_holds_both_days() -> None:
    assert next_times("0 0 0 * * SAT-SUN", 3) == [
        "Sat 04 00:00:00",
        "Sun 05 00:00:00",
        "Sat 11 00:00:00",
    ]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("* * * * *", "6 fields (second minute hour day month weekday), found 5"),
        ("0 0 4 * * * *", "6 fields"),
        ("@every", "@every 4m"),
        ("@every 4", "@every 4m"),
        ("@every 0s", "longer than zero"),
        ("@daily", "@every 4m"),
        ("@every 4m5", "@every 4m"),
        ("@every 5m4h", "@every 4m"),
        ("@every 4d", "@every 4m"),
        ("0 61 * * * *", "61"),
        ("0 */0 * * * *", "0 */0"),
        ("0 0 0 * feb-foo *", "month cannot be 'feb-foo'"),
        ("0 0 mon * * *", "hour cannot be 'mon'"),
        ("0 jan * * * *", "minute cannot be 'jan'"),
        ("? 0 0 * * *", "second cannot be '?'"),
        ("0 0 0 * ? *", "month cannot be '?'"),
        ("0 0 1;2 * * *", "hour cannot be '1;2'"),
        ("0 0 1, * * *", "hour cannot be '1,'"),
        ("0 0 0 * * 1,,2", "weekday cannot be '1,,2'"),
        ("0 0 0 * * 1-", "weekday cannot be '1-'"),
        ("0 0 0 * * *-5", "weekday cannot be '*-5'"),
        ("0 0 0 * * 1-8", "weekday cannot be '1-8'"),
        ("0 0 0 * * 1-5/0", "weekday cannot be '1-5/0'"),
        ("CRON_TZ= 0 0 4 * * *", "unknown time zone ''"),
        ("CRON_TZ=../UTC 0 0 4 * * *", "unknown time zone '../UTC'"),
        ("CRON_TZ=UTC", "found 0"),
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
    assert str(caught.value).startswith(f"timer expression {expression!r}: ")
