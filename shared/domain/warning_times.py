"""When a certificate that is in service is warned of, and replaced by what CAS has: times before its end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from shared.domain.certificates import Certificate

_PARTS: Final = (3, 6, 12)  #: of a lifetime: a third of it, a sixth, a twelfth
_LAST_DAY: Final = 1.0
_DIGITS: Final = 1


def warning_times(certificate: Certificate, days: Sequence[float]) -> tuple[float, ...]:
    """In days before its end, the first one first. `days`: as the owner set them; empty: by its lifetime.

    A certificate of 90 days and one of a year are renewed at different ages, and neither is to alarm
    anybody before an ordinary renewal.
    """
    if days:
        return tuple(sorted(days, reverse=True))
    life = (certificate.not_after - certificate.not_before) / timedelta(days=1)
    of_life = {round(life / part, _DIGITS) for part in _PARTS}
    return tuple(sorted({time for time in of_life if time > 0} | {_LAST_DAY}, reverse=True))


def passed_time(certificate: Certificate, now: datetime, days: Sequence[float]) -> float | None:
    """The last of its warning times that has passed; None before the first one."""
    left = certificate.not_after - now
    return min(
        (time for time in warning_times(certificate, days) if left < timedelta(days=time)), default=None
    )
