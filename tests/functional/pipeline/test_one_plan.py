"""What comes at the same time is weighed together: each slot is planned for once, by one job at a time."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from shared.domain.resources import CloudProduct, SlotRole, SyncState
from shared.domain.states import JobStatus
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import Cut, Platform, discovered
from tests.functional.pipeline.stories import IMG, WWW, asked_for, served


def planned(platform: Platform) -> dict[str, list[str]]:
    """The certificates that each slot was to get, over all jobs."""
    found: dict[str, list[str]] = {}
    for job in platform.jobs():
        for worker in platform.world.workers.list(job.job_id):
            found.setdefault(worker.resource.slot, []).append(worker.cert_identifier)
    return found


def uploaded_again(platform: Platform, identifier: str) -> str:
    """The same pair under another name."""
    service = platform.cloud.service("cas")
    row = service.find(identifier)
    return str(service.add(f"{row.name}-again", "cn-hangzhou", row.bundle).identifier)


def test_copies_of_one_certificate_make_one_job_and_each_slot_gets_one_of_them(platform: Platform) -> None:
    first = platform.renew(*NAMES)
    copies = {first, uploaded_again(platform, first), uploaded_again(platform, first)}

    platform.tick("scan_expiry")

    job = platform.job()
    assert (job.status, job.success_count) == (JobStatus.SUCCESS, 4)
    chosen = planned(platform)
    assert {identifier for some in chosen.values() for identifier in some} <= copies
    assert {len(some) for some in chosen.values()} == {1}
    platform.tick("scan_expiry")
    assert len(platform.jobs()) == 1


@pytest.mark.long
def test_a_copy_that_comes_later_moves_nothing(platform: Platform) -> None:
    first = platform.renew(*NAMES)
    platform.tick("scan_expiry")
    uploaded_again(platform, first)

    platform.tick("scan_expiry", "scan_expiry")

    assert len(platform.jobs()) == 1
    assert served(platform)[first] == 4


def test_a_wildcard_and_a_certificate_of_one_name_that_come_together_make_one_plan(
    platform: Platform,
) -> None:
    wide = platform.renew(*NAMES, days=200)
    own = platform.renew("www.example.com", days=220)

    platform.tick("scan_expiry")

    assert platform.job().status is JobStatus.SUCCESS
    assert planned(platform)[WWW] == [own]
    assert planned(platform)[IMG] == [wide]
    assert platform.job().origin.startswith("changes-")
    assert platform.job().name == "renewed-1 issued, 1 more"


def test_a_renewal_that_the_scan_finds_when_the_old_one_is_about_to_end_makes_one_plan(
    platform: Platform,
) -> None:
    platform.pass_days(10.5)
    new = platform.renew(*NAMES)

    platform.tick("scan_expiry")

    assert {some[-1] for some in planned(platform).values()} == {new}
    assert {len(some) for some in planned(platform).values()} == {1}
    (job,) = platform.jobs()
    assert (job.status, job.success_count) == (JobStatus.SUCCESS, 4)


def test_every_event_of_a_scan_delivered_at_any_time_comes_to_the_same(platform: Platform) -> None:
    platform.pass_days(10.5)
    platform.renew(*NAMES)
    platform.renew("www.example.com", days=220)
    platform.copies = 2

    platform.tick("scan_expiry", "scan_expiry")

    assert {len(some) for some in planned(platform).values()} == {1}
    assert {job.status for job in platform.jobs()} == {JobStatus.SUCCESS}


def test_a_slot_that_a_job_is_at_waits_for_its_end(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    first = platform.renew(*NAMES)
    platform.lost = {"create_deployment_job"}
    platform.tick("scan_expiry")
    by_hand = asked_for(platform, first, WWW)
    newer = platform.renew(*NAMES, days=300)

    platform.call("scan_expiry", {})
    events = [message for message in platform.queue if message[0] == "create_deployment_job"]
    others = [message for message in platform.queue if message[0] != "create_deployment_job"]
    platform.queue.clear()
    answer = platform.call(*events[0])
    (job,) = answer["Jobs"]
    workers = platform.world.workers.list(job["JobId"])
    assert WWW not in {worker.resource.slot for worker in workers}
    told = [one.__dict__["reason"] for one in caplog.records if one.message == "a part was left out"]
    assert told == [f"another job is at work: {WWW}"] * 2

    platform.queue += others
    platform.drain()
    assert platform.world.jobs.get(by_hand).status is JobStatus.SUCCESS
    platform.tick("scan_expiry")
    assert sorted(planned(platform)[WWW]) == [first, newer]
    assert served(platform)[newer] == 4
    platform.tick("scan_expiry")
    assert platform.world.certificates.get(newer).issued_unseen == ()


def additional(platform: Platform) -> str:
    """The slot of the listener's additional certificate for example.com, which is named for that."""
    rows = [record.resource for record in platform.world.resources.list(CloudProduct.ALB)]
    (slot,) = (one for one in rows if one.role is SlotRole.ADDITIONAL and "example.com" in one.domains)
    assert slot.cert_identifier in slot.slot
    return slot.slot


@pytest.mark.long
def test_a_slot_that_is_named_for_its_certificate_is_planned_for_under_its_new_name(
    platform: Platform,
) -> None:
    first = platform.renew(*NAMES)
    platform.lost = {"create_deployment_job"}
    platform.tick("scan_expiry")
    slot = additional(platform)
    asked_for(platform, first, slot)
    newer = platform.renew(*NAMES, days=300)
    runs = platform.queue.copy()
    platform.queue.clear()

    platform.tick("scan_expiry")
    assert planned(platform)[slot] == [first]
    platform.queue += runs
    platform.drain()
    assert additional(platform) != slot

    platform.tick("scan_expiry", "scan_expiry")
    assert served(platform)[newer] == 4
    assert platform.world.certificates.get(newer).issued_unseen == ()


def test_a_slot_that_has_another_name_already_waits_for_the_job_that_has_given_it(
    platform: Platform,
) -> None:
    """The product shows the new certificate; whether clients are served it, the job does not know yet."""
    first = platform.renew(*NAMES)
    platform.lost = {"create_deployment_job"}
    platform.tick("scan_expiry")
    slot, newer = additional(platform), ""
    asked_for(platform, first, slot)

    def meanwhile() -> None:
        nonlocal newer
        newer = platform.renew(*NAMES, days=300)
        waiting, platform.queue[:] = platform.queue.copy(), []
        platform.call("scan_expiry", {})
        platform.call(*platform.queue[0])
        platform.queue[:] = waiting
        assert additional(platform) != slot

    probe = platform.world.probe

    def probed(*asked: Any) -> Any:
        if not newer:
            meanwhile()
        return probe(*asked)

    platform.ports["probe"] = probed
    platform.drain()

    assert newer
    assert additional(platform) not in planned(platform)


def test_while_another_plan_is_made_an_event_is_put_off(platform: Platform) -> None:
    new = platform.renew(*NAMES)
    platform.call("scan_expiry", {})
    ((function, event),) = platform.queue
    platform.queue.clear()

    with platform.world.leases.hold("automatic-plan", "another", 60):
        answer = platform.call(function, event)

    assert answer == {"Jobs": [], "Note": "another plan is being made; the next scan tries again"}
    assert not platform.world.certificates.get(new).issued_handled
    platform.tick("scan_expiry")
    assert platform.job().status is JobStatus.SUCCESS


@pytest.mark.long
def test_a_plan_that_was_cut_off_is_finished_under_the_same_job(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It died after its job was stored, and before anything was noted of the certificate."""
    platform.renew(*NAMES)
    platform.call("scan_expiry", {})
    ((function, event),) = platform.queue
    platform.queue.clear()

    def dies(*_: Any) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr("shared.services.automatic._handled", dies)
        with pytest.raises(Cut):
            platform.call(function, event)

    platform.clock.sleep(100)
    platform.tick("scan_expiry")

    assert platform.job().status is JobStatus.SUCCESS
    assert set(map(len, planned(platform).values())) == {1}


def test_a_missing_replacement_is_told_once_although_a_part_of_the_account_cannot_be_read(
    platform: Platform,
) -> None:
    """Each scan asks again, and nobody is woken again."""
    (status,) = platform.world.syncs.list(platform.world.policy.products[0])
    partial = status.evolve(state=SyncState.PARTIAL, started_at=platform.clock())
    platform.world.syncs.put(partial)
    platform.pass_days(10.5)

    platform.tick("scan_expiry")
    platform.call("scan_expiry", {})
    platform.queue[:] = [message for message in platform.queue if message[0] == "create_deployment_job"]
    for function, payload in platform.queue.copy():
        platform.queue.clear()
        platform.call(function, payload)
        assert [name for name, _ in platform.queue if name == "notify_contacts"] == []


@pytest.mark.long
def test_what_cas_had_before_is_not_put_on_a_slot_that_a_new_certificate_is_for(tmp_path: Path) -> None:
    """Its owner left it aside. It would be valid longer, and is taken when the old one is about to end."""
    estate = deepcopy(ESTATE)
    estate["certificates"]["aside"] = {"names": list(NAMES), "key": "ecdsa-p256", "days": 380}
    with discovered(estate, tmp_path) as platform:
        new = platform.renew(*NAMES)

        platform.tick("scan_expiry")

        assert served(platform)[new] == 4


@pytest.mark.long
def test_a_worker_keeps_why_its_certificate_was_chosen_and_what_gave_way(platform: Platform) -> None:
    """On the last day of what is in place another kind of key is better than none."""
    platform.pass_days(39.5)
    new = platform.renew(*NAMES, key="rsa-2048")

    platform.tick("scan_expiry")

    kept = {
        worker.chosen_because
        for worker in platform.world.workers.list(platform.job().job_id)
        if worker.cert_identifier == new
    }
    (why,) = kept
    assert why.startswith("what is in place ends on ")
    assert why.endswith("so it is replaced although the kind of key changes (ECC → RSA)")
