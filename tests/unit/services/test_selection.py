"""Lists: of several slots and certificates those that are asked for, in the order that is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from shared.domain.certificates import CertificateStatus
from shared.domain.queries import CertificateOrder, ListCertificates, ListResources, SlotOrder
from shared.domain.resources import CloudProduct
from shared.errors import NotFoundError
from shared.services.lists import list_certificates, list_resources
from shared.services.map import MappedSlot
from shared.services.selection import SlotCounts, select_slots
from tests.builders import NOW, a_certificate, a_listener_slot, a_resource
from tests.worlds import POLICY, a_world

UNCOVERED: dict[str, Any] = {"best_cert_identifier": "", "kept_away": None}


def a_slot(name: str = "a.example.com", *, days: float | None = 50, **changes: Any) -> MappedSlot:
    """With a certificate of CAS, which may stay."""
    values: dict[str, Any] = {
        "known_to_cas": True,
        "best_cert_identifier": "1-cn-hangzhou",
        "cert_not_after": None if days is None else NOW + timedelta(days=days),
    }
    return MappedSlot(**vars(a_resource(name)) | values | changes)


def on_a_listener(**changes: Any) -> MappedSlot:
    return MappedSlot(
        **vars(a_listener_slot()) | {"known_to_cas": True, "best_cert_identifier": "1"} | changes
    )


SLOTS = (
    a_slot("a.example.com", days=50, location="cn-beijing"),
    a_slot("b.a.example.com", days=-1),
    a_slot("xn--bcher-kva.example", days=20, cert_identifier="sha256:0f0f", known_to_cas=False),
    a_slot("c.example.org", days=None, cert_identifier="9-ap-southeast-1", **UNCOVERED),
    a_slot("d.example.org", days=None, cert_identifier=""),
    on_a_listener(
        instance_name="Shop-front", domains=("e.example.com",), cert_not_after=NOW + timedelta(days=30)
    ),
)
LISTENER = "lsn-1/default"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "a b ü c l"),
        ({"without_certificate": True}, "a b ü c d l"),
        ({"products": (CloudProduct.CDN,)}, "a b ü c"),
        ({"regions": ("cn-hangzhou",)}, "l"),
        ({"regions": ("cn-beijing",)}, "a"),
        ({"regions": ("-", "cn-hangzhou")}, "a b ü c l"),
        ({"instances": ("shop-*",)}, "l"),
        ({"instances": ("ALB-1", "nothing")}, "l"),
        ({"instances": ("",)}, ""),
        ({"domains": ("*.example.com",)}, "a b l"),
        ({"domains": ("A.Example.com",)}, "a"),
        ({"domains": ("bücher.*", "c.*")}, "ü c"),
        ({"domains": ("xn--*",)}, "ü"),
        ({"certificate": "1"}, "a b l"),
        ({"certificate": "1-cn-hangzhou"}, "a b l"),
        ({"certificate": "9"}, "c"),
        ({"certificate": "sha256:0f…"}, "ü"),
        ({"ends_within_days": 0}, "b"),
        ({"ends_within_days": 30}, "b ü l"),
        ({"ends_within_days": 1e300}, "a b ü l"),
        ({"uncovered": True}, "c"),
        ({"unknown_to_cas": True}, "ü"),
        ({"unknown_to_cas": True, "without_certificate": True}, "ü"),
        ({"domains": ("*.example.com",), "ends_within_days": 30}, "b l"),
    ],
    ids=str,
)
def test_everything_that_is_asked_for_has_to_hold(asked: dict[str, Any], found: str) -> None:
    short = {"xn--bcher-kva.example": "ü", LISTENER: "l"}

    listed = select_slots(SLOTS, ListResources(**asked), NOW).resources

    names = {short.get(one.resource_id, one.resource_id[0]) for one in listed}
    assert names == set(found.split())


@pytest.mark.parametrize(
    ("order", "first", "last"),
    [
        (SlotOrder.SLOT, LISTENER, "xn--bcher-kva.example"),
        (SlotOrder.EXPIRES, "b.a.example.com", "c.example.org"),
        (SlotOrder.REGION, "a.example.com", LISTENER),
        (SlotOrder.INSTANCE, "a.example.com", LISTENER),
        (SlotOrder.NAMES, "a.example.com", "xn--bcher-kva.example"),
        (SlotOrder.CERTIFICATE, LISTENER, "xn--bcher-kva.example"),
    ],
)
def test_slots_are_sorted_both_ways(order: SlotOrder, first: str, last: str) -> None:
    listed = select_slots(SLOTS, ListResources(sort=order), NOW).resources
    turned = select_slots(SLOTS, ListResources(sort=order, reverse=True), NOW).resources

    assert (listed[0].resource_id, listed[-1].resource_id) == (first, last)
    assert turned == listed[::-1]


def test_what_matters_is_counted_of_what_is_listed_and_what_is_left_out_of_what_fits() -> None:
    listed = select_slots(SLOTS, ListResources(), NOW)
    month = select_slots(SLOTS, ListResources(ends_within_days=25, products=(CloudProduct.CDN,)), NOW)

    assert listed.counts == SlotCounts(slots=5, expired=1, ending=2, uncovered=1, unknown_to_cas=1)
    assert listed.left_out == 1
    assert month.counts == SlotCounts(slots=2, expired=1, ending=1, ending_days=25, unknown_to_cas=1)
    assert month.left_out == 0


def test_a_page_is_a_part_of_what_is_counted() -> None:
    whole = select_slots(SLOTS, ListResources(), NOW)

    pages = [select_slots(SLOTS, ListResources(offset=at, limit=2), NOW) for at in (0, 2, 4, 6)]

    assert [len(page.resources) for page in pages] == [2, 2, 1, 0]
    assert sum((page.resources for page in pages), ()) == whole.resources
    assert {page.counts for page in pages} == {whole.counts}


@pytest.mark.parametrize("days", [-1, float("nan"), float("inf")])
def test_a_span_that_is_none_is_refused(days: float) -> None:
    with pytest.raises(ValidationError):
        ListResources(ends_within_days=days)


def test_slots_are_listed_by_a_certificate_that_is_known_or_in_place_and_by_no_other(tmp_path: Path) -> None:
    slots = [a_resource(), a_resource("b.example.com", cert_identifier="sha256:0f0f")]
    world = a_world(tmp_path, certificates=[a_certificate(7)], slots=slots)

    def listed(certificate: str, **asked: Any) -> list[str]:
        found = list_resources(world, ListResources(certificate=certificate, **asked))
        return [one.resource_id for one in found.resources]

    assert listed("1") == ["www.example.com"]
    assert listed("7") == [], "it is in place nowhere, but CAS knows it"
    assert listed("sha256:0f") == ["b.example.com"]
    assert listed("sha256:0f", products=(CloudProduct.ALB,)) == []
    for unknown in ("999", "shop", "sha256:1f"):
        with pytest.raises(NotFoundError, match=unknown):
            listed(unknown)


def test_slots_outside_the_scope_are_listed_and_marked(tmp_path: Path) -> None:
    world = a_world(tmp_path, slots=[a_resource()], policy=replace(POLICY, products=(CloudProduct.ALB,)))

    (found,) = list_resources(world, ListResources()).resources

    assert found.obstacle.startswith("outside the scope")


CERTIFICATES = (
    a_certificate(3, name="shop-2026", not_after=NOW + timedelta(days=10)),
    a_certificate(1, name="old", not_after=NOW - timedelta(days=1), status=CertificateStatus.EXPIRED),
    a_certificate(2, name="Shop", names=("xn--bcher-kva.example",), store="ap-southeast-1"),
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [1, 3, 2]),
        ({"domains": ("*.EXAMPLE.com",)}, [1, 3]),
        ({"domains": ("bücher.example",)}, [2]),
        ({"names": ("shop*",)}, [3, 2]),
        ({"stores": ("ap-southeast-1",)}, [2]),
        ({"ends_within_days": 10}, [1, 3]),
        ({"deployable": True}, [3, 2]),
        ({"deployable": False}, [1]),
        ({"unused": True}, [3, 2]),
        ({"sort": CertificateOrder.ID, "reverse": True}, [3, 2, 1]),
        ({"sort": CertificateOrder.NAME}, [2, 1, 3]),
    ],
    ids=str,
)
def test_certificates_are_listed_as_they_are_asked_for(
    tmp_path: Path, asked: dict[str, Any], found: list[int]
) -> None:
    world = a_world(tmp_path, certificates=CERTIFICATES, slots=[a_resource()])

    listed = list_certificates(world, ListCertificates(**asked))

    assert [one.cert_id for one in listed.certificates] == found
    assert listed.left_out == len(CERTIFICATES) - len(found)
    assert {one.cert_id for one in listed.certificates if one.why_not} == {1} & set(found)
