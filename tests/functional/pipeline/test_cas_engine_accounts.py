"""The engine `cas` over several accounts: each account's CAS writes its own slots, and no other's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.domain.engines import Engine
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import discovered
from tests.functional.pipeline.stories import asked_for, statuses

OTHER = "2000000000000002"
ROLE = f"acs:ram::{OTHER}:role/certdeploy"
ANN = {"name": "Ann", "email": "ann@example.com", "mobile": "13900000000"}
THERE: dict[str, Any] = {
    "id": OTHER,
    "roles": [{"name": "certdeploy", "trust": ["acs:ram::1000000000000001:root"]}],
    "same_entity": True,
    "contacts": [ANN],
    "certificates": {"old": {"names": list(NAMES), "key": "ecdsa-p256", "days": 40}},
    "cdn": [{"domain": "there.example.com", "certificate": "old"}],
}


@pytest.mark.long
def test_each_account_has_a_job_of_its_own(tmp_path: Path) -> None:
    estate = {**ESTATE, "contacts": [ANN], "accounts": [THERE]}
    with discovered(estate, tmp_path, accounts=ROLE, engine=Engine.CAS) as platform:
        new = platform.renew(*NAMES)
        own = platform.cloud.service("cas")
        theirs = platform.cloud.of(OTHER).service("cas")
        own.share(own.find(new), platform.cloud.of(OTHER))
        platform.call("scan_expiry", {})
        platform.queue.clear()
        platform.cloud.calls.clear()
        asked_for(platform, new)
        platform.drain()

        reasons = [worker.reason for worker in platform.workers().values()]
        assert platform.job().status is JobStatus.SUCCESS, reasons
        assert statuses(platform) == {WorkerStatus.SUCCESS: 5}
        assert platform.tried() == {}, "no product was written to by us"
        assert sorted(len(job.workers) for job in own._jobs.values()) == [1, 1, 2]
        assert [job.workers[0].place["ResourceDomain"] for job in theirs._jobs.values()] == [
            "there.example.com"
        ]
