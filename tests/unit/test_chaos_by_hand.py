"""What `make chaos` finds out where others were at work, too: theirs stays, and what was left out is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.jobs import Handshake, Verification
from shared.domain.resources import CloudProduct
from tests.builders import NOW, a_worker
from tests.chaos.checks import Meddled
from tests.unit.chaos_run import DONE, PLACE, Run


@pytest.fixture
def run() -> Run:
    run = Run()
    assert run.told() == []
    return run


def test_what_somebody_put_there_is_no_fault_unless_a_success_was_proved_after_it(run: Run) -> None:
    run.served[PLACE] = "old"
    proof = Verification(read_back=True, handshake=Handshake.SERVED, at=NOW)
    run.workers = [a_worker(**DONE, verification=proof)]
    by_hand = Meddled(by_hand={PLACE: {"old": NOW}})
    assert run.told(by_hand) == []

    by_hand.by_hand[PLACE]["old"] -= timedelta(minutes=3)
    (told,) = run.told(by_hand)

    assert told.startswith("CDN/-/www.example.com is success of ")
    by_hand.jumped = True
    assert run.told(by_hand) == []


@pytest.mark.parametrize(("product", "true"), [(CloudProduct.CDN, False), (CloudProduct.AWS, True)])
def test_an_imported_certificate_of_aws_that_nothing_uses_any_more_needs_no_handshake(
    run: Run, product: CloudProduct, true: bool
) -> None:
    run.served[PLACE] = "old"
    slot = a_worker().resource.evolve(product=product)
    proof = Verification(read_back=True, handshake=Handshake.NOT_TRIED, at=NOW)
    run.workers = [a_worker(**DONE, resource=slot, verification=proof)]
    told = run.told(Meddled(by_hand={PLACE: {"old": NOW - timedelta(minutes=3)}}))

    assert (told == []) is true


def test_what_somebody_put_there_is_replaced_only_by_a_job_that_saw_it(run: Run) -> None:
    by_hand = Meddled(by_hand={PLACE: {"newest": NOW}})
    assert run.told(by_hand) == [f"{PLACE} was changed by hand, and written over by CDN/-/www.example.com"]

    by_hand.raced.add(PLACE)
    assert run.told(by_hand) == []
    by_hand.raced.clear()
    saw = run.workers[0].resource.evolve(cert_identifier="8-cn-hangzhou")
    run.workers = [a_worker(**{**DONE, "previous_cert_identifier": "8-cn-hangzhou"}, resource=saw)]

    assert run.told(by_hand) == []


def test_what_a_job_saw_that_somebody_put_there_may_be_replaced_by_a_later_one(run: Run) -> None:
    by_hand = Meddled(by_hand={PLACE: {"newest": NOW}})
    saw = run.workers[0].resource.evolve(cert_identifier="8-cn-hangzhou")
    run.workers += [a_worker(43, **{**DONE, "cert_identifier": "6-cn-hangzhou"}, resource=saw)]

    assert run.told(by_hand, calm=False) == []


def test_a_rule_is_written_to_its_listener_whatever_somebody_put_there(run: Run) -> None:
    rule = run.workers[0].resource.evolve(product=CloudProduct.SAE)
    run.workers = [a_worker(**DONE, resource=rule)]

    assert run.told(Meddled(by_hand={PLACE: {"newest": NOW}})) == []


def test_an_imported_certificate_of_aws_may_be_used_where_its_slot_does_not_tell(run: Run) -> None:
    place = ("aws", "d.cloudfront.net:443", "us.example.com")
    run.served[place] = "new"
    assert any("in no plan" in told for told in run.told())

    imported = run.workers[0].resource.evolve(product=CloudProduct.AWS)
    run.workers += [a_worker(43, **DONE, resource=imported)]

    assert any("in no plan" in told for told in run.told()), "nobody has given it another one"
    assert run.told(Meddled(by_hand={place: {"newest": NOW}})) == []


@pytest.mark.parametrize(("planned", "served"), [("7-cn-hangzhou", "new"), ("6-cn-hangzhou", "between")])
def test_what_was_pointed_by_hand_at_another_imported_certificate_goes_with_that(
    run: Run, planned: str, served: str
) -> None:
    place = ("aws", "d.cloudfront.net:443", "us.example.com")
    pointed = Meddled(by_hand={place: {"newest": NOW}})
    run.served[place] = served
    here = run.workers[0].resource.evolve(product=CloudProduct.AWS, server_names=("us.example.com",))
    run.workers += [a_worker(43, **DONE, resource=here)]
    assert len(run.told(pointed)) == 1

    saw = here.evolve(resource_id="another", server_names=(), cert_identifier="8-cn-hangzhou")
    done = {**DONE, "previous_cert_identifier": "8-cn-hangzhou", "cert_identifier": planned}
    run.workers += [a_worker(44, **done, resource=saw)]

    assert run.told(pointed, calm=False) == []


def test_what_carried_the_old_one_and_no_plan_took_up_is_told_where_all_products_are_looked_after(
    run: Run,
) -> None:
    run.workers = []
    run.served[PLACE] = "old"
    assert run.told() == [f"{PLACE} was left out of the plan"]

    run.products = run.products[1:]
    assert run.told() == []
