"""Why a slot cannot be given back what it had: certificates that are gone, and those shared on a listener."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.domain.certificates import CertificateRecord, CertificateStatus
from shared.domain.jobs import WorkerResource
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.domain.states import WorkerStatus
from shared.services.rollback_plan import Joined, certificate_before, together, why_not
from shared.services.world import World
from shared.state.repositories import Certificates, Resources
from shared.state.sqlite import SqliteStore
from tests.builders import NOW, a_certificate, a_listener_slot, a_resource, a_worker
from tests.worlds import POLICY

DEFAULT = a_listener_slot()
ADDITIONAL = a_listener_slot(role=SlotRole.ADDITIONAL)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (DEFAULT, ADDITIONAL, True),
        (ADDITIONAL, a_listener_slot(role=SlotRole.ADDITIONAL, resource_id="lsn-1/additional/9"), True),
        (ADDITIONAL, ADDITIONAL, False),
        (ADDITIONAL, a_listener_slot("lsn-2"), False),
        (ADDITIONAL, a_listener_slot(region="cn-beijing"), False),
        (ADDITIONAL, a_listener_slot(product=CloudProduct.NLB), False),
        # SLB's extensions are named by their domain, not by their certificate
        (DEFAULT, a_listener_slot(role=SlotRole.DOMAIN, domains_of_certificate=False), False),
        (DEFAULT, a_listener_slot(role=SlotRole.ADDITIONAL, domains_of_certificate=False), False),
        (DEFAULT, a_listener_slot(role=SlotRole.DOMAIN), False),
        (a_resource(), a_resource("other.example.com"), False),
        (
            a_resource(role=SlotRole.ADDITIONAL, domains_of_certificate=True),
            a_resource("other.example.com", role=SlotRole.ADDITIONAL, domains_of_certificate=True),
            False,
        ),
    ],
)
def test_slots_of_one_listener_share_a_certificate_if_one_of_them_is_named_by_it(
    one: CloudResource, other: CloudResource, expected: bool
) -> None:
    assert (together(one, other), together(other, one)) == (expected, expected)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """CAS holds the certificate before, and the job's."""
    certificates = Certificates(SqliteStore(tmp_path / "state.db"))
    for certificate in (a_certificate(1), a_certificate(7)):
        certificates.save(CertificateRecord(certificate=certificate))
    return cast(World, SimpleNamespace(certificates=certificates, clock=lambda: NOW, policy=POLICY))


def deployed(resource: CloudResource = DEFAULT, **changes: Any) -> WorkerResource:
    """It had certificate 1, and the job brought 7."""
    before = {"status": WorkerStatus.SUCCESS, "previous_cert_identifier": "1-cn-hangzhou"}
    return a_worker(1, resource=resource, **{**before, **changes})


def test_a_slot_alone_is_given_back_what_it_had(world: World) -> None:
    worker = deployed()
    assert why_not(world, worker, [worker]) == ""
    before = certificate_before(world, worker)
    assert before == a_certificate(1)


def test_a_slot_that_had_none_is_given_none(world: World) -> None:
    worker = deployed(previous_cert_identifier="")
    assert why_not(world, worker, [worker]) == ""
    assert certificate_before(world, worker) is None


SHARED = (
    "its listener holds 7-cn-hangzhou once, for several slots; restore 1-cn-hangzhou in the product's console"
)


@pytest.mark.parametrize(
    ("beside", "reason"),
    [
        (deployed(ADDITIONAL), SHARED),
        (deployed(ADDITIONAL, status=WorkerStatus.ERROR), SHARED),  # it may have been written
        (deployed(ADDITIONAL, previous_cert_identifier=None), SHARED),  # it was there
        (deployed(ADDITIONAL, previous_cert_identifier=None, status=WorkerStatus.ERROR), ""),
        (deployed(ADDITIONAL, cert_identifier="8-cn-hangzhou"), ""),
        (deployed(a_listener_slot("lsn-2", SlotRole.ADDITIONAL)), ""),
    ],
    ids=["written", "failed half way", "found there", "failed before", "another certificate", "elsewhere"],
)
def test_a_certificate_that_the_job_brought_onto_two_slots_of_a_listener_is_left_to_a_person(
    world: World, beside: WorkerResource, reason: str
) -> None:
    worker = deployed()
    assert why_not(world, worker, [worker, beside]) == reason


def test_a_certificate_that_joined_one_that_was_there_is_left_to_a_person(world: World) -> None:
    worker = deployed(joined=True)
    assert why_not(world, worker, [worker]) == SHARED


@pytest.mark.parametrize(
    ("certificates", "reason"),
    [
        ((7,), "CAS does not hold the previous certificate (1-cn-hangzhou)"),
        ((1,), "CAS no longer holds the job's certificate (7-cn-hangzhou)"),
        ((), "CAS does not hold the previous certificate (1-cn-hangzhou)"),
    ],
)
def test_what_cas_no_longer_holds_is_no_way_back(
    world: World, certificates: tuple[int, ...], reason: str
) -> None:
    for record in list(world.certificates.list("cn-hangzhou")):
        if record.certificate.cert_id not in certificates:
            world.certificates.delete(record)
    worker = deployed()
    assert why_not(world, worker, [worker]) == reason


def test_what_may_not_be_deployed_any_more_is_no_way_back(world: World) -> None:
    record = world.certificates.get("1-cn-hangzhou")
    revoked = a_certificate(1, status=CertificateStatus.REVOKED)
    world.certificates.save(record.evolve(certificate=revoked))
    worker = deployed()
    reason = "the previous certificate (1-cn-hangzhou) cannot be deployed: it is revoked"
    assert why_not(world, worker, [worker]) == reason


@pytest.mark.parametrize(
    ("there", "joins"),
    [
        (a_listener_slot(role=SlotRole.ADDITIONAL, cert_identifier="7-cn-hangzhou"), True),
        (a_listener_slot(role=SlotRole.ADDITIONAL, cert_identifier="8-cn-hangzhou"), False),
        (a_listener_slot("lsn-2", SlotRole.ADDITIONAL, cert_identifier="7-cn-hangzhou"), False),
        (
            a_listener_slot("lsn-1", SlotRole.ADDITIONAL, cert_identifier="7-cn-hangzhou", region="cn-x"),
            False,
        ),
    ],
    ids=["there", "another certificate", "another listener", "another region"],
)
def test_a_slot_joins_one_of_its_listener_that_has_the_certificate_already(
    tmp_path: Path, there: CloudResource, joins: bool
) -> None:
    resources = Resources(SqliteStore(tmp_path / "state.db"))
    for resource in (DEFAULT, there):
        resources.put(resource, NOW)
    joined = Joined(cast(World, SimpleNamespace(resources=resources)))

    assert joined(DEFAULT, "7-cn-hangzhou") is joins
    assert not joined(DEFAULT.evolve(domains_of_certificate=False), "7-cn-hangzhou")
    assert not joined(a_resource(), "1-cn-hangzhou"), "it has no listener"
