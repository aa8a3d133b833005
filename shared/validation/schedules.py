"""When a job runs: a time with its zone, in the future, and not so far ahead that it is forgotten."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

MAX_AHEAD: Final = timedelta(days=365)


def schedule_problems(schedule_time: datetime, now: datetime) -> Iterator[str]:
    """`now` is aware."""
    if schedule_time.utcoffset() is None:
        yield "it has no time zone; add one, as in 2026-05-01T02:00:00+08:00"
    elif schedule_time <= now:
        yield (
            f"it is in the past (it is now {now:%Y-%m-%d %H:%M} {now:%Z});"
            " choose a later time, or leave it out to run at once"
        )
    elif schedule_time > now + MAX_AHEAD:
        yield f"it is more than {MAX_AHEAD.days} days ahead; choose an earlier time"
