"""AWS on moto: what discovery tells of each kind of slot, and which place proves a certificate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from emulator import aws as emulated
from shared.domain.resources import SlotRole
from shared.errors import CloudRejectedError
from tests.contract.aws_bench import REGION, a_distribution, elb, give_listener, issued_by_amazon, seen, slot
from tests.contract.bench import Bench

FOLLOWS = "follows the ACM certificate {}, which has a slot of its own"


def test_each_kind_of_slot_tells_what_it_is_and_where_it_is_met(amazon: Bench) -> None:
    theirs = issued_by_amazon("shop.example.com")
    shop = a_distribution(theirs, "shop.example.com", "img.example.com")
    bare = a_distribution("", "bare.example.com")
    emulated.add_balancer("far", REGION, False, [(8443, [theirs])])

    found = seen(amazon).by_kind

    named = {amazon.name_of(one.cert_identifier): one.instance_name for one in found["acm"]}
    assert named == {"old": "front", "other": "front", "alone": "inside"}
    arns = {amazon.name_of(one.cert_identifier): one.resource_id for one in found["acm"]}
    assert all(one.instance_id == one.resource_id and one.domains_of_certificate for one in found["acm"])
    listeners = {
        (one.instance_name, one.port, one.role, amazon.name_of(one.cert_identifier)): one
        for one in found["listener"]
    }
    (amazons,) = {name for *_, name in listeners if name.startswith("sha256:")}
    assert {place: one.obstacle for place, one in listeners.items()} == {
        ("front", 443, SlotRole.DEFAULT, "old"): FOLLOWS.format(arns["old"]),
        ("front", 443, SlotRole.ADDITIONAL, "other"): FOLLOWS.format(arns["other"]),
        ("inside", 443, SlotRole.DEFAULT, "alone"): FOLLOWS.format(arns["alone"]),
        ("far", 8443, SlotRole.DEFAULT, amazons): "",
    }
    assert [bool(one.endpoint) for one in listeners.values()] == [True, True, False, True]
    far = listeners["far", 8443, SlotRole.DEFAULT, amazons]
    assert (far.domains, far.endpoint.endswith(":8443")) == (("shop.example.com",), True)
    distributions = {one.resource_id: one for one in found["distribution"]}
    assert distributions[shop].domains == ("shop.example.com", "img.example.com")
    assert distributions[shop].endpoint == f"{distributions[shop].instance_name}:443".lower()
    assert not distributions[shop].domains_of_certificate
    assert distributions[bare].obstacle == (
        "it serves the certificate of *.cloudfront.net; set aliases and the first certificate in the console"
    )
    assert {one.region for kind in found.values() for one in kind} == {REGION}
    ends = {amazon.name_of(one.cert_identifier): one.cert_not_after for one in found["acm"]}
    assert ends == {name: amazon.certificate(name).not_after for name in ("old", "other", "alone")}


def test_distributions_are_looked_for_at_their_home_only(amazon: Bench) -> None:
    """And what holds for all slots of a kind is not changed by one adapter for another."""
    amazon = replace(amazon, aws=replace(amazon.aws, regions=(REGION, "eu-west-1")))
    for kind in amazon.adapter._by_kind.values():  # type: ignore[attr-defined]
        assert isinstance(kind.gone, frozenset)
        assert isinstance(kind.also_granted, frozenset)
    assert list(amazon.adapter.discover("eu-west-1")) == []
    assert amazon.count("ListDistributions") == 0
    assert amazon.count("ListCertificates") > 0


@pytest.mark.long
def test_a_default_slot_is_not_succeeded_by_what_another_slot_of_its_listener_serves(amazon: Bench) -> None:
    theirs = issued_by_amazon("example.com", "*.example.com")
    listener = give_listener(amazon, theirs)
    new = emulated.import_certificate(REGION, amazon.estate.bundle("new", amazon.cloud.clock()))
    elb().add_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": new}])
    (default,) = [one for one in seen(amazon).by_kind["listener"] if one.resource_id == listener]

    assert amazon.adapter.successor(default, amazon.certificate("new")) is None


def test_what_amazon_issued_is_not_imported_anew_and_what_vanished_has_no_successor(amazon: Bench) -> None:
    theirs, new = issued_by_amazon("example.com"), amazon.certificate("new")
    acm = slot(amazon, "acm", "old")
    additional = slot(amazon, "listener", "other")
    elb().remove_listener_certificates(
        ListenerArn=additional.listener_id,
        Certificates=[{"CertificateArn": slot(amazon, "acm", "other").resource_id}],
    )

    not_imported = amazon.adapter.read(acm.evolve(resource_id=theirs))
    assert not_imported is not None
    with pytest.raises(CloudRejectedError) as refused:
        amazon.adapter.deploy(not_imported, new)
    assert str(refused.value) == (
        f"ImportCertificate: NotImported: {theirs} is AMAZON_ISSUED:"
        " only an imported certificate can be imported anew (RequestId -)"
    )
    assert amazon.adapter.read(additional) is None
    assert amazon.adapter.successor(additional, new) is None
    emulated.clear()
    assert amazon.adapter.successor(acm, new) is None


@pytest.mark.long
def test_only_a_certificate_of_the_same_end_is_read_to_see_whether_it_is_there_already(amazon: Bench) -> None:
    theirs = issued_by_amazon("example.com")
    listener = give_listener(amazon, theirs)
    later = amazon.certificate("new").evolve(not_after=amazon.cloud.clock())
    (default,) = [one for one in seen(amazon).by_kind["listener"] if one.resource_id == listener]
    before = amazon.count("GetCertificate")

    amazon.adapter.restore(default, later)

    assert amazon.count("GetCertificate") - before == 1, "the one before; what was imported just now is known"
    assert amazon.count("ImportCertificate") == 1


def test_a_distribution_that_is_off_staging_or_for_other_names_proves_nothing(
    amazon: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that fits is held elsewhere."""
    alone = slot(amazon, "acm", "alone").resource_id
    elsewhere, there = a_distribution(alone, "www.example.org"), a_distribution(alone, "www.example.com")
    staging = "it is a staging distribution, which has the certificate of its primary one"
    told(amazon, monkeypatch, there, Enabled=False, Staging=True)

    found = seen(amazon)

    acm = found.of("acm", amazon.estate.identifier("alone"))
    assert (acm.server_names, acm.endpoint, acm.instance_name) == ((), "", "inside")
    distributions = {one.resource_id: one for one in found.by_kind["distribution"]}
    assert distributions[elsewhere].endpoint
    assert (distributions[there].endpoint, distributions[there].obstacle) == ("", staging)
    shown = amazon.adapter.read(distributions[there])
    assert shown is not None
    assert shown.evolve(endpoint="") == distributions[there], "it is the list that says that it is off"


def told(amazon: Bench, monkeypatch: pytest.MonkeyPatch, distribution: str, **fields: Any) -> None:
    """AWS lists the distribution with these fields."""
    client = amazon.adapter._aws  # type: ignore[attr-defined]
    pages = client.pages

    def changed(action: str, *place: Any, **params: Any) -> Any:
        for page in pages(action, *place, **params):
            for row in page.get("DistributionList", {}).get("Items", ()):
                row.update(fields if row["Id"] == distribution else {})
            yield page

    monkeypatch.setattr(client, "pages", changed)
