"""A clock that is put back delays neither timers nor retries; one that is put forward changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from host.clock import ClockWatch

NOW = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)


@pytest.fixture
def scheduler() -> Iterator[BackgroundScheduler]:
    made = BackgroundScheduler(timezone=timezone.utc)
    made.start(paused=True)
    made.add_job(print, "interval", seconds=60, id="timer", next_run_time=NOW + timedelta(seconds=60))
    made.add_job(print, "date", id="retry", run_date=NOW + timedelta(seconds=30))
    yield made
    made.shutdown()


@pytest.mark.parametrize(
    ("jump_s", "moved_s"), [(-6 * 3600, -6 * 3600), (-2, -2), (-1.9, 0), (0, 0), (6 * 3600, 0)]
)
def test_what_is_waited_for_is_moved_back_with_the_clock(
    scheduler: BackgroundScheduler, jump_s: float, moved_s: float
) -> None:
    seconds = {"wall": NOW.timestamp(), "steady": 5.0}
    watch = ClockWatch(scheduler, wall=lambda: seconds["wall"], steady=lambda: seconds["steady"])
    seconds["wall"] += jump_s + 20
    seconds["steady"] += 20

    watch.look()
    watch.look()

    moved = {job.id: job.next_run_time - NOW for job in scheduler.get_jobs()}
    assert moved == {
        "timer": timedelta(seconds=60 + moved_s),
        "retry": timedelta(seconds=30 + moved_s),
    }


def test_its_thread_ends_with_it(scheduler: BackgroundScheduler) -> None:
    watch = ClockWatch(scheduler)
    watch.start()
    watch.stop()
    assert not watch._thread.is_alive()
