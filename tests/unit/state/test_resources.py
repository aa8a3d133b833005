"""Slots in the state, on every driver: the newest sight of each, and the way to them by their names."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import ConflictError, NotFoundError
from shared.state.repositories import Resources
from shared.state.store import Row, Store
from shared.state.tables import RESOURCE_DOMAINS, RESOURCES
from tests.builders import NOW, a_listener_slot, a_resource
from tests.meddling import Cut, Meddling, killed

LATER = NOW + timedelta(milliseconds=1)
WWW = "www.example.com"
SLOT = f"CDN/-/{WWW}"


class Watched:
    """A store, and what it was asked for."""

    def __init__(self, store: Store) -> None:
        self._store, self.asked = store, list[str]()

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return getattr(self._store, name)


@pytest.fixture
def resources(store: Store) -> Resources:
    return Resources(store)


def seen(resources: Resources, *slots: CloudResource) -> None:
    for slot in slots:
        resources.put(slot, NOW)


def carrying(cert_id: int, *domains: str) -> CloudResource:
    """WWW's slot with this certificate, and perhaps other names."""
    return a_resource(WWW, cert_identifier=f"{cert_id}-cn-hangzhou", domains=domains or (WWW,))


def below(resources: Resources, *names: str) -> list[str]:
    """Where a certificate for these names leads."""
    return sorted(record.resource.slot for record in resources.by_names(names))


def test_a_slot_is_found_as_it_was_seen_and_when(resources: Resources) -> None:
    seen(resources, a_resource(WWW), a_resource("api.example.com"))

    record = resources.get(SLOT)

    assert (record.resource, record.seen_at) == (a_resource(WWW), NOW)
    assert resources.find(SLOT) == record
    assert resources.find("CDN/-/nope.example.com") is None
    with pytest.raises(NotFoundError, match=r"CloudResource CDN/-/nope\.example\.com does not exist"):
        resources.get("CDN/-/nope.example.com")


def test_slots_with_slashes_in_their_ids_are_kept_apart(resources: Resources) -> None:
    slots = [
        a_listener_slot("lsn-1", region=region, resource_id=resource_id)
        for region in ("cn-hangzhou", "cn-beijing")
        for resource_id in ("lsn-1", "lsn-1/default", "lsn-1/default/7")
    ]
    seen(resources, *slots)

    assert [resources.get(slot.slot).resource for slot in slots] == slots


def test_slots_are_listed_by_product_and_region(resources: Resources) -> None:
    far = a_listener_slot(region="cn-beijing")
    near = a_listener_slot(region="cn-hangzhou")
    everywhere = a_resource(WWW)
    seen(resources, far, near, everywhere)

    def listed(product: CloudProduct, *region: str) -> list[CloudResource]:
        return [record.resource for record in resources.list(product, *region)]

    assert listed(CloudProduct.ALB) == [far, near]
    assert listed(CloudProduct.ALB, "cn-hangzhou") == [near]
    assert listed(CloudProduct.CDN, "") == listed(CloudProduct.CDN) == [everywhere]
    assert listed(CloudProduct.ALB, "") == listed(CloudProduct.OSS) == []


@pytest.mark.parametrize(("at", "stored"), [(NOW - timedelta(seconds=1), 1), (NOW, 2), (LATER, 2)])
def test_an_older_sight_does_not_overwrite_a_newer_one(
    resources: Resources, at: datetime, stored: int
) -> None:
    resources.put(carrying(1), NOW)

    resources.put(carrying(2, WWW, "new.example.net"), at)

    record = resources.get(SLOT)
    assert record.resource.cert_identifier == f"{stored}-cn-hangzhou"
    assert record.seen_at == (NOW if stored == 1 else at)
    assert below(resources, "*.example.net") == ([] if stored == 1 else [SLOT])


@pytest.mark.parametrize(("other_at", "stored"), [(NOW - timedelta(seconds=1), 2), (LATER, 1)])
def test_of_two_that_see_a_slot_at_once_the_later_sight_stays(
    store: Store, other_at: datetime, stored: int
) -> None:
    """The other one writes between our reading and our writing."""
    meddling = Meddling(store, RESOURCES, lambda: Resources(store).put(carrying(1), other_at))

    Resources(meddling).put(carrying(2), NOW)

    assert meddling.happened
    assert Resources(store).get(SLOT).resource.cert_identifier == f"{stored}-cn-hangzhou"
    assert below(Resources(store), "*.example.com") == [SLOT]


def test_slots_are_found_by_the_parent_of_each_of_their_names(resources: Resources) -> None:
    two = a_resource("two", domains=("a.example.com", "b.example.org"))
    wild = a_resource("wild", domains=("*.example.com",))
    apex = a_resource("example.com")
    deep = a_resource("x.y.example.com")
    seen(resources, two, wild, apex, deep)

    assert below(resources, "*.example.com") == ["CDN/-/two", "CDN/-/wild"]
    assert below(resources, "*.example.org") == ["CDN/-/two"]
    assert below(resources, "example.com") == ["CDN/-/example.com"]
    assert below(resources, "a.example.com") == ["CDN/-/two"]
    assert below(resources, "c.example.com", "*.net", "*.b.example.com") == []
    assert below(resources) == []


def test_a_slot_that_several_names_lead_to_is_found_once(resources: Resources) -> None:
    two = a_resource("two", domains=("a.example.com", "b.example.com", "b.example.org"))
    seen(resources, two, a_resource("c.example.org"))

    names = ("b.example.com", "*.example.com", "a.example.com", "b.example.org", "b.example.com")
    assert below(resources, *names) == ["CDN/-/two"]


def test_slots_are_found_by_their_ids_as_they_were_asked_for(resources: Resources) -> None:
    slots = [a_resource(WWW), a_listener_slot(), a_resource("api.example.com")]
    seen(resources, *slots)

    found = resources.find_many([slots[1].slot, "CDN/-/nope.example.com", SLOT, SLOT])

    assert {name: record.resource for name, record in found.items()} == {
        slots[1].slot: slots[1],
        SLOT: slots[0],
    }
    assert found[SLOT] == resources.get(SLOT)


def test_slots_are_found_by_the_certificate_in_place(resources: Resources) -> None:
    listener = a_listener_slot(cert_identifier="7-cn-hangzhou")
    seen(resources, carrying(7), a_resource("api.example.com"), listener)

    assert list(resources.serving(CloudProduct.CDN, {"7-cn-hangzhou"})) == [resources.get(SLOT)]
    assert list(resources.serving(CloudProduct.ALB, {"7-cn-hangzhou"})) == [resources.get(listener.slot)]
    assert list(resources.serving(CloudProduct.ALB, {"1-cn-hangzhou"})) == []


def test_a_name_that_a_slot_lost_no_longer_leads_to_it(resources: Resources) -> None:
    resources.put(carrying(1, "a.example.com", "b.example.org", "c.example.net"), NOW)

    resources.put(carrying(1, "b.example.org", "d.example.edu"), LATER)

    found = {parent: below(resources, f"*.example.{parent}") for parent in ("com", "org", "net", "edu")}
    assert found == {"com": [], "org": [SLOT], "net": [], "edu": [SLOT]}


def test_a_slot_that_is_removed_is_found_by_no_name(resources: Resources, store: Store) -> None:
    seen(resources, a_resource(WWW, domains=(WWW, "a.example.org")), a_resource("api.example.com"))

    resources.remove(resources.get(SLOT))

    assert resources.find(SLOT) is None
    assert below(resources, "*.example.com") == ["CDN/-/api.example.com"]
    index = [row.key for parent in ("example.com", "example.org") for row in rows(store, parent)]
    assert index == [("example.com", "api.example.com", "CDN/-/api.example.com")], "a row without its slot"


def rows(store: Store, parent: str) -> Iterator[Row]:
    return store.range(RESOURCE_DOMAINS, (parent,))


def test_a_slot_that_was_seen_again_is_not_removed(resources: Resources) -> None:
    resources.put(carrying(1), NOW)
    missed = resources.get(SLOT)
    resources.put(carrying(1), LATER)

    with pytest.raises(ConflictError):
        resources.remove(missed)

    assert resources.get(SLOT).seen_at == LATER
    assert below(resources, "*.example.com") == [SLOT]


@pytest.mark.parametrize("names", [(), ("new.example.com",)], ids=["new", "with another name"])
def test_cut_off_before_the_slot_is_stored_its_names_are_there_and_lead_nowhere_yet(
    store: Store, names: tuple[str, ...]
) -> None:
    resources = Resources(store)
    if names:
        resources.put(carrying(1), NOW)
    before = below(resources, "*.example.com")

    with pytest.raises(Cut):
        Resources(Meddling(store, RESOURCES, killed)).put(carrying(2, WWW, *names), LATER)

    assert below(resources, WWW) == before
    assert len(list(rows(store, "example.com"))) == 1 + len(names), "the slot would be there without a name"
    resources.put(carrying(2, WWW, *names), LATER)
    assert set(below(resources, "*.example.com")) == {SLOT}


def test_cut_off_before_the_names_of_a_removed_slot_are_they_lead_nowhere(store: Store) -> None:
    resources = Resources(store)
    resources.put(carrying(1), NOW)

    with pytest.raises(Cut):
        Resources(Meddling(store, RESOURCE_DOMAINS, killed, removal=True)).remove(resources.get(SLOT))

    assert resources.find(SLOT) is None
    assert len(list(rows(store, "example.com"))) == 1
    assert below(resources, "*.example.com") == []


def test_two_that_add_the_same_name_at_once_both_get_through(store: Store) -> None:
    other = Resources(store)
    meddling = Meddling(store, RESOURCE_DOMAINS, lambda: other.put(carrying(1), NOW))

    Resources(meddling).put(carrying(2), LATER)

    assert meddling.happened
    assert other.get(SLOT).resource.cert_identifier == "2-cn-hangzhou"
    assert below(other, "*.example.com") == [SLOT]


def test_a_slot_that_is_seen_again_the_same_day_takes_one_look_and_one_write(store: Store) -> None:
    Resources(store).put(a_resource(WWW), NOW)
    watched = Watched(store)

    Resources(cast(Store, watched)).put(a_resource(WWW), LATER)
    assert watched.asked == ["get", "put"]

    Resources(store).put(carrying(7, WWW, "new.example.com"), LATER)
    assert below(Resources(store), "new.example.com") == [SLOT]


def test_a_name_whose_row_others_took_away_leads_to_its_slot_again_the_next_day(store: Store) -> None:
    resources = Resources(store)
    resources.put(a_resource(WWW), NOW)
    key = ("example.com", WWW, SLOT)
    row = store.get(RESOURCE_DOMAINS, key)
    assert row is not None
    store.delete(RESOURCE_DOMAINS, key, version=row.version)
    assert below(resources, WWW) == []

    resources.put(a_resource(WWW), NOW + timedelta(days=1))
    assert below(resources, WWW) == [SLOT]
