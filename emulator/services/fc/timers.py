"""When a timer fires next, by the expressions that Function Compute has."""

from __future__ import annotations

from datetime import datetime

from emulator.api import ApiError
from emulator.services.fc.wire import invalid
from host.errors import CronError


def next_time(expression: str, after: datetime) -> datetime | None:
    """The first time after `after`; None: never. Raises ApiError where the expression is none."""
    try:
        from host.cron import parse_cron
    except ImportError:
        raise ApiError(501, "NotEmulated", "Timers need the package apscheduler, which is missing.") from None
    try:
        return parse_cron(expression).get_next_fire_time(after, after)  # type: ignore[no-any-return]
    except CronError as error:
        raise invalid(f"triggerConfig: {error}") from None
