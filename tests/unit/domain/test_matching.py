"""Whether a certificate may go onto a slot: each reason for and against."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from shared.domain.certificates import Certificate, CertificateSource, CertificateStatus
from shared.domain.matching import Action, Decision, decide, latest
from shared.domain.policies import Mode
from shared.domain.policy_book import Effective
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.trust import standing_of
from tests.builders import NOW, a_certificate, a_listener_slot, a_resource

NEW = a_certificate(7)
OLD = a_certificate(1, not_after=NOW + timedelta(days=10))
untold = partial(standing_of, public_roots=frozenset(), now=NOW)
#: Where a job may switch HTTPS on.
FIRST_DEPLOYMENT = [CloudProduct.CDN, CloudProduct.DCDN]
OFF: dict[str, Any] = {"https": False, "cert_identifier": "", "cert_not_after": None}


def held(
    certificate: Certificate, slot: CloudResource, present: Certificate | None, **asked: Any
) -> Decision:
    missing = [name for name in slot.domains if not certificate.covers(name)]
    return decide(certificate, slot, present, now=NOW, missing=missing, standing=untold, **asked)


def left(decision: Decision) -> str:
    assert decision.action is Action.LEAVE
    return decision.reason


def deployed(decision: Decision) -> str:
    assert decision.action is Action.DEPLOY
    return decision.reason


def test_a_covered_slot_gets_the_certificate() -> None:
    decision = held(NEW, a_resource(), OLD)
    assert deployed(decision) == "its names are covered"


def test_a_person_may_replace_what_cas_does_not_know() -> None:
    assert deployed(held(NEW, a_resource(cert_not_after=None), None))


BEHIND = a_resource(
    product=CloudProduct.OSS, resource_id="b/www.example.com", fronted_by="CDN/-/www.example.com"
)
FRONT = "a CDN domain of the same name is in service in front of it (CDN/-/www.example.com)"


def test_a_job_by_hand_takes_a_bucket_behind_cdn_only_if_it_names_the_slot() -> None:
    decision = held(NEW, BEHIND, OLD)

    assert left(decision) == f"{FRONT}; a job by hand takes it if it names the slot"
    assert decision.rule == "fronted"
    assert deployed(held(NEW, BEHIND, OLD, named=True)) == "its names are covered"


def test_a_job_by_hand_takes_a_bucket_behind_cdn_in_its_last_days_and_keeps_to_no_policy() -> None:
    policy = Effective(deploy=Mode.DRAFT, deploy_by="a rule", accept_outage=True)

    decision = held(
        NEW,
        BEHIND,
        OLD.evolve(not_after=NOW + timedelta(days=1), not_before=NOW - timedelta(days=89)),
        policy=policy,
    )

    assert decision == Decision(
        Action.DEPLOY, "", f"what is in place ends on 2026-05-02, so it is replaced although {FRONT}"
    )


def test_every_domain_of_the_slot_must_be_covered() -> None:
    slot = a_listener_slot(domains=("www.example.com", "a.b.example.com", "xn--bcher-kva.example"))
    assert left(held(NEW, slot, OLD)) == (
        "not covered: a.b.example.com, bücher.example (xn--bcher-kva.example)"
    )


def test_a_wildcard_domain_needs_the_wildcard() -> None:
    wildcard = a_resource(".example.com")
    assert deployed(held(NEW, wildcard, OLD))
    exact = a_certificate(7, names=("www.example.com", "example.com"))
    assert left(held(exact, wildcard, OLD)) == "not covered: *.example.com"


def test_a_slot_whose_names_are_unknown_is_left_alone() -> None:
    unknown = a_listener_slot(domains=())
    told = "the names it answers to are not known, since CAS does not hold its certificate"
    assert left(held(NEW, unknown, None)) == told
    blocked = a_listener_slot(domains=(), obstacle="the listener is stopped")
    assert left(held(NEW, blocked, None)) == "the listener is stopped"


def test_a_slot_that_serves_the_certificate_is_left_alone() -> None:
    slot = a_resource(cert_identifier=NEW.identifier, obstacle="the domain is offline")
    assert left(held(NEW, slot, NEW)) == "it serves this certificate already"


def test_the_same_id_of_another_store_is_another_certificate() -> None:
    for present in ("7-ap-southeast-1", "7-eu-central-1"):
        assert deployed(held(NEW, a_resource(cert_identifier=present), None))


def test_an_obstacle_is_told_as_discovery_put_it() -> None:
    assert left(held(NEW, a_resource(obstacle="the domain is offline"), OLD)) == ("the domain is offline")


def test_a_slot_that_a_batch_cannot_take_is_left_to_a_job_of_its_own() -> None:
    slot = a_listener_slot(batch_obstacle="it carries several certificates")
    assert left(held(NEW, slot, OLD, batch=True)) == "it carries several certificates"
    assert deployed(held(NEW, slot, OLD))
    assert deployed(held(NEW, a_listener_slot(), OLD, batch=True))


def test_an_obstacle_is_no_news_to_those_that_are_not_covered() -> None:
    slot = a_resource("www.example.org", obstacle="the domain is offline")
    assert left(held(NEW, slot, OLD)) == "not covered: www.example.org"


@pytest.mark.parametrize("product", sorted(set(CloudProduct) - set(FIRST_DEPLOYMENT)))
@pytest.mark.parametrize("asked", [False, True])
def test_a_first_certificate_is_set_in_the_console(product: CloudProduct, asked: bool) -> None:
    slot = a_resource(product=product, **OFF)
    told = "it has no certificate; the first one is set in the product's console"
    assert left(held(NEW, slot, None, first_deployment=asked)) == told


@pytest.mark.parametrize("changes", [{"https": False}, {"cert_identifier": ""}])
def test_https_alone_or_a_certificate_alone_is_not_yet_a_deployment(changes: dict[str, Any]) -> None:
    assert "console" in left(held(NEW, a_listener_slot(**changes), OLD))
    assert "HTTPS is off" in left(held(NEW, a_resource(**changes), OLD))
    assert deployed(held(NEW, a_resource(**changes), OLD, first_deployment=True))


@pytest.mark.parametrize("product", FIRST_DEPLOYMENT)
def test_https_is_switched_on_only_when_asked_to(product: CloudProduct) -> None:
    slot = a_resource(product=product, **OFF)
    told = "HTTPS is off; a job switches it on only when asked to (first deployment)"
    assert left(held(NEW, slot, None)) == told
    assert deployed(held(NEW, slot, None, first_deployment=True)) == "first deployment, as asked"


def test_a_renewal_is_taken_by_itself_even_one_that_ends_a_second_later() -> None:
    present = a_certificate(1, not_after=NEW.not_after - timedelta(seconds=1))
    assert deployed(held(NEW, a_resource(), present, automatic=True)) == "its names are covered"
    assert deployed(held(NEW, a_resource(), OLD, automatic=True)) == "its names are covered"


@pytest.mark.parametrize("longer", [timedelta(0), timedelta(seconds=1)])
def test_nothing_is_replaced_by_itself_that_is_valid_as_long(longer: timedelta) -> None:
    present = a_certificate(1, not_after=NEW.not_after + longer)
    told = "the certificate in place is valid longer, until 2026-07-29"
    assert left(held(NEW, a_resource(), present, automatic=True)) == told
    assert deployed(held(NEW, a_resource(), present))


def test_nothing_is_replaced_by_itself_that_could_not_be_put_back() -> None:
    told = "CAS does not hold the certificate in place, to put it back; create a job by hand"
    assert left(held(NEW, a_resource(), None, automatic=True)) == told


def test_another_kind_of_key_is_a_person_s_decision() -> None:
    ecc = a_certificate(7, algorithm="ECC")
    told = "the kind of key changes (RSA → ECC); create a job by hand"
    assert left(held(ecc, a_resource(), OLD, automatic=True)) == told
    assert deployed(held(ecc, a_resource(), OLD))
    back = held(NEW, a_resource(), OLD.evolve(algorithm="ECC"), automatic=True)
    assert left(back) == "the kind of key changes (ECC → RSA); create a job by hand"


@pytest.mark.parametrize(
    ("present", "new", "replaced"),
    [("BUY", "BUY", True), ("UPLOAD", "BUY", True), ("BUY", "UPLOAD", False), ("BUY", "TEST", False)],
)
def test_a_bought_certificate_is_replaced_by_itself_by_a_bought_one_only(
    present: str, new: str, replaced: bool
) -> None:
    old = OLD.evolve(source=CertificateSource(present))
    certificate = a_certificate(7, source=new)
    decision = held(certificate, a_resource(), old, automatic=True)
    assert (decision.action is Action.DEPLOY) is replaced
    told = "the certificate in place was bought, this one was not; create a job by hand"
    assert decision.reason == ("its names are covered" if replaced else told)
    assert deployed(held(certificate, a_resource(), old))


def test_the_certificate_that_is_valid_longest_comes_first_and_of_equals_the_newest() -> None:
    end = NOW + timedelta(days=50)
    candidates = [
        a_certificate(2, not_after=end),
        a_certificate(3),
        a_certificate(4, not_after=end),
        a_certificate(5, status=CertificateStatus.REVOKED),
        a_certificate(6, not_after=NOW),
    ]
    assert [c.cert_id for c in latest(candidates, NOW)] == [3, 4, 2]
