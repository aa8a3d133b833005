"""Freeze windows: times in which nothing is to be changed, as people write them, by the clock of a zone."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Annotated, Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, StringConstraints, model_validator

from shared.domain.values import Value

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY: Final = "|".join(_DAYS)
_TIME: Final = r"([01]\d|2[0-3]):([0-5]\d)"
_OVER_DAYS: Final = re.compile(rf"({_DAY}) {_TIME} ?- ?({_DAY}) {_TIME}")
_EACH_DAY: Final = re.compile(rf"(?:(daily)|({_DAY})(?: ?- ?({_DAY}))?) {_TIME} ?- ?{_TIME}")
_MOMENT: Final = r"(\d{4}-\d\d-\d\d)(?: ([01]\d|2[0-3]):([0-5]\d))?"
_DATES: Final = re.compile(rf"{_MOMENT} - {_MOMENT}")
_OFFSET: Final = re.compile(r"([+-])([01]\d):([0-5]\d)")
_WEEK: Final = timedelta(days=7)
_LONGEST: Final = timedelta(days=366)  #: that is looked ahead; windows may meet without end


class Window(NamedTuple):
    begins: datetime
    ends: datetime
    name: str


class _Weekly(NamedTuple):
    day: int  #: of its beginning, 0 is Monday
    begins: time
    days: int  #: later
    ends: time


@lru_cache(maxsize=256)
def _weekly(text: str) -> tuple[_Weekly, ...]:
    """Of `Fri 18:00 - Mon 08:00`, `Mon-Fri 09:00 - 18:00` or `daily 22:00 - 06:00`. Raises ValueError."""
    plain = text.strip().lower()
    if found := _OVER_DAYS.fullmatch(plain):
        first, last = _DAYS.index(found[1]), _DAYS.index(found[4])
        begins, ends = time(int(found[2]), int(found[3])), time(int(found[5]), int(found[6]))
        days = (last - first) % 7
        return (_Weekly(first, begins, days if days or ends > begins else 7, ends),)
    if found := _EACH_DAY.fullmatch(plain):
        first = 0 if found[1] else _DAYS.index(found[2])
        last = 6 if found[1] else _DAYS.index(found[3] or found[2])
        begins, ends = time(int(found[4]), int(found[5])), time(int(found[6]), int(found[7]))
        among = ((first + n) % 7 for n in range((last - first) % 7 + 1))
        return tuple(_Weekly(day, begins, int(ends <= begins), ends) for day in among)
    raise ValueError(f"{text!r} is neither like `Fri 18:00 - Mon 08:00` nor like `Mon-Fri 09:00 - 18:00`")


@lru_cache(maxsize=256)
def _dates(text: str) -> tuple[datetime, datetime]:
    """Of `2026-11-26 18:00 - 2026-12-01 08:00`, without a zone; a date without a time means the whole day."""
    found = _DATES.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not like `2026-11-26 18:00 - 2026-12-01 08:00`")
    first, last = date.fromisoformat(found[1]), date.fromisoformat(found[4])
    begins = datetime.combine(first, time(int(found[2]), int(found[3])) if found[2] else time())
    ends = datetime.combine(last, time(int(found[5]), int(found[6])) if found[5] else time())
    ends += timedelta(days=not found[5])
    if ends <= begins:
        raise ValueError(f"{text!r} ends before it begins")
    return begins, ends


def _checked_weekly(text: str) -> str:
    _weekly(text)
    return text


def _checked_dates(text: str) -> str:
    _dates(text)
    return text


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    """Of `Asia/Shanghai` or `+08:00`. Raises ValueError: nobody knows it."""
    if found := _OFFSET.fullmatch(name):
        ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
        return timezone(ahead if found[1] == "+" else -ahead)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone such as Asia/Shanghai or +08:00") from None


def _checked_zone(name: str) -> str:
    _zone(name)
    return name


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


_Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Freeze(Value):
    """Windows of each week, and by date."""

    name: str = ""  #: for people
    zone: Annotated[_Text, AfterValidator(_checked_zone)]
    weekly: Annotated[
        tuple[Annotated[_Text, AfterValidator(_checked_weekly)], ...], BeforeValidator(_several)
    ] = ()
    dates: Annotated[
        tuple[Annotated[_Text, AfterValidator(_checked_dates)], ...], BeforeValidator(_several)
    ] = ()

    @model_validator(mode="after")
    def _leaves_time(self) -> "Freeze":
        if not (self.weekly or self.dates):
            raise ValueError("names no time, give weekly or dates")
        at = datetime(2026, 1, 5, tzinfo=timezone.utc)
        only_weekly = self.evolve(dates=())
        window = frozen(at, [only_weekly])
        if window and window.ends - at > _WEEK:
            raise ValueError("leaves no time of the week in which a job may run")
        return self

    def around(self, at: datetime) -> Iterator[Window]:
        """The windows that contain this moment."""
        zone = _zone(self.zone)
        today = at.astimezone(zone).date()
        for text in self.weekly:
            for one in _weekly(text):
                for back in range(9):
                    day = today - timedelta(days=back)
                    if day.weekday() != one.day:
                        continue
                    begins = datetime.combine(day, one.begins, zone)
                    ends = datetime.combine(day + timedelta(days=one.days), one.ends, zone)
                    yield from self._if_around(at, begins, ends)
        for text in self.dates:
            first, last = _dates(text)
            yield from self._if_around(at, first.replace(tzinfo=zone), last.replace(tzinfo=zone))

    def _if_around(self, at: datetime, begins: datetime, ends: datetime) -> Iterator[Window]:
        window = Window(begins.astimezone(timezone.utc), ends.astimezone(timezone.utc), self.name)
        if window.begins <= at < window.ends:
            yield window


def frozen(at: datetime, freezes: Sequence[Freeze]) -> Window | None:
    """The window that contains this moment, up to the end of those that follow it without a gap."""
    first: Window | None = None
    ends = at
    while ends <= at + _LONGEST:
        here = [window for freeze in freezes for window in freeze.around(ends)]
        if not here:
            break
        longest = max(here, key=lambda window: window.ends)
        first, ends = first or longest, longest.ends
    return first._replace(ends=ends) if first else None
