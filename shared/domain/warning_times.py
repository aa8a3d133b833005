"""When a certificate that is in service is warned of, and replaced by what CAS has: times before its end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from shared.domain.certificates import Certificate
from shared.domain.replacing import USUAL_LIFE, last_day, last_days

_PARTS: Final = (3, 6, 12)  #: of a lifetime: a third of it, a sixth, a twelfth
_NEAR: Final = 0.9
_LAST_DAY: Final = 1.0  #: of one that lives long enough: nobody is alarmed before two thirds of a life


def warning_times(certificate: Certificate, days: Sequence[float]) -> tuple[float, ...]:
    """In days before its end, the first one first. `days`: as the owner set them; empty: by its lifetime.

    A certificate of 90 days and one of a year are renewed at different ages, and neither is to alarm
    anybody before an ordinary renewal.
    """
    return _times((certificate.not_after - certificate.not_before) / timedelta(days=1), days)


def passed_time(certificate: Certificate, now: datetime, days: Sequence[float]) -> float | None:
    """The last of its warning times that has passed; None before the first one."""
    return _passed(warning_times(certificate, days), certificate.not_after - now)


def passed_time_of_end(not_after: datetime, now: datetime, days: Sequence[float]) -> float | None:
    """As `passed_time`, of a certificate of which only the end is known."""
    return _passed(_times(USUAL_LIFE / timedelta(days=1), days), not_after - now)


def looked_at(certificate: Certificate, now: datetime, days: Sequence[float]) -> float | None:
    """As `passed_time`, where the beginnings of its last days and of its last day count too: rules give way
    then.
    """
    life = certificate.not_after - certificate.not_before
    return _passed(_with_last_days(warning_times(certificate, days), life), certificate.not_after - now)


def is_last_look(certificate: Certificate, time: float, days: Sequence[float]) -> bool:
    """Whether it is the last of the times that `looked_at` tells."""
    life = certificate.not_after - certificate.not_before
    return time <= min(_with_last_days(warning_times(certificate, days), life))


def looked_at_end(not_after: datetime, now: datetime, days: Sequence[float]) -> float | None:
    """As `looked_at`, of a certificate of which only the end is known."""
    times = _times(USUAL_LIFE / timedelta(days=1), days)
    return _passed(_with_last_days(times, USUAL_LIFE), not_after - now)


def _with_last_days(times: Sequence[float], life: timedelta) -> tuple[float, ...]:
    """And with the last day. Not where a warning time is soon after it anyhow."""
    begins = {last(life) / timedelta(days=1) for last in (last_days, last_day)}
    return (*times, *(one for one in begins if not any(_NEAR * one <= time <= one for time in times)))


def _passed(times: Sequence[float], left: timedelta) -> float | None:
    return min((time for time in times if left / timedelta(days=1) < time), default=None)


def _times(life: float, days: Sequence[float]) -> tuple[float, ...]:
    if days:
        return tuple(sorted(days, reverse=True))
    of_life = [round(life / part, 1) or float(f"{life / part:.1g}") for part in _PARTS]
    last_day = {_LAST_DAY} if of_life[0] >= _LAST_DAY else set()
    return tuple(sorted({*of_life, *last_day}, reverse=True))
