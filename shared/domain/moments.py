"""Times that somebody set, compared with the clock of somebody else, which may be wrong by hours."""

from datetime import datetime, timedelta
from typing import Final

LONGEST: Final = timedelta(minutes=20)  #: that anything is held, waited for or handed on: functions take 15


def ahead(until: datetime | None, now: datetime) -> bool:
    """Whether this time is still to come. One that is too far ahead was set by a clock that was wrong."""
    return until is not None and now < until <= now + LONGEST
