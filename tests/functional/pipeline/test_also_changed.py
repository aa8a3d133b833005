"""What else of a slot differs after a change, and is no setting that is compared: told by name, left so."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from cli.worker_columns import verified
from shared.domain.jobs import WorkerResource
from shared.domain.resources import CloudProduct
from shared.domain.states import WorkerStatus
from shared.products.kit.changes import Change, Look
from shared.products.slb.adapter import Adapter
from shared.services.world import ProbeResult
from tests.contract.answers import edit
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Cut, Platform, discovered
from tests.functional.pipeline.stories import asked_for, uploaded

SET = "SetLoadBalancerHTTPSListenerAttribute"
SECRET = "s3cret"
ESTATE: dict[str, Any] = {
    "certificates": {"old": {"names": list(NAMES), "key": "ecdsa-p256", "days": 40}},
    "slb": [
        {
            "name": "shop",
            "region": "cn-hangzhou",
            "listeners": [{"port": 443, "certificate": "old"}],
        }
    ],
}


@pytest.fixture
def moving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """With a listener that counts its changes in a field of which nothing is known."""
    with discovered(ESTATE, tmp_path, (CloudProduct.SLB,)) as platform:

        def counted(answer: dict[str, Any]) -> None:
            changes = sum(call.action == SET for call in platform.cloud.calls)
            answer |= {"Odd": f"{SECRET}-{changes}", "Constant": SECRET}

        edit(monkeypatch, platform.cloud, "DescribeLoadBalancerHTTPSListenerAttribute", counted)
        yield platform


def the_worker(platform: Platform) -> WorkerResource:
    (worker,) = platform.workers().values()
    return worker


def test_it_is_told_of_a_success_without_its_value(
    moving: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "certdeploy.deploy")
    job_id = asked_for(moving, uploaded(moving))
    moving.drain()

    worker = the_worker(moving)
    assert (worker.status, worker.also_changed, worker.others_before) == (
        WorkerStatus.SUCCESS,
        ("Odd",),
        None,
    )
    shown = verified(worker).plain
    assert shown.startswith("TLS handshake × 2")
    assert shown.endswith("; also changed: Odd")
    (record,) = (record for record in caplog.records if record.message == "worker deployed")
    assert record.__dict__["also_changed"] == ["Odd"]
    answer = moving.call("manage_deployment_jobs", {"Show": {"JobId": job_id}})
    assert answer["Workers"][0]["AlsoChanged"] == ["Odd"]
    assert SECRET not in json.dumps(answer) + caplog.text


def test_it_is_told_where_the_function_was_killed_after_the_write(
    moving: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Adapter._write

    def killed(adapter: Adapter, change: Change, look: Look) -> None:
        write(adapter, change, look)
        monkeypatch.setattr(Adapter, "_write", write)
        raise Cut

    monkeypatch.setattr(Adapter, "_write", killed)
    asked_for(moving, uploaded(moving))
    with pytest.raises(Cut):
        moving.drain()
    assert the_worker(moving).status is WorkerStatus.PROCESSING

    moving.pass_days(1 / 24)
    moving.tick("run_deployment_jobs")

    assert the_worker(moving).also_changed == ("Odd",)


@pytest.mark.long
def test_it_is_still_told_when_the_certificate_is_served_only_by_the_next_try(moving: Platform) -> None:
    probe, began = moving.world.probe, moving.clock()

    def late(endpoint: str, server_name: str, certificate: Any) -> ProbeResult:
        if (moving.clock() - began).total_seconds() < 700:
            return ProbeResult(False, "the old one")
        return probe(endpoint, server_name, certificate)

    moving.ports["probe"] = late
    asked_for(moving, uploaded(moving))
    moving.drain()

    worker = the_worker(moving)
    assert worker.attempts > 1
    assert (worker.status, worker.also_changed) == (WorkerStatus.SUCCESS, ("Odd",))
