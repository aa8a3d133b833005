"""Times of others: to come, over, or set by a clock that was wrong."""

from datetime import datetime, timedelta

import pytest

from shared.domain.moments import LONGEST, ahead, whole_days
from shared.domain.states import JobStatus
from tests.builders import NOW, a_job, a_worker

MS = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("until", "to_come"),
    [
        (None, False),
        (NOW - MS, False),
        (NOW, False),
        (NOW + MS, True),
        (NOW + LONGEST, True),
        (NOW + LONGEST + MS, False),
        (NOW + timedelta(hours=6), False),
    ],
)
def test_a_time_is_to_come_unless_it_is_over_or_too_far_ahead(until: datetime | None, to_come: bool) -> None:
    assert ahead(until, NOW) is to_come
    assert a_worker(1, lease_until=until).leased(NOW) is to_come
    assert a_worker(1, not_before=until).waits(NOW) is to_come


@pytest.mark.parametrize(
    ("status", "scheduled", "created", "due"),
    [
        (JobStatus.PENDING, NOW, NOW, True),
        (JobStatus.PENDING, NOW + MS, NOW, False),
        (JobStatus.PENDING, NOW + timedelta(hours=6), NOW + timedelta(hours=6), True),
        (JobStatus.PENDING, NOW + timedelta(hours=7), NOW + timedelta(hours=6), False),
        (JobStatus.EDITING, NOW + MS, NOW, False),
        (JobStatus.PROCESSING, NOW + timedelta(hours=6), NOW, True),
        (JobStatus.SUCCESS, NOW + timedelta(hours=6), NOW, True),
    ],
)
def test_a_job_is_due_at_its_time_or_when_it_was_to_begin_at_once_or_has_begun(
    status: JobStatus, scheduled: datetime, created: datetime, due: bool
) -> None:
    assert a_job(1, status=status, schedule_time=scheduled, created_at=created).due(NOW) is due


@pytest.mark.parametrize(
    ("days", "told"), [(29.9, 29), (1, 1), (0.9, 0), (0, 0), (-0.9, 0), (-1, -1), (-3.1, -3), (-4, -4)]
)
def test_days_are_counted_when_they_are_over_in_both_directions(days: float, told: int) -> None:
    """What ended three days and an hour ago has ended three days ago."""
    assert whole_days(timedelta(days=days)) == told
