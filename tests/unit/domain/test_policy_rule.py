"""What a policy changes in the decision about a slot: by itself it binds, by hand it is told."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.consequences import Surroundings, consequences
from shared.domain.cover import Cover
from shared.domain.matching import Action, Decision
from shared.domain.policies import Policies
from shared.domain.policy_book import PolicyBook, unreadable_policies
from shared.domain.resources import CloudProduct, CloudResource
from tests.builders import NOW, a_certificate, a_resource, signed_by
from tests.unit.domain.exchanges import OLD, PUBLIC, exchanged, standing

OURS = a_certificate(7, name="ours", **PUBLIC)
LATER = a_certificate(8, name="theirs", **signed_by("Other CA", "Public Root")).evolve(
    not_after=OURS.not_after.replace(year=OURS.not_after.year + 1)
)
BEFORE = OLD.evolve(**PUBLIC)
OFF = a_resource(https=False, cert_identifier="", cert_not_after=None)


def chosen(
    rule: dict[str, Any] | PolicyBook,
    slot: CloudResource | None = None,
    *certificates: Certificate,
    automatic: bool = True,
    **options: bool,
) -> tuple[int, Decision]:
    said = {"rules": [{"match": {"product": ["CDN", "ALB"]}, **rule}]} if isinstance(rule, dict) else {}
    book = rule if isinstance(rule, PolicyBook) else PolicyBook(Policies.model_validate(said))
    slot = slot or a_resource()
    cover = Cover(certificates or (LATER, OURS), NOW, standing, book)
    present = BEFORE if slot.cert_identifier == BEFORE.identifier else None
    certificate, decision = cover.choose(slot, present, automatic=automatic, **options)
    return certificate.cert_id, decision


@pytest.mark.parametrize(
    ("rule", "by_itself", "told"),
    [
        ({"deploy": "deploy"}, 8, "its names are covered"),
        ({"deploy": "draft"}, 8, "its names are covered; policy rule 1 says draft"),
        ({"deploy": "off"}, None, "policy rule 1 says off; create a job by hand"),
        ({"pin": {"certificate": "ours"}}, 7, "its names are covered"),
        ({"pin": {"certificate": "7"}}, 7, "its names are covered"),
        (
            {"pin": {"certificate": "9"}},
            None,
            "policy rule 1 pins the slot to the certificate 9; create a job by hand",
        ),
        ({"pin": {"issuer": "public ca"}}, 7, "its names are covered"),
        ({"pin": {"issuer": "Other CA"}}, 8, "its names are covered"),
        (
            {"pin": {"issuer": "Elsewhere"}},
            None,
            "policy rule 1 pins the slot to certificates of Elsewhere; create a job by hand",
        ),
        ({"pin": "none", "accept_outage": True}, 8, "its names are covered"),
    ],
)
def test_by_itself_a_slot_gets_what_its_policy_allows(
    rule: dict[str, Any], by_itself: int | None, told: str
) -> None:
    cert_id, decision = chosen(rule)

    assert decision.reason == told
    assert decision.draft is (rule.get("deploy") == "draft")
    assert decision.accept_outage is rule.get("accept_outage", False)
    if by_itself is None:
        assert (decision.action, decision.rule) == (Action.LEAVE, "policy")
    else:
        assert (cert_id, decision.action, decision.rule) == (by_itself, Action.DEPLOY, "")


@pytest.mark.parametrize("rule", [{"deploy": "off"}, {"pin": {"certificate": "9"}}, {"deploy": "draft"}])
def test_a_job_by_hand_does_what_it_is_asked_for(rule: dict[str, Any]) -> None:
    assert chosen(rule, automatic=False) == (8, Decision(Action.DEPLOY, "", "its names are covered"))


@pytest.mark.parametrize("slot", [a_resource(), OFF], ids=["replaced", "first"])
@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"deploy": "off"}, ["policy rule 1 says off"]),
        ({"pin": {"certificate": "9"}}, ["policy rule 1 pins the slot to the certificate 9"]),
        ({"pin": {"certificate": "7"}}, []),
        ({"deploy": "draft"}, []),
        ({}, ["a policy that cannot be read says off"]),
    ],
)
def test_by_hand_the_preview_names_the_policy_that_is_against_it(
    rule: dict[str, Any], told: list[str], slot: CloudResource
) -> None:
    policies = Policies.model_validate({"rules": [{"match": {"product": "CDN"}, **rule}]} if rule else {})
    book = PolicyBook(policies) if rule else unreadable_policies()
    (policy,) = book.for_(slot, None, [OURS])
    exchange = exchanged(OURS, None, slot)._replace(policy=policy)

    assert [one.text for one in consequences(exchange, Surroundings()) if one.code == "policy"] == told


def test_a_certificate_that_is_pinned_or_named_is_found_among_many_that_are_alike() -> None:
    alike = [OURS.evolve(cert_id=number, name=f"c{number}") for number in range(20, 30)]

    assert chosen({"pin": {"certificate": "c28"}}, None, *alike)[0] == 28
    off = {"match": {"certificate": [f"c{number}" for number in range(20, 27)]}, "deploy": "off"}
    book = PolicyBook(Policies.model_validate({"rules": [off]}))
    cert_id, decision = chosen(book, None, *alike)
    assert (cert_id, decision.action) == (27, Action.DEPLOY)


def test_https_is_switched_on_by_itself_only_where_a_policy_allows_it() -> None:
    assert chosen({"deploy": "deploy"}, OFF)[1].rule == "first"
    cert_id, decision = chosen({"first_deployment": True}, OFF)
    assert (cert_id, decision) == (8, Decision(Action.DEPLOY, "", "first deployment, as a policy allows"))
    assert chosen({"first_deployment": True, "deploy": "off"}, OFF)[1].rule == "policy"
    assert chosen({"first_deployment": True}, OFF, automatic=False)[1].rule == "first"
    alb = OFF.evolve(product=CloudProduct.ALB)
    assert chosen({"first_deployment": True}, alb)[1].rule == "first"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        (signed_by("Corp CA", "Corp Root"), "trust"),
        (signed_by("Public CA"), "chain"),
        ({**PUBLIC, "source": CertificateSource.TEST}, "test"),
    ],
)
def test_the_first_certificate_of_a_slot_is_one_that_every_client_trusts(
    changes: dict[str, Any], rule: str
) -> None:
    decision = chosen({"first_deployment": True}, OFF, a_certificate(9, **changes))[1]

    assert (decision.action, decision.rule) == (Action.LEAVE, rule)


def test_what_cannot_be_read_says_off() -> None:
    _, decision = chosen(unreadable_policies())

    assert (decision.action, decision.rule) == (Action.LEAVE, "policy")
    assert decision.reason.startswith("a policy that cannot be read says off")
