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


def row(it: Platform, slot: str) -> CloudResource:
    return it.world.resources.get(slot).resource


def ends(it: Platform, identifier: str) -> datetime:
    return it.world.certificates.get(identifier).certificate.not_after


def rows_of_alb(it: Platform) -> dict[str, CloudResource]:
    return {record.resource.slot: record.resource for record in it.world.resources.list(CloudProduct.ALB)}


def test_a_domain_s_row_shows_the_new_certificate_its_end_and_the_domain_s_own_names(it: Platform) -> None:
    before, old = row(it, WWW), row(it, WWW).cert_identifier
    new = uploaded(it, *BOTH)
    asked_for(it, new, WWW)
    began = it.clock()
    it.drain()

    changes: dict[str, Any] = {"cert_identifier": new, "cert_not_after": ends(it, new)}
    assert row(it, WWW) == before.evolve(**changes)
    assert began < it.world.resources.get(WWW).seen_at <= it.clock()
    roll_back(it)
    assert row(it, WWW) == before
    assert row(it, WWW).cert_not_after == ends(it, old)


def test_a_listener_s_row_shows_the_names_of_the_certificate_in_place(it: Platform) -> None:
    before = rows_of_alb(it)
    (slot,) = (s for s in before if s.endswith("/default") and before[s].domains == NAMES)
    asked_for(it, uploaded(it, *BOTH), slot)
    it.drain()

    assert row(it, slot).domains == BOTH
    found = [r.resource.slot for r in it.world.resources.by_names(["example.net"])]
    assert found == [slot]
    roll_back(it)
    assert rows_of_alb(it) == before
    assert list(it.world.resources.by_names(["example.net"])) == []


def test_an_additional_slot_s_row_takes_the_place_of_the_old_one(it: Platform) -> None:
    before = rows_of_alb(it)
    (old,) = (s for s in before if "/additional/" in s and before[s].domains == NAMES)
    new = uploaded(it)
    asked_for(it, new, old)
    it.drain()

    (slot,) = rows_of_alb(it).keys() - before.keys()
    assert before.keys() - rows_of_alb(it).keys() == {old}
    assert (row(it, slot).cert_identifier, row(it, slot).domains) == (new, NAMES)
    roll_back(it)
    assert rows_of_alb(it) == before


def test_the_row_of_a_first_deployment_that_is_undone_has_no_certificate_again(it: Platform) -> None:
    before = row(it, OFF)
    assert (before.https, before.cert_not_after) == (False, None)
    new = uploaded(it)
    asked_for(it, new, OFF, FirstDeployment=True)
    it.drain()
    assert (row(it, OFF).https, row(it, OFF).cert_not_after) == (True, ends(it, new))

    roll_back(it)

    assert row(it, OFF) == before
    proof = worker_of(it, OFF).verification
    assert proof is not None
    assert (proof.read_back, proof.handshake.value, proof.server_names) == (True, "not tried", ())
    assert proof.detail == "it has no certificate again, as before the job"
