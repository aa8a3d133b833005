"""Rows of slots that others have written: with names that the slot does not have, or met at another place."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.jobs import Handshake, WorkerResource
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.domain.states import WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import WWW, asked_for, deployed, uploaded

ELSEWHERE = "pay.example.net"
FAR = "cn-beijing"


def forged(platform: Platform, slot: CloudResource, **fields: Any) -> CloudResource:
    """The row of a slot as somebody else writes it."""
    changed = slot.evolve(**fields)
    platform.world.resources.put(changed, platform.clock())
    return changed


def listener(platform: Platform, region: str) -> CloudResource:
    rows = (record.resource for record in platform.world.resources.list(CloudProduct.ALB, region))
    return next(row for row in rows if row.role is SlotRole.DEFAULT)


def all_workers(platform: Platform) -> dict[str, WorkerResource]:
    return {w.resource.slot: w for job in platform.jobs() for w in platform.world.workers.list(job.job_id)}


def changed(platform: Platform) -> set[str]:
    return {changed for _, changed in platform.writes()}


def test_a_listener_that_does_not_answer_to_the_names_of_its_row_is_not_written_and_the_rest_is(
    platform: Platform,
) -> None:
    """It carries a certificate of example.org; the row says that this one is for the names of the renewal."""
    slot = forged(platform, listener(platform, FAR), domains=NAMES)
    platform.renew(*NAMES)

    platform.tick("scan_expiry")

    workers = all_workers(platform)
    assert workers[slot.slot].status is WorkerStatus.ERROR
    assert workers[slot.slot].reason == (
        f"{slot.slot} does not answer to example.com, *.example.com by now; discover, and create a new job"
    )
    assert {w.status for name, w in workers.items() if name != slot.slot} == {WorkerStatus.SUCCESS}
    assert len(workers) > 1
    assert slot.listener_id not in changed(platform)


def test_a_listener_whose_row_leaves_out_a_name_gets_no_certificate_without_it(platform: Platform) -> None:
    slot = listener(platform, "cn-hangzhou")
    forged(platform, slot, domains=("*.example.com",))
    asked_for(platform, uploaded(platform, "*.example.com"), slot.slot)

    platform.drain()

    ended = all_workers(platform)[slot.slot]
    assert (ended.status, ended.reason) == (
        WorkerStatus.ERROR,
        f"{slot.slot} answers to example.com too by now; discover, and create a new job",
    )
    assert slot.listener_id not in changed(platform)


def test_a_listener_whose_certificate_cas_does_not_know_answers_to_no_name(platform: Platform) -> None:
    """The row says so; what it answers to is not known to anybody."""
    slot = listener(platform, "cn-hangzhou")
    asked_for(platform, uploaded(platform), slot.slot)
    platform.drain(until="deploy_")
    world = platform.world
    world.certificates.delete(world.certificates.get(slot.cert_identifier))

    platform.drain()

    ended = all_workers(platform)[slot.slot]
    assert ended.reason.startswith(
        f"CAS does not know {slot.cert_identifier}, so what {slot.slot} answers to "
    )
    assert slot.listener_id not in changed(platform)


def test_a_row_with_another_name_than_the_one_in_its_id_is_planned_for_nothing(platform: Platform) -> None:
    slot = platform.world.resources.get("CDN/-/www.example.org").resource
    forged(platform, slot, domains=("www.example.com",))
    platform.renew(*NAMES)

    platform.tick("scan_expiry")

    assert slot.slot not in all_workers(platform)
    assert WWW in all_workers(platform)


def test_a_worker_goes_to_no_other_place_than_the_one_that_the_product_told(platform: Platform) -> None:
    """Its row says that the slot is met where the certificate is served already, or at a stranger's."""
    slot = listener(platform, "cn-hangzhou")
    asked_for(platform, uploaded(platform), slot.slot)
    platform.drain(until="deploy_")
    (worker,) = all_workers(platform).values()
    asked: list[str] = []
    probe = platform.world.probe

    def noted(endpoint: str, *rest: Any) -> Any:
        asked.append(endpoint)
        return probe(endpoint, *rest)

    platform.ports["probe"] = noted
    elsewhere = worker.resource.evolve(endpoint="evil.example:443", server_names=("evil.example",))
    platform.world.workers.save(worker.evolve(resource=elsewhere))

    platform.drain()

    (ended,) = all_workers(platform).values()
    assert ended.verification is not None
    assert (ended.status, ended.verification.handshake) == (WorkerStatus.SUCCESS, Handshake.NOT_TRIED)
    assert asked == []
    shown = platform.world.resources.get(slot.slot).resource
    assert shown.endpoint == slot.endpoint


def test_an_attempt_that_says_it_has_begun_is_asked_for_the_row_of_a_discovery_all_the_same(
    platform: Platform,
) -> None:
    asked_for(platform, uploaded(platform), WWW)
    platform.drain(until="deploy_")
    (worker,) = all_workers(platform).values()
    platform.world.workers.save(worker.evolve(previous_cert_identifier=worker.resource.cert_identifier))
    platform.world.resources.remove(platform.world.resources.get(WWW))

    platform.drain()

    assert "no discovery has found it so" in all_workers(platform)[WWW].reason
    assert platform.writes() == []


@pytest.mark.long
def test_a_rollback_gives_back_no_certificate_for_names_that_the_slot_does_not_have(
    platform: Platform,
) -> None:
    """A worker's row says that the job found another certificate there, for other names."""
    deployed(platform)
    slot = listener(platform, "cn-hangzhou")
    worker = platform.workers()[slot.slot]
    other = listener(platform, FAR).cert_identifier
    platform.world.workers.save(
        worker.evolve(
            previous_cert_identifier=other,
            resource=worker.resource.evolve(cert_identifier=other, domains=("example.org",)),
        )
    )

    platform.call(
        "manage_deployment_jobs",
        {"RollBack": {"JobId": platform.job().job_id, "ResourceIds": [slot.slot]}},
    )
    platform.drain()

    ended = platform.workers()[slot.slot]
    assert ended.status is WorkerStatus.ROLLBACK_ERROR, ended.reason
    assert "does not answer to example.org" in ended.reason
    assert platform.writes() == []


@pytest.mark.parametrize("names", [(), ("www.example.com", ELSEWHERE), (ELSEWHERE,)], ids=str)
def test_a_worker_s_own_row_says_no_other_names_than_the_slot_s_id(
    platform: Platform, names: tuple[str, ...]
) -> None:
    asked_for(platform, uploaded(platform), WWW)
    platform.drain(until="deploy_")
    (worker,) = all_workers(platform).values()
    platform.world.workers.save(worker.evolve(resource=worker.resource.evolve(domains=names)))

    platform.drain()

    ended = all_workers(platform)[WWW]
    assert ended.status is WorkerStatus.ERROR
    assert ended.reason.startswith("not a slot of CDN: it is of 'www.example.com', not of ")
    assert platform.writes() == []
