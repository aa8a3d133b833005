"""Times that somebody set, compared with the clock of somebody else, which may be wrong by hours; and spans
of them as people count.
"""

from datetime import datetime, timedelta
from typing import Final

LONGEST: Final = timedelta(minutes=20)  #: that anything is held, waited for or handed on: functions take 15


def ahead(until: datetime | None, now: datetime) -> bool:
    """Whether this time is still to come. One that is too far ahead was set by a clock that was wrong."""
    return until is not None and now < until <= now + LONGEST


def whole_days(span: timedelta) -> int:
    """The days of it that are over: 3 of 3.9, and -3 of -3.9, as people say "three days ago"."""
    return int(span / timedelta(days=1))
