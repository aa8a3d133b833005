"""When a job is to run: a moment with its zone, ahead, and not so far that it is forgotten."""

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
            f"it is in the past (now it is {now:%Y-%m-%d %H:%M} by {now:%Z});"
            " give a later time, or none to run at once"
        )
    elif schedule_time > now + MAX_AHEAD:
        yield f"it is more than {MAX_AHEAD.days} days ahead; give an earlier time"
