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


def share(platform: Platform, function: str = "deploy_cdn") -> dict[str, int]:
    """The function's answer to the event that waits for it, without zeros."""
    platform.drain(until=function)
    name, payload = platform.queue.pop(0)
    assert name == function
    return {word: count for word, count in platform.call(name, payload).items() if count}


def waiting(platform: Platform) -> list[str]:
    return [function for function, _ in platform.queue]


def test_a_function_answers_how_its_workers_ended(platform: Platform) -> None:
    asked_for(platform, uploaded(platform, *BOTH), WWW, ORG)
    platform.drain(until="deploy_cdn")
    by_console(platform, platform.renew(*NAMES, days=100))

    assert share(platform) == {"Success": 1, "Error": 1}
    assert (worker_of(platform, WWW).status, worker_of(platform, ORG).status) == (W.ERROR, W.SUCCESS)
    platform.drain()
    ask(platform)
    assert share(platform) == {"Error": 1, "RollbackSuccess": 1}


def test_a_function_answers_how_its_rollbacks_ended(platform: Platform) -> None:
    asked_for(platform, uploaded(platform, *BOTH), WWW, ORG)
    platform.drain()
    platform.cloud.deny("cdn:SetCdnDomainSSLCertificate")
    ask(platform, WWW)
    assert share(platform) == {"Success": 1, "RollbackError": 1}


def test_a_function_that_is_done_wakes_the_runner_for_this_job_alone(platform: Platform) -> None:
    job_id = asked_for(platform, uploaded(platform), WWW)
    platform.drain(until="deploy_cdn")
    began = platform.clock()

    assert share(platform) == {"Success": 1}

    assert (platform.clock() - began).total_seconds() < 20, "it waited for nothing"
    ((function, payload),) = platform.queue
    assert (function, json.loads(payload)) == ("run_deployment_jobs", {"JobId": job_id})


def test_what_cannot_be_done_in_time_is_handed_on_to_the_next_function(platform: Platform) -> None:
    job_id = asked_for(platform, uploaded(platform), WWW)
    platform.drain(until="deploy_cdn")
    began = platform.clock()

    with platform.world.leases.hold(WWW, "another function", 900):
        assert share(platform) == {"HandedOn": 1}

    assert 38 <= (platform.clock() - began).total_seconds() <= 45, "20 of 60 seconds are kept for handing on"
    ((function, payload),) = platform.queue
    assert function == "deploy_cdn"
    assert json.loads(payload)["data"] == {"JobId": job_id, "Product": "CDN", "Shard": 0, "Shards": 1}
    assert worker_of(platform, WWW).status is W.PENDING


def test_a_function_with_too_little_time_begins_nothing(platform: Platform) -> None:
    asked_for(platform, uploaded(platform), WWW)
    platform.drain(until="deploy_cdn")

    platform.timeout_s = 19.9
    assert share(platform) == {"HandedOn": 1}
    assert (worker_of(platform, WWW).attempts, platform.writes()) == (0, [])
    platform.timeout_s = 45
    assert share(platform) == {"Success": 1}
    assert platform.writes() == [WRITE_OF_WWW]


def test_slots_of_different_domains_are_exchanged_side_by_side(platform: Platform) -> None:
    """Each handshake waits for the other one: one after the other, neither would come to its end."""
    platform.policy["parallel"] = 2
    asked_for(platform, uploaded(platform, *BOTH), WWW, ORG)
    probe, meet = platform.world.probe, Barrier(2)

    def together(endpoint: str, server_name: str, certificate: Certificate) -> ProbeResult:
        meet.wait(10)
        return probe(endpoint, server_name, certificate)

    platform.ports["probe"] = together

    assert share(platform) == {"Success": 2}


def test_no_more_slots_are_exchanged_at_once_than_the_owner_allows(platform: Platform) -> None:
    platform.policy["parallel"] = 2
    asked_for(platform, uploaded(platform, *BOTH), WWW, ORG, "CDN/-/off.example.com", FirstDeployment=True)
    probe, lock = platform.world.probe, Lock()
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

    platform.ports["probe"] = counted

    assert share(platform) == {"Success": 3}
    assert max(most) <= 2


def test_each_shard_is_worked_on_by_an_invocation_of_its_own(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "WORKERS", 1)
    job_id = asked_for(platform, uploaded(platform, *BOTH), WWW, ORG)

    platform.drain(until="deploy_cdn")

    events = [json.loads(payload)["data"] for _, payload in platform.queue]
    assert events == [{"JobId": job_id, "Product": "CDN", "Shard": number, "Shards": 2} for number in (0, 1)]
    assert share(platform) == {"Success": 1}
    assert statuses(platform) == {W.SUCCESS: 1, W.PENDING: 1}
    platform.drain()
    assert statuses(platform) == {W.SUCCESS: 2}
    assert platform.job().status is JobStatus.SUCCESS
    assert len({worker.shard for worker in platform.workers().values()}) == 2


def test_a_shard_that_got_lost_is_handed_out_again_and_no_other(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "WORKERS", 1)
    asked_for(platform, uploaded(platform, *BOTH), WWW, ORG)
    platform.drain(until="deploy_cdn")
    platform.queue.pop(0)
    platform.drain()
    assert statuses(platform) == {W.SUCCESS: 1, W.PENDING: 1}

    platform.clock.sleep(100)
    platform.queue.append(("run_deployment_jobs", b"{}"))
    platform.drain(until="deploy_cdn")

    assert [json.loads(payload)["data"]["Shard"] for _, payload in platform.queue] == [0]
    platform.drain()
    assert statuses(platform) == {W.SUCCESS: 2}


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
    with discovered(estate, tmp_path) as platform:
        platform.policy["parallel"] = 1
        asked_for(
            platform,
            uploaded(platform),
            *(f"OSS/-/{bucket}/{name}" for bucket in names for name in names[bucket]),
        )

        assert share(platform, "deploy_oss") == {"Success": 4}

        written = [call.region for call in platform.cloud.calls if call.action == "PutCname"]
        assert written == [*buckets.values()] * 2
