"""Handing a job's shares to the products."""

from __future__ import annotations

from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform


def test_a_product_without_its_function_does_not_hold_up_the_others(it: Platform) -> None:
    it.missing = {"deploy_alb"}  # the first of them in order
    it.renew(*NAMES)

    it.tick("scan_expiry")

    by_product: dict[str, set[WorkerStatus]] = {}
    for slot, worker in it.workers().items():
        by_product.setdefault(slot.partition("/")[0], set()).add(worker.status)
    assert by_product == {
        "ALB": {WorkerStatus.PENDING},
        "CDN": {WorkerStatus.SUCCESS},
        "OSS": {WorkerStatus.SUCCESS},
    }


def test_workers_that_nobody_takes_up_for_an_hour_end_in_error(it: Platform) -> None:
    it.missing = {"deploy_oss"}
    it.renew(*NAMES)
    it.tick("scan_expiry")
    assert it.job().status is JobStatus.PROCESSING

    it.clock.sleep(3500)
    it.tick("run_deployment_jobs")
    assert it.job().status is JobStatus.PROCESSING, "given up too early"
    it.clock.sleep(101)
    it.tick("run_deployment_jobs")

    assert it.job().status is JobStatus.ERROR
    reasons = {slot.partition("/")[0]: worker.reason for slot, worker in it.workers().items()}
    assert reasons["OSS"] == "deploy_oss did not take it up"
    assert reasons["CDN"] == ""
    assert all(worker.finished_at for worker in it.workers().values())
