"""The index of slots by name, while several functions put and remove the same slot, in every order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.domain.names import parent
from shared.domain.resources import CloudProduct, CloudResource, ResourceRecord
from shared.errors import ConflictError
from shared.state.repositories import Resources
from shared.state.store import Store
from shared.state.tables import RESOURCE_DOMAINS
from tests.builders import NOW, a_resource
from tests.remembering import Remembering
from tests.shortened import WHOLE
from tests.turns import Choose, Turns, in_every_order

A, B = "a.example.com", "b.example.com"
SWITCHES = 3 if WHOLE else 2
Act = Callable[[Resources, ResourceRecord], None]


def slot(*domains: str) -> CloudResource:
    return a_resource("one", domains=domains)


def put(later_ms: int, *domains: str) -> Act:
    def act(resources: Resources, read: ResourceRecord) -> None:
        resources.put(slot(*domains), NOW + timedelta(milliseconds=later_ms))

    return act


def remove(resources: Resources, read: ResourceRecord) -> None:
    """A discovery that has read the row, and not seen the slot."""
    resources.remove(read)


def without_a_name(store: Store) -> list[str]:
    """Names of slots that do not lead to them."""
    return [
        domain
        for record in Resources(store).list(CloudProduct.CDN)
        for domain in record.resource.domains
        if store.get(RESOURCE_DOMAINS, (parent(domain), domain, record.resource.slot)) is None
    ]


@pytest.mark.parametrize(
    "acts",
    [
        pytest.param((put(1, A), put(2, A, B)), id="one drops what the other adds"),
        pytest.param((put(1, A, B), put(2, A)), id="one drops what the other keeps"),
        pytest.param((put(1, A, B), remove), id="one removes what the other has seen"),
        pytest.param((put(1, A), remove, remove), id="two remove it"),
        pytest.param((put(1, A), put(2, B), remove), id="three"),
    ],
)
def test_in_whatever_order_they_act_each_name_of_a_slot_leads_to_it(acts: tuple[Act, ...]) -> None:
    before = Remembering()
    Resources(before).put(slot(A, B), NOW)
    read = Resources(before).get(slot().slot)

    def run(choose: Choose) -> None:
        store, turns = before.again(), Turns(choose)
        resources = Resources(turns.pausing(store))
        ends = turns.run(*(lambda act=act: act(resources, read) for act in acts))  # type: ignore[misc]
        assert all(error is None or isinstance(error, ConflictError) for error in ends), ends
        assert without_a_name(store) == []

    assert in_every_order(run, switches=SWITCHES if WHOLE or len(acts) < 3 else 1) > 10
