"""A policy that comes after the plan: an automatic job keeps to it; one by hand does as it was asked."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.faults import Fault
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import (
    IMG,
    WWW,
    BetweenTries,
    asked_for,
    damaged,
    policies,
    served,
    uploaded,
)


@pytest.mark.long
@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"deploy": "off"}, "policy rule 1 says off since the job was planned"),
        (
            {"pin": {"issuer": "Elsewhere"}},
            "policy rule 1 pins the slot to certificates of Elsewhere since the job was planned",
        ),
    ],
)
def test_a_policy_that_comes_after_the_plan_of_an_automatic_job_stops_its_workers_and_is_no_error(
    platform: Platform, rule: dict[str, Any], told: str
) -> None:
    new = platform.renew(*NAMES)
    platform.call("scan_expiry", {})
    platform.drain(until="deploy_")
    policies(platform, {"match": {"domain": "www.example.com"}, **rule})

    platform.drain()

    www = platform.workers()[WWW]
    assert (www.status, www.reason) == (WorkerStatus.SUPERSEDED, told)
    assert "SetCdnDomainSSLCertificate" not in platform.tried()
    job = platform.job()
    assert (job.status, job.success_count, job.error_count) == (JobStatus.SUCCESS, 3, 0)
    assert served(platform)[new] == 3


def test_a_policy_that_comes_between_two_tries_stops_what_has_not_been_written(platform: Platform) -> None:
    platform.renew(*NAMES)
    platform.cloud.faults.add(Fault("PutCname"))
    BetweenTries(platform, IMG, lambda: (policies(platform, deploy="off"), platform.clock.sleep(6)))

    platform.tick("scan_expiry")

    img = platform.workers()[IMG]
    assert (img.status, img.attempts) == (WorkerStatus.SUPERSEDED, 2)
    assert platform.tried()["PutCname"] == 1


def test_a_job_by_hand_is_not_stopped_by_a_policy_that_comes_later(platform: Platform) -> None:
    asked_for(platform, uploaded(platform), WWW)
    policies(platform, deploy="off")

    platform.drain()

    assert platform.workers()[WWW].status is WorkerStatus.SUCCESS


def test_an_automatic_job_writes_nothing_where_policies_cannot_be_read_any_more(platform: Platform) -> None:
    platform.renew(*NAMES)
    platform.call("scan_expiry", {})
    platform.drain(until="deploy_")
    damaged(platform)

    platform.drain()

    assert platform.tried() == {}
    assert {one.status for one in platform.workers().values()} == {WorkerStatus.ERROR}
    assert {one.reason.partition(",")[0] for one in platform.workers().values()} == {"policies: rule 1"}
