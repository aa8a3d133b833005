"""The table of slots after a job or its rollback: as the slots are now, without a new discovery."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared.domain.resources import CloudProduct, CloudResource
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import WWW, asked_for, roll_back, uploaded, worker_of

OFF = "CDN/-/off.example.com"
BOTH = (*NAMES, "example.net")


def row(platform: Platform, slot: str) -> CloudResource:
    return platform.world.resources.get(slot).resource


def ends(platform: Platform, identifier: str) -> datetime:
    return platform.world.certificates.get(identifier).certificate.not_after


def rows_of_alb(platform: Platform) -> dict[str, CloudResource]:
    """The order in which CAS tells the names of a certificate means nothing."""
    slots = [record.resource for record in platform.world.resources.list(CloudProduct.ALB)]
    return {slot.slot: slot.evolve(domains=tuple(sorted(slot.domains))) for slot in slots}


def test_a_domain_s_row_shows_the_new_certificate_its_end_and_the_domain_s_own_names(
    platform: Platform,
) -> None:
    before, old = row(platform, WWW), row(platform, WWW).cert_identifier
    new = uploaded(platform, *BOTH)
    asked_for(platform, new, WWW)
    began = platform.clock()
    platform.drain()

    changes: dict[str, Any] = {"cert_identifier": new, "cert_not_after": ends(platform, new)}
    assert row(platform, WWW) == before.evolve(**changes)
    assert began < platform.world.resources.get(WWW).seen_at <= platform.clock()
    roll_back(platform)
    assert row(platform, WWW) == before
    assert row(platform, WWW).cert_not_after == ends(platform, old)


def test_a_listener_s_row_shows_the_names_of_the_certificate_in_place(platform: Platform) -> None:
    before = rows_of_alb(platform)
    (slot,) = (s for s in before if s.endswith("/default") and set(before[s].domains) == set(NAMES))
    asked_for(platform, uploaded(platform, *BOTH), slot)
    platform.drain()

    assert set(row(platform, slot).domains) == set(BOTH)
    found = [r.resource.slot for r in platform.world.resources.by_names(["example.net"])]
    assert found == [slot]
    roll_back(platform)
    assert rows_of_alb(platform) == before
    assert list(platform.world.resources.by_names(["example.net"])) == []


def test_an_additional_slot_s_row_takes_the_place_of_the_old_one(platform: Platform) -> None:
    before = rows_of_alb(platform)
    (old,) = (s for s in before if "/additional/" in s and set(before[s].domains) == set(NAMES))
    new = uploaded(platform)
    asked_for(platform, new, old)
    platform.drain()

    (slot,) = rows_of_alb(platform).keys() - before.keys()
    assert before.keys() - rows_of_alb(platform).keys() == {old}
    assert row(platform, slot).cert_identifier == new
    assert set(row(platform, slot).domains) == set(NAMES)
    roll_back(platform)
    assert rows_of_alb(platform) == before


def test_the_row_of_a_first_deployment_that_is_undone_has_no_certificate_again(platform: Platform) -> None:
    before = row(platform, OFF)
    assert (before.https, before.cert_not_after) == (False, None)
    new = uploaded(platform)
    asked_for(platform, new, OFF, FirstDeployment=True)
    platform.drain()
    assert (row(platform, OFF).https, row(platform, OFF).cert_not_after) == (True, ends(platform, new))

    roll_back(platform)

    assert row(platform, OFF) == before
    proof = worker_of(platform, OFF).verification
    assert proof is not None
    assert (proof.read_back, proof.handshake.value, proof.server_names) == (True, "not tried", ())
    assert proof.detail == "it has no certificate again, as before the job"
