"""A finished job rolled back: each slot gets back what it had, and is proved to serve it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from emulator.faults import Fault
from shared.domain.jobs import Handshake
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, new_platform
from tests.functional.pipeline.stories import (
    IMG,
    WRITE_OF_WWW,
    WWW,
    asked_for,
    by_console,
    deployed,
    exchanged_by_hand,
    others,
    roll_back,
    rolled_back_once,
    served,
    statuses,
    worker_of,
)

W = WorkerStatus
OFF = "CDN/-/off.example.com"


def test_every_slot_gets_back_what_it_had_and_no_other_is_touched(platform: Platform) -> None:
    before = served(platform)
    deployed(platform)
    job = platform.job()

    roll_back(platform)

    rolled_back_once(platform)
    proofs = [worker.verification for worker in platform.workers().values()]
    assert {proof and proof.handshake for proof in proofs} == {Handshake.SERVED}
    table = Counter(
        record.resource.cert_identifier
        for product in platform.world.policy.products
        for record in platform.world.resources.list(product)
    )
    assert table == before, "the table shows something else"
    assert served(platform) == before
    assert (platform.job().status, platform.job().success_count) == (job.status, job.success_count)


@pytest.mark.long
def test_a_rollback_is_not_deployed_again_by_itself(platform: Platform) -> None:
    deployed(platform)
    roll_back(platform)

    platform.tick("scan_expiry", "discover_resources", "run_deployment_jobs")

    rolled_back_once(platform)


@pytest.mark.long
def test_a_rollback_of_one_slot_leaves_the_others(platform: Platform) -> None:
    deployed(platform)

    roll_back(platform, WWW)

    assert worker_of(platform, WWW).status is W.ROLLBACK_SUCCESS
    assert others(platform, WWW) == {W.SUCCESS}
    assert platform.writes() == [WRITE_OF_WWW]


@pytest.mark.long
def test_a_first_deployment_is_undone(platform: Platform) -> None:
    new = platform.renew(*NAMES)
    platform.lost.add("create_deployment_job")
    platform.tick("scan_expiry")
    request = {"CertIds": [int(new.partition("-")[0])], "ResourceIds": [OFF], "FirstDeployment": True}
    platform.call("create_deployment_job", {**request, "Name": "first"})
    platform.drain()
    assert platform.world.resources.get(OFF).resource.https

    roll_back(platform)

    after = platform.world.resources.get(OFF).resource
    assert worker_of(platform, OFF).status is W.ROLLBACK_SUCCESS
    assert (after.https, after.cert_identifier) == (False, "")
    assert platform.cloud.service("cdn").served("", "off.example.com") is None


@pytest.mark.long
@pytest.mark.parametrize("why", ["unknown", "expired"])
def test_a_certificate_that_is_out_of_reach_is_not_put_back_and_nothing_is_written(
    platform: Platform, why: str
) -> None:
    deployed(platform)
    old = platform.world.certificates.get(str(worker_of(platform, WWW).previous_cert_identifier))
    if why == "unknown":
        platform.world.certificates.delete(old)
    else:
        ended = old.certificate.evolve(not_after=platform.clock())
        platform.world.certificates.save(old.evolve(certificate=ended))

    answer = roll_back(platform)

    assert {line["Action"] for line in answer["Rollback"]} == {"cannot"}
    assert statuses(platform) == {W.ROLLBACK_ERROR: 4}
    assert (platform.job().rolled_back_count, platform.job().rollback_error_count) == (0, 4)
    told = "CAS does not hold the previous certificate" if why == "unknown" else "it expired on"
    assert told in worker_of(platform, WWW).reason
    assert old.certificate.identifier in worker_of(platform, WWW).reason
    assert platform.writes() == []


@pytest.mark.long
def test_a_slot_that_was_changed_since_is_left_and_told(platform: Platform) -> None:
    deployed(platform)
    by_hand = platform.renew(*NAMES, days=100)
    by_console(platform, by_hand)

    roll_back(platform)

    www = worker_of(platform, WWW)
    assert (www.status, www.attempts) == (W.ROLLBACK_ERROR, 1)
    assert f"carries {by_hand} by now, not what the job put there" in www.reason
    assert others(platform, WWW) == {W.ROLLBACK_SUCCESS}
    assert platform.writes().count(WRITE_OF_WWW) == 1, "only the console wrote"


@pytest.mark.long
def test_an_additional_certificate_that_was_made_the_default_since_is_left(platform: Platform) -> None:
    deployed(platform)
    world = platform.world
    added = next(w for w in platform.workers().values() if w.resource.role is SlotRole.ADDITIONAL)
    default = next(
        record.resource
        for record in world.resources.list(CloudProduct.ALB)
        if (record.resource.listener_id, record.resource.role)
        == (added.resource.listener_id, SlotRole.DEFAULT)
    )
    new = world.certificates.get(added.cert_identifier).certificate
    exchanged_by_hand(platform, default, new)
    platform.cloud.calls.clear()

    roll_back(platform, added.resource.slot)

    worker = worker_of(platform, added.resource.slot)
    assert worker.status is W.ROLLBACK_ERROR
    assert f"has {new.identifier} in its place by now" in worker.reason
    assert platform.writes() == []


@pytest.mark.long
def test_a_slot_that_has_it_back_already_is_not_written(platform: Platform) -> None:
    deployed(platform)
    by_console(platform, str(worker_of(platform, WWW).previous_cert_identifier))

    roll_back(platform, WWW)

    assert worker_of(platform, WWW).status is W.ROLLBACK_SUCCESS
    assert platform.writes() == [WRITE_OF_WWW], "only the console wrote"


@pytest.mark.long
def test_a_denied_write_ends_in_rollback_error_and_may_be_asked_for_again(platform: Platform) -> None:
    deployed(platform)
    platform.cloud.deny("oss:PutCname")

    roll_back(platform)

    img = worker_of(platform, IMG)
    assert (img.status, img.attempts) == (W.ROLLBACK_ERROR, 1)
    assert "AccessDenied" in img.reason
    assert others(platform, IMG) == {W.ROLLBACK_SUCCESS}
    platform.cloud.denials.clear()
    roll_back(platform)
    rolled_back_once(platform)


@pytest.mark.long
def test_what_the_job_did_not_write_is_left(platform: Platform) -> None:
    platform.cloud.deny("oss:ListCname")
    platform.renew(*NAMES)
    platform.tick("scan_expiry")
    assert worker_of(platform, IMG).previous_cert_identifier is None
    platform.cloud.denials.clear()

    answer = roll_back(platform)

    (left,) = [line for line in answer["Rollback"] if line["Action"] == "leave"]
    assert (left["Slot"], left["Reason"]) == (IMG, "the job changed nothing here")
    assert worker_of(platform, IMG).status is W.ERROR
    assert others(platform, IMG) == {W.ROLLBACK_SUCCESS}


@pytest.mark.long
def test_a_write_that_was_made_though_the_job_was_told_otherwise_is_rolled_back(platform: Platform) -> None:
    platform.cloud.faults.add(Fault("SetCdnDomainSSLCertificate", 403, "Forbidden.RAM", when="after"))
    platform.renew(*NAMES)
    platform.tick("scan_expiry")
    assert worker_of(platform, WWW).status is W.ERROR
    platform.cloud.calls.clear()

    roll_back(platform)

    rolled_back_once(platform)


def a_listener(folder: Path, default: str, additional: str) -> Any:
    rows = {name: {"names": list(NAMES), "key": "ecdsa-p256"} for name in ("old", "older")}
    listener = {"port": 443, "default": default, "additional": [additional]}
    alb = {"name": "shop", "region": "cn-hangzhou", "listeners": [listener]}
    rows |= {"newest": {**rows["old"], "days": 300}}
    return new_platform({"regions": ["cn-hangzhou"], "certificates": rows, "alb": [alb]}, folder)


def gets_the_newest(platform: Platform) -> None:
    """Every slot of the listener, by a job."""
    platform.tick("scan_expiry", "discover_resources")
    known = platform.world.certificates.list("cn-hangzhou")
    (newest,) = [record.certificate for record in known if record.certificate.name == "newest"]
    asked_for(platform, newest.identifier)
    platform.drain()
    assert platform.job().status is JobStatus.SUCCESS
    platform.cloud.calls.clear()


def slots_of_alb(platform: Platform) -> set[CloudResource]:
    """With their names in one order, in which nothing lies."""
    slots = (record.resource for record in platform.world.resources.list(CloudProduct.ALB))
    return {slot.evolve(domains=tuple(sorted(slot.domains))) for slot in slots}


@pytest.mark.long
def test_an_additional_certificate_that_became_the_default_is_additional_again(tmp_path: Path) -> None:
    with a_listener(tmp_path, "old", "newest") as platform:
        platform.tick("scan_expiry", "discover_resources")
        before = slots_of_alb(platform)
        gets_the_newest(platform)

        roll_back(platform)

        (worker,) = platform.workers().values()
        assert (worker.status, worker.reason) == (W.ROLLBACK_SUCCESS, "")
        assert worker.verification is not None
        assert worker.verification.handshake is Handshake.BESIDE
        platform.tick("discover_resources")
        assert slots_of_alb(platform) == before


def test_a_certificate_that_a_listener_holds_for_several_slots_is_left_to_a_person(tmp_path: Path) -> None:
    """The job brought it onto two slots."""
    with a_listener(tmp_path, "old", "older") as platform:
        gets_the_newest(platform)

        roll_back(platform)

        assert set(statuses(platform)) == {W.ROLLBACK_ERROR}
        assert all("once, for several slots" in worker.reason for worker in platform.workers().values())
        assert platform.writes() == []
