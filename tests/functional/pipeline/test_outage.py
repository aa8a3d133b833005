"""A product that cannot exchange: the old certificate is taken off first; a cut in between is made up for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.faults import Fault
from shared.domain.jobs import Handshake
from shared.domain.resources import CloudProduct
from shared.domain.states import WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import asked_for, roll_back, uploaded

W = WorkerStatus
ESTATE: dict[str, Any] = {
    "certificates": {"old": {"names": list(NAMES), "key": "ecdsa-p256", "days": 40}},
    "pai": [
        {
            "name": "models",
            "region": "cn-hangzhou",
            "domains": [{"domain": "ai.example.com", "certificate": "old"}],
        }
    ],
}


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with discovered(ESTATE, tmp_path, (CloudProduct.PAI,)) as installed:
        installed.cloud.service("eas").replaces = False
        installed.cloud.calls.clear()
        yield installed


def cut_between(platform: Platform) -> None:
    """The old certificate is off; the new one is not put on, and the old one is not put back."""
    platform.cloud.faults.add(Fault("AttachGatewayDomain", passing=1, times=2))


def tries(platform: Platform) -> Counter[tuple[str, bool]]:
    """Changes that were asked for, and whether they were carried out."""
    calls = [call for call in platform.cloud.calls if call.action.endswith("tachGatewayDomain")]
    made = Counter((call.action, call.status == 200) for call in calls)
    platform.cloud.calls.clear()
    return made


HALF_DONE_AND_MADE_UP_FOR = {
    ("AttachGatewayDomain", False): 3,  # it has one; then both that were cut off
    ("DetachGatewayDomain", True): 1,
    ("AttachGatewayDomain", True): 1,
}


@pytest.mark.long
def test_a_change_and_its_rollback_that_were_cut_half_way_are_finished_by_the_next_try(
    platform: Platform,
) -> None:
    old = next(platform.world.resources.list(CloudProduct.PAI)).resource.cert_identifier
    new = uploaded(platform)
    platform.cloud.calls.clear()
    cut_between(platform)
    asked_for(platform, new, AcceptOutage=True)
    platform.drain()

    (worker,) = platform.workers().values()
    assert (worker.status, worker.attempts, worker.previous_cert_identifier) == (W.SUCCESS, 2, old)
    assert worker.verification is not None
    assert worker.verification.handshake is Handshake.SERVED
    assert tries(platform) == HALF_DONE_AND_MADE_UP_FOR

    cut_between(platform)
    roll_back(platform)

    (worker,) = platform.workers().values()
    assert (worker.status, worker.attempts, worker.reason) == (W.ROLLBACK_SUCCESS, 2, "")
    assert tries(platform) == HALF_DONE_AND_MADE_UP_FOR
    platform.tick("discover_resources")
    assert next(platform.world.resources.list(CloudProduct.PAI)).resource.cert_identifier == old


def test_without_consent_to_an_outage_nothing_is_taken_off(platform: Platform) -> None:
    asked_for(platform, uploaded(platform))
    platform.drain()

    (worker,) = platform.workers().values()
    assert worker.status is W.ERROR
    assert tries(platform) == {("AttachGatewayDomain", False): 1}


@pytest.mark.long
def test_a_domain_that_a_job_left_without_service_is_put_back_by_a_rollback(platform: Platform) -> None:
    """Neither certificate could be put on while the job ran."""
    old = next(platform.world.resources.list(CloudProduct.PAI)).resource.cert_identifier
    platform.policy |= {"least_attempts": 1, "worker_age_limit_s": 0.0}
    cut_between(platform)
    asked_for(platform, uploaded(platform), AcceptOutage=True)
    platform.drain()
    (worker,) = platform.workers().values()
    assert worker.status is W.ERROR

    platform.cloud.faults.add(Fault("AttachGatewayDomain", times=1))
    roll_back(platform)
    (worker,) = platform.workers().values()
    assert worker.status is W.ROLLBACK_ERROR
    roll_back(platform)

    (worker,) = platform.workers().values()
    assert (worker.status, worker.reason) == (W.ROLLBACK_SUCCESS, "")
    platform.tick("discover_resources")
    assert next(platform.world.resources.list(CloudProduct.PAI)).resource.cert_identifier == old
