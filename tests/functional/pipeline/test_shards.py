"""A product's share of a job in one function: side by side or in turn, handed on in time, and its answer."""

from __future__ import annotations

import json
import time
from pathlib import Path
from threading import Barrier, Lock

import pytest

from shared.domain.certificates import Certificate
from shared.domain.states import JobStatus, WorkerStatus
from shared.services import shards
from shared.services.world import ProbeResult
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import (
    WRITE_OF_WWW,
    WWW,
    ask,
    asked_for,
    by_console,
    statuses,
    uploaded,
    worker_of,
)

W = WorkerStatus
ORG = "CDN/-/www.example.org"
BOTH = (*NAMES, "example.org", "*.example.org")


def share(it: Platform, function: str = "deploy_cdn") -> dict[str, int]:
    """The function's answer to the event that waits for it, without zeros."""
    it.drain(until=function)
    name, payload = it.queue.pop(0)
    assert name == function
    return {word: count for word, count in it.call(name, payload).items() if count}


def waiting(it: Platform) -> list[str]:
    return [function for function, _ in it.queue]


def test_a_function_answers_how_its_workers_ended(it: Platform) -> None:
    asked_for(it, uploaded(it, *BOTH), WWW, ORG)
    it.drain(until="deploy_cdn")
    by_console(it, it.renew(*NAMES, days=100))

    assert share(it) == {"Success": 1, "Error": 1}
    assert (worker_of(it, WWW).status, worker_of(it, ORG).status) == (W.ERROR, W.SUCCESS)
    it.drain()
    ask(it)
    assert share(it) == {"Error": 1, "RollbackSuccess": 1}


def test_a_function_answers_how_its_rollbacks_ended(it: Platform) -> None:
    asked_for(it, uploaded(it, *BOTH), WWW, ORG)
    it.drain()
    it.cloud.deny("cdn:SetCdnDomainSSLCertificate")
    ask(it, WWW)
    assert share(it) == {"Success": 1, "RollbackError": 1}


def test_a_function_that_is_done_wakes_the_runner_for_this_job_alone(it: Platform) -> None:
    job_id = asked_for(it, uploaded(it), WWW)
    it.drain(until="deploy_cdn")
    began = it.clock()

    assert share(it) == {"Success": 1}

    assert (it.clock() - began).total_seconds() < 20, "it waited for nothing"
    ((function, payload),) = it.queue
    assert (function, json.loads(payload)) == ("run_deployment_jobs", {"JobId": job_id})


def test_what_cannot_be_done_in_time_is_handed_on_to_the_next_function(it: Platform) -> None:
    job_id = asked_for(it, uploaded(it), WWW)
    it.drain(until="deploy_cdn")
    began = it.clock()

    with it.world.leases.hold(WWW, "another function", 10**6):
        assert share(it) == {"HandedOn": 1}

    assert 38 <= (it.clock() - began).total_seconds() <= 45, "20 of 60 seconds are kept for handing on"
    ((function, payload),) = it.queue
    assert function == "deploy_cdn"
    assert json.loads(payload)["data"] == {"JobId": job_id, "Product": "CDN", "Shard": 0, "Shards": 1}
    assert worker_of(it, WWW).status is W.PENDING


def test_a_function_with_too_little_time_begins_nothing(it: Platform) -> None:
    asked_for(it, uploaded(it), WWW)
    it.drain(until="deploy_cdn")

    it.timeout_s = 19.9
    assert share(it) == {"HandedOn": 1}
    assert (worker_of(it, WWW).attempts, it.writes()) == (0, [])
    it.timeout_s = 45
    assert share(it) == {"Success": 1}
    assert it.writes() == [WRITE_OF_WWW]


def test_slots_of_different_domains_are_exchanged_side_by_side(it: Platform) -> None:
    """Each handshake waits for the other one: one after the other, neither would come to its end."""
    it.policy["parallel"] = 2
    asked_for(it, uploaded(it, *BOTH), WWW, ORG)
    probe, meet = it.world.probe, Barrier(2)

    def together(endpoint: str, server_name: str, certificate: Certificate) -> ProbeResult:
        meet.wait(10)
        return probe(endpoint, server_name, certificate)

    it.ports["probe"] = together

    assert share(it) == {"Success": 2}


def test_no_more_slots_are_exchanged_at_once_than_the_owner_allows(it: Platform) -> None:
    it.policy["parallel"] = 2
    asked_for(it, uploaded(it, *BOTH), WWW, ORG, "CDN/-/off.example.com", FirstDeployment=True)
    probe, lock = it.world.probe, Lock()
    now: list[str] = []
    most: list[int] = []

    def counted(endpoint: str, server_name: str, certificate: Certificate) -> ProbeResult:
        with lock:
            now.append(server_name)
            most.append(len(now))
        time.sleep(0.05)
        with lock:
            now.remove(server_name)
        return probe(endpoint, server_name, certificate)

    it.ports["probe"] = counted

    assert share(it) == {"Success": 3}
    assert max(most) <= 2


def test_each_shard_is_worked_on_by_an_invocation_of_its_own(
    it: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "WORKERS", 1)
    job_id = asked_for(it, uploaded(it, *BOTH), WWW, ORG)

    it.drain(until="deploy_cdn")

    events = [json.loads(payload)["data"] for _, payload in it.queue]
    assert events == [{"JobId": job_id, "Product": "CDN", "Shard": number, "Shards": 2} for number in (0, 1)]
    assert share(it) == {"Success": 1}
    assert statuses(it) == {W.SUCCESS: 1, W.PENDING: 1}
    it.drain()
    assert statuses(it) == {W.SUCCESS: 2}
    assert it.job().status is JobStatus.SUCCESS
    assert len({worker.shard for worker in it.workers().values()}) == 2


def test_a_shard_that_got_lost_is_handed_out_again_and_no_other(
    it: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "WORKERS", 1)
    asked_for(it, uploaded(it, *BOTH), WWW, ORG)
    it.drain(until="deploy_cdn")
    it.queue.pop(0)
    it.drain()
    assert statuses(it) == {W.SUCCESS: 1, W.PENDING: 1}

    it.clock.sleep(100)
    it.queue.append(("run_deployment_jobs", b"{}"))
    it.drain(until="deploy_cdn")

    assert [json.loads(payload)["data"]["Shard"] for _, payload in it.queue] == [0]
    it.drain()
    assert statuses(it) == {W.SUCCESS: 2}


def test_regions_take_turns_since_each_has_a_pace_of_its_own(tmp_path: Path) -> None:
    buckets = {"bucket-a": "cn-hangzhou", "bucket-b": "cn-beijing"}
    names = {bucket: [f"{bucket}{n}.example.com" for n in (1, 2)] for bucket in buckets}
    rows = [
        {
            "bucket": bucket,
            "region": region,
            "cnames": [{"domain": name, "certificate": "old"} for name in names[bucket]],
        }
        for bucket, region in buckets.items()
    ]
    estate = {"regions": list(buckets.values()), "certificates": ESTATE["certificates"], "oss": rows}
    with discovered(estate, tmp_path) as it:
        it.policy["parallel"] = 1
        asked_for(it, uploaded(it), *(f"OSS/-/{bucket}/{name}" for bucket in names for name in names[bucket]))

        assert share(it, "deploy_oss") == {"Success": 4}

        written = [call.region for call in it.cloud.calls if call.action == "PutCname"]
        assert written == [*buckets.values()] * 2
