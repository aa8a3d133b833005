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
def it(tmp_path: Path) -> Iterator[Platform]:
    with discovered(ESTATE, tmp_path, (CloudProduct.PAI,)) as installed:
        installed.cloud.service("eas").replaces = False
        installed.cloud.calls.clear()
        yield installed


def cut_between(it: Platform) -> None:
    """The old certificate is off; the new one is not put on, and the old one is not put back."""
    it.cloud.faults.add(Fault("AttachGatewayDomain", passing=1, times=2))


def tries(it: Platform) -> Counter[tuple[str, bool]]:
    """Changes that were asked for, and whether they were carried out."""
    calls = [call for call in it.cloud.calls if call.action.endswith("tachGatewayDomain")]
    made = Counter((call.action, call.status == 200) for call in calls)
    it.cloud.calls.clear()
    return made


HALF_DONE_AND_MADE_UP_FOR = {
    ("AttachGatewayDomain", False): 3,  # it has one; then both that were cut off
    ("DetachGatewayDomain", True): 1,
    ("AttachGatewayDomain", True): 1,
}


def test_a_change_and_its_rollback_that_were_cut_half_way_are_finished_by_the_next_try(it: Platform) -> None:
    old = next(it.world.resources.list(CloudProduct.PAI)).resource.cert_identifier
    new = uploaded(it)
    it.cloud.calls.clear()
    cut_between(it)
    asked_for(it, new, AcceptOutage=True)
    it.drain()

    (worker,) = it.workers().values()
    assert (worker.status, worker.attempts, worker.previous_cert_identifier) == (W.SUCCESS, 2, old)
    assert worker.verification is not None
    assert worker.verification.handshake is Handshake.SERVED
    assert tries(it) == HALF_DONE_AND_MADE_UP_FOR

    cut_between(it)
    roll_back(it)

    (worker,) = it.workers().values()
    assert (worker.status, worker.attempts, worker.reason) == (W.ROLLBACK_SUCCESS, 2, "")
    assert tries(it) == HALF_DONE_AND_MADE_UP_FOR
    it.tick("discover_resources")
    assert next(it.world.resources.list(CloudProduct.PAI)).resource.cert_identifier == old


def test_without_consent_to_an_outage_nothing_is_taken_off(it: Platform) -> None:
    asked_for(it, uploaded(it))
    it.drain()

    (worker,) = it.workers().values()
    assert worker.status is W.ERROR
    assert tries(it) == {("AttachGatewayDomain", False): 1}
