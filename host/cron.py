"""Function Compute's timer expressions as APScheduler triggers.

    @every 4m                            an interval in h, m, s (also together: 1h30m)
    0 0 4 * * *                          second minute hour day month weekday, UTC
    CRON_TZ=Asia/Shanghai 0 0 4 * * *    the same in a time zone

Two differences of APScheduler are compensated: it counts weekdays from Monday = 0 (cron: Sunday = 0
or 7), and it requires day *and* weekday to match, while cron accepts either if both are restricted.
"""

import re
from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from host.errors import CronError

_EVERY = re.compile(r"@every (?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_ITEM = re.compile(r"(\*|\w+)(?:-(\w+))?(?:/(\d+))?")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIELDS = ("second", "minute", "hour", "day", "month")


def parse_cron(expression: str) -> BaseTrigger:
    """The trigger for a timer expression. CronError says what is wrong with it."""
    text = " ".join(expression.split())
    try:
        return _every(text) if text.startswith("@") else _fields(text)
    except CronError as error:
        raise CronError(f"timer expression {expression!r}: {error}") from None
    except ValueError as error:
        raise CronError(f"timer expression {expression!r}: {error}") from error


def _every(text: str) -> IntervalTrigger:
    match = _EVERY.fullmatch(text)
    if match is None:
        raise CronError("an interval looks like '@every 4m' (h, m, s)")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    interval = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not interval:
        raise CronError("an interval must be longer than zero")
    return IntervalTrigger(seconds=int(interval.total_seconds()), timezone=timezone.utc)


def _fields(text: str) -> BaseTrigger:
    zone, text = _zone(text)
    parts = text.split()
    if len(parts) != 6:
        raise CronError(f"expected 6 fields (second minute hour day month weekday), found {len(parts)}")
    values = {name: _checked(name, parts[place].lower()) for place, name in enumerate(_FIELDS)}
    weekday = _weekdays(parts[5].lower())
    if "*" in (values["day"], weekday):
        return CronTrigger(**values, day_of_week=weekday, timezone=zone)
    return OrTrigger(
        [
            CronTrigger(**values, timezone=zone),
            CronTrigger(**{**values, "day": "*"}, day_of_week=weekday, timezone=zone),
        ]
    )


def _zone(text: str) -> tuple[tzinfo, str]:
    if not text.startswith("CRON_TZ="):
        return timezone.utc, text
    name, _, rest = text.removeprefix("CRON_TZ=").partition(" ")
    try:
        return ZoneInfo(name), rest
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CronError(f"unknown time zone {name!r}") from None


def _checked(name: str, value: str) -> str:
    """The field, if cron knows it: APScheduler's own additions ('last', '2nd mon') are refused."""
    if value == "?" and name == "day":
        return "*"
    for item in value.split(","):
        match = _ITEM.fullmatch(item)
        words = [word for word in (match.groups()[:2] if match else ()) if word not in (None, "*")]
        legal = all(word.isdecimal() or (name == "month" and word in _MONTHS) for word in words)
        if match is None or not legal:
            raise CronError(f"{name} cannot be {value!r}")
    return value


def _weekdays(value: str) -> str:
    if value in ("*", "?"):
        return "*"
    days: set[int] = set()
    for item in value.split(","):
        match = _ITEM.fullmatch(item)
        if match is None:
            raise CronError(f"weekday cannot be {value!r}")
        first, last, step = match.groups()
        if first == "*" and not last:
            low, high = 0, 6
        else:
            low = _weekday(first, value)
            # The end of 'sat-sun' is 7; a step without an end, '1/2', runs to the end of the week.
            high = (_weekday(last, value) or 7) if last else 6 if step else low
        if low > high or step == "0":
            raise CronError(f"weekday cannot be {value!r}")
        days.update(day % 7 for day in range(low, high + 1, int(step or 1)))
    return ",".join(_WEEKDAYS[day] for day in sorted(days))


def _weekday(word: str, value: str) -> int:
    if word in _WEEKDAYS:
        return _WEEKDAYS.index(word)
    if word.isdecimal() and int(word) <= 7:
        return int(word)
    raise CronError(f"weekday cannot be {value!r}")
