"""Whether a certificate may go onto a slot: each reason for and against."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.certificates import CertificateSource, CertificateStatus
from shared.domain.matching import FIRST_DEPLOYMENT, Action, Decision, decide, latest, under_rule
from shared.domain.resources import CloudProduct, CloudResource
from tests.builders import NOW, a_certificate, a_listener_slot, a_resource

NEW = a_certificate(7)
OLD = a_certificate(1, not_after=NOW + timedelta(days=10))
OFF: dict[str, Any] = {"https": False, "cert_identifier": "", "cert_not_after": None}


def left(decision: Decision) -> str:
    assert decision.action is Action.LEAVE
    return decision.reason


def deployed(decision: Decision) -> str:
    assert decision.action is Action.DEPLOY
    return decision.reason


def test_a_covered_slot_gets_the_certificate() -> None:
    assert deployed(decide(NEW, a_resource(), OLD)) == "its names are covered"


def test_a_person_may_replace_what_cas_does_not_know() -> None:
    assert deployed(decide(NEW, a_resource(cert_not_after=None), None))


def test_every_domain_of_the_slot_must_be_covered() -> None:
    slot = a_listener_slot(domains=("www.example.com", "a.b.example.com", "xn--bcher-kva.example"))
    assert left(decide(NEW, slot, OLD)) == "not covered: a.b.example.com, bücher.example"


def test_a_wildcard_domain_needs_the_wildcard() -> None:
    wildcard = a_resource(".example.com")
    assert deployed(decide(NEW, wildcard, OLD))
    exact = a_certificate(7, names=("www.example.com", "example.com"))
    assert left(decide(exact, wildcard, OLD)) == "not covered: *.example.com"


def test_a_slot_whose_names_are_unknown_is_left_alone() -> None:
    assert "not known" in left(decide(NEW, a_listener_slot(domains=()), None))


def test_a_slot_that_serves_the_certificate_is_left_alone() -> None:
    slot = a_resource(cert_identifier=NEW.identifier)
    assert left(decide(NEW, slot, NEW)) == "it serves this certificate already"


def test_the_same_id_of_another_store_is_another_certificate() -> None:
    assert deployed(decide(NEW, a_resource(cert_identifier="7-ap-southeast-1"), None))


def test_an_obstacle_is_told_as_discovery_put_it() -> None:
    assert left(decide(NEW, a_resource(obstacle="the domain is offline"), OLD)) == ("the domain is offline")


def a_rule(**changes: Any) -> CloudResource:
    """A routing rule of SAE on the listener of `a_listener_slot`."""
    own = {"product": CloudProduct.SAE, "resource_id": "7", "listener_id": "7", "instance_name": "web"}
    return a_listener_slot(**{**own, **changes})


@pytest.mark.parametrize("product", [CloudProduct.ALB, CloudProduct.SLB])
def test_a_listener_that_sae_sets_is_left_to_its_routing_rule(product: CloudProduct) -> None:
    slot = under_rule(a_listener_slot(product=product), [a_rule(port=444), a_rule()])
    told = "SAE sets this listener's certificates; deploy to its routing rule web instead"
    assert left(decide(NEW, slot, OLD)) == told


@pytest.mark.parametrize(
    "rule",
    [
        a_rule(port=444),
        a_rule(region="cn-beijing"),
        a_rule(instance_id="alb-2"),
        a_rule(product=CloudProduct.NLB),
    ],
)
def test_a_rule_elsewhere_says_nothing_of_a_listener(rule: CloudResource) -> None:
    assert under_rule(a_listener_slot(), [rule]) == a_listener_slot()


def test_slots_without_a_load_balancer_are_under_no_rule() -> None:
    unknown = a_listener_slot(instance_id="")
    assert under_rule(unknown, [a_rule(instance_id="")]) == unknown
    assert under_rule(a_rule(), [a_rule()]) == a_rule()


def test_an_obstacle_is_no_news_to_those_that_are_not_covered() -> None:
    slot = a_resource("www.example.org", obstacle="the domain is offline")
    assert left(decide(NEW, slot, OLD)) == "not covered: www.example.org"


@pytest.mark.parametrize("product", sorted(set(CloudProduct) - FIRST_DEPLOYMENT))
@pytest.mark.parametrize("asked", [False, True])
def test_a_first_certificate_is_set_in_the_console(product: CloudProduct, asked: bool) -> None:
    slot = a_resource(product=product, **OFF)
    assert "console" in left(decide(NEW, slot, None, first_deployment=asked))


@pytest.mark.parametrize("product", sorted(FIRST_DEPLOYMENT))
def test_https_is_switched_on_only_when_asked_to(product: CloudProduct) -> None:
    slot = a_resource(product=product, **OFF)
    assert "HTTPS is off" in left(decide(NEW, slot, None))
    assert deployed(decide(NEW, slot, None, first_deployment=True)) == "first deployment, as asked"


def test_https_that_is_off_is_a_first_deployment_even_with_an_old_certificate() -> None:
    slot = a_resource(https=False)
    assert "HTTPS is off" in left(decide(NEW, slot, OLD))
    assert deployed(decide(NEW, slot, OLD, first_deployment=True))


def test_a_renewal_is_taken_by_itself() -> None:
    assert deployed(decide(NEW, a_resource(), OLD, automatic=True)) == "its names are covered"


@pytest.mark.parametrize("longer", [timedelta(0), timedelta(seconds=1)])
def test_nothing_is_replaced_by_itself_that_is_valid_as_long(longer: timedelta) -> None:
    present = a_certificate(1, not_after=NEW.not_after + longer)
    assert "valid longer" in left(decide(NEW, a_resource(), present, automatic=True))
    assert deployed(decide(NEW, a_resource(), present))


def test_nothing_is_replaced_by_itself_that_could_not_be_put_back() -> None:
    decision = decide(NEW, a_resource(), None, automatic=True)
    assert "CAS does not hold the certificate in place" in left(decision)
    assert "create a job by hand" in decision.reason


def test_another_kind_of_key_is_a_person_s_decision() -> None:
    ecc = a_certificate(7, algorithm="ECC")
    assert "(RSA → ECC)" in left(decide(ecc, a_resource(), OLD, automatic=True))
    assert deployed(decide(ecc, a_resource(), OLD))


@pytest.mark.parametrize(
    ("present", "new", "replaced"),
    [("BUY", "BUY", True), ("UPLOAD", "BUY", True), ("BUY", "UPLOAD", False), ("BUY", "TEST", False)],
)
def test_a_bought_certificate_is_replaced_by_itself_by_a_bought_one_only(
    present: str, new: str, replaced: bool
) -> None:
    old = OLD.model_copy(update={"source": CertificateSource(present)})
    certificate = a_certificate(7, source=new)
    decision = decide(certificate, a_resource(), old, automatic=True)
    assert (decision.action is Action.DEPLOY) is replaced
    assert replaced or "was bought" in decision.reason
    assert deployed(decide(certificate, a_resource(), old))


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
