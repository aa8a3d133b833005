"""What is told of a job while it runs: per product, with the rate and the time that is left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cli.job_watch import Pace, bars, line
from shared.domain.jobs import WorkerResource
from shared.domain.states import JobStatus, WorkerStatus
from tests.builders import NOW, a_job, a_listener_slot, a_resource, a_worker

W = WorkerStatus


def workers(*of_cdn: WorkerStatus) -> list[WorkerResource]:
    """And one of ALB that waits."""
    return [
        *(
            a_worker(number, resource=a_resource(f"{number}.example.com"), status=status)
            for number, status in enumerate(of_cdn, 1)
        ),
        a_worker(99, resource=a_listener_slot()),
    ]


JOB = a_job(1, status=JobStatus.PROCESSING)


def test_each_product_has_a_bar_and_what_failed_is_told() -> None:
    shown = bars(JOB, workers(W.SUCCESS, W.ERROR, W.PENDING), "2/min, 1 min left").plain.splitlines()

    assert shown == [
        "Job 1 job-1: processing, 1/4 slots, 1 failed (2/min, 1 min left)",
        "  ALB [........................] 0/1",
        "  CDN [################........] 2/3, 1 failed",
    ]


def test_a_line_says_what_is_left() -> None:
    told = line(JOB, workers(W.SUCCESS, W.PENDING), "2/min")

    assert told == "Job 1 job-1: processing, 1/3 slots; left: ALB 1, CDN 1; 2/min"


@pytest.mark.parametrize(
    ("seconds", "done", "told"),
    [
        (0, (W.SUCCESS, W.SUCCESS), ""),
        (60, (W.PENDING, W.PENDING), ""),
        (60, (W.SUCCESS, W.PENDING), "1/min, 2 min left"),
        (10, (W.SUCCESS, W.SUCCESS), "12/min, 5 s left"),
    ],
)
def test_the_rate_is_that_since_somebody_watches(
    seconds: int, done: tuple[WorkerStatus, ...], told: str
) -> None:
    assert Pace(NOW, 0).told(workers(*done), NOW + timedelta(seconds=seconds)) == told


def test_what_had_ended_before_does_not_count() -> None:
    assert Pace(NOW, 2).told(workers(W.SUCCESS, W.SUCCESS), NOW + timedelta(minutes=1)) == ""
