"""A success is what clients accept, where they are meant to: chain and name, by the roots that they have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.authority import Authority, Ca
from shared.domain.jobs import Handshake, WorkerResource
from shared.domain.states import WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import WWW, asked_for

_QUICK = {"names": list(NAMES), "key": "ecdsa-p256", "days": 40}


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Platform]:
    """One domain, which serves a public certificate, and one that serves a private one."""
    estate = {
        "certificates": {"public": _QUICK, "private": {**_QUICK, "ca": "private"}},
        "cdn": [
            {"domain": "www.example.com", "certificate": "public"},
            {"domain": "intra.example.com", "certificate": "private"},
        ],
    }
    with discovered(estate, tmp_path) as platform:
        yield platform


def deployed(platform: Platform, slot: str, *, ca: Ca = "public", leaf_only: bool = False) -> WorkerResource:
    """What a person uploads, and puts on the slot by a job of their own."""
    bundle = Authority(ca).issue(NAMES, key="ecdsa-p256", days=200, leaf_only=leaf_only)
    row = platform.cloud.service("cas").add(bundle.serial, "cn-hangzhou", bundle)
    platform.call("scan_expiry", {})
    platform.queue.clear()
    job_id = asked_for(platform, row.identifier, slot)
    platform.drain()
    (worker,) = platform.world.workers.list(job_id)
    return worker


def test_a_public_certificate_is_a_success_when_clients_accept_it(owner: Platform) -> None:
    worker = deployed(owner, WWW)

    assert worker.status is WorkerStatus.SUCCESS
    assert worker.verification is not None
    assert (worker.verification.handshake, worker.verification.trusted) == (Handshake.SERVED, True)


def test_a_private_certificate_is_a_success_without_being_asked_of_public_clients(owner: Platform) -> None:
    worker = deployed(owner, "CDN/-/intra.example.com", ca="private")

    assert worker.status is WorkerStatus.SUCCESS
    assert worker.verification is not None
    assert (worker.verification.handshake, worker.verification.trusted) == (Handshake.SERVED, None)


def test_a_leaf_without_its_intermediate_ends_in_error_with_the_remedy(owner: Platform) -> None:
    worker = deployed(owner, WWW, leaf_only=True)

    assert (worker.status, worker.attempts) == (WorkerStatus.ERROR, 1)
    assert "www.example.com.w.kunlunsl.com:443 serves it, but clients do not trust it" in worker.reason
    assert "the server sends it without its intermediate; upload the full chain to CAS" in worker.reason

    assert deployed(owner, WWW).status is WorkerStatus.SUCCESS, "what the remedy says"


def test_what_clients_turned_away_from_is_rolled_back_by_its_job(owner: Platform) -> None:
    """Also to what they do not trust either: it is as before."""
    first = deployed(owner, WWW, leaf_only=True)
    second = deployed(owner, WWW)

    owner.call("manage_deployment_jobs", {"RollBack": {"JobId": second.job_id}})
    owner.drain()

    (worker,) = owner.world.workers.list(second.job_id)
    assert worker.status is WorkerStatus.ROLLBACK_SUCCESS
    assert worker.resource.cert_identifier == first.cert_identifier
    assert worker.verification is not None
    assert worker.verification.trusted is False
