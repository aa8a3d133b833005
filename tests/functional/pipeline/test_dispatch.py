"""Handing a job's shares to the products."""

from __future__ import annotations

from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform


def test_a_product_without_its_function_does_not_hold_up_the_others(platform: Platform) -> None:
    platform.missing = {"deploy_alb"}  # the first of them in order
    platform.renew(*NAMES)

    platform.tick("scan_expiry")

    by_product: dict[str, set[WorkerStatus]] = {}
    for slot, worker in platform.workers().items():
        by_product.setdefault(slot.partition("/")[0], set()).add(worker.status)
    assert by_product == {
        "ALB": {WorkerStatus.PENDING},
        "CDN": {WorkerStatus.SUCCESS},
        "OSS": {WorkerStatus.SUCCESS},
    }


def test_workers_that_nobody_takes_up_for_an_hour_end_in_error(platform: Platform) -> None:
    platform.missing = {"deploy_oss"}
    platform.renew(*NAMES)
    platform.tick("scan_expiry")
    assert platform.job().status is JobStatus.PROCESSING

    platform.clock.sleep(3500)
    platform.tick("run_deployment_jobs")
    assert platform.job().status is JobStatus.PROCESSING, "given up too early"
    platform.clock.sleep(101)
    platform.tick("run_deployment_jobs")
    assert platform.job().status is JobStatus.PROCESSING, "it was not handed out once more"
    platform.clock.sleep(90)
    platform.tick("run_deployment_jobs")

    assert platform.job().status is JobStatus.ERROR
    reasons = {slot.partition("/")[0]: worker.reason for slot, worker in platform.workers().items()}
    assert reasons["OSS"] == "deploy_oss did not take it up"
    assert reasons["CDN"] == ""
    assert all(worker.finished_at for worker in platform.workers().values())
