"""What a discovery sees, held against the rows that there are: which of them are written, and which go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from shared.domain.names import parent
from shared.domain.resources import CloudProduct, CloudResource, Placed, ResourceRecord
from shared.errors import ConflictError
from shared.state.repositories import Resources
from shared.state.sightings import Sightings, remove_missed
from shared.state.store import Store
from shared.state.tables import RESOURCE_DOMAINS, RESOURCES
from tests.builders import NOW, a_resource
from tests.meddling import Meddling
from tests.remembering import Remembering
from tests.shortened import WHOLE
from tests.turns import Choose, Turns, in_every_order

CDN = CloudProduct.CDN
LATER, NEXT_DAY = NOW + timedelta(hours=1), NOW + timedelta(days=1)
A, B = (f"{name}.example.com" for name in "ab")


class Watched:
    """A store, and how often it was asked for what."""

    def __init__(self, store: Store) -> None:
        self._store, self.asked = store, Counter[str]()

    def __getattr__(self, name: str) -> Any:
        self.asked[name] += 1
        return getattr(self._store, name)


def discovery(store: Any, at: datetime) -> Sightings:
    return Sightings(Resources(cast(Store, store)), (CDN, ""), at, lambda: at)


def see(store: Any, slots: Sequence[CloudResource], at: datetime, memo: str = "") -> Sightings:
    """A discovery that sees these, and stores them."""
    found = discovery(store, at)
    assert [failed for one in slots for failed in found.take(one, memo)] == []
    assert found.store() == []
    return found


def slots(count: int, cert_id: int = 1) -> list[CloudResource]:
    return [a_resource(f"{n}.example.com", cert_identifier=f"{cert_id}-cn-hangzhou") for n in range(count)]


def rows(store: Store) -> dict[str, ResourceRecord]:
    return {record.resource.resource_id: record for record in Resources(store).list(CDN)}


@pytest.fixture
def watched(store: Store) -> Watched:
    """A region of 210 slots, which a discovery has seen."""
    see(store, slots(210), NOW)
    return Watched(store)


def test_new_slots_are_stored_many_at_a_time_with_their_names(store: Store) -> None:
    watched = Watched(store)

    see(watched, slots(210), NOW)

    assert [record.resource for record in rows(store).values()] == sorted(slots(210), key=lambda s: s.slot)
    assert {record.seen_at for record in rows(store).values()} == {NOW}
    assert len(list(Resources(store).by_names(["*.example.com"]))) == 210
    assert watched.asked == {"range": 1, "write_many": 4, "get_many": 2}


def test_slots_that_are_as_their_rows_say_take_no_write(store: Store, watched: Watched) -> None:
    before = rows(store)

    found = see(watched, slots(210), LATER)

    assert watched.asked == {"range": 1}
    assert rows(store) == before
    assert (found.count(), list(found.missed())) == (210, [])


def test_where_its_region_was_not_read_whole_a_slot_s_row_tells_when_it_was_seen(store: Store) -> None:
    see(store, slots(3), NOW)

    found = see(store, slots(2), LATER)
    found.confirm()

    assert [record.seen_at for record in rows(store).values()] == [LATER, LATER, NOW]
    following = discovery(store, LATER)  # the next invocation of the same discovery
    assert following.count() == 2
    assert [record.resource.resource_id for record in following.missed()] == ["2.example.com"]


@pytest.mark.parametrize(
    ("now", "memo", "at", "written"),
    [
        (slots(1), "", LATER, False),
        (slots(1), "", NEXT_DAY, True),
        (slots(1), "another", LATER, True),
        (slots(1, cert_id=2), "", LATER, True),
        ([a_resource("0.example.com", endpoint="elsewhere:443")], "", LATER, True),
        ([a_resource("0.example.com", domains=("0.example.com", "x.example.com"))], "", LATER, True),
        ([a_resource("0.example.com", domains=())], "", LATER, True),
    ],
    ids=["nothing", "the day", "memo", "certificate", "address", "one name more", "one name less"],
)
def test_what_differs_is_written(
    store: Store, now: list[CloudResource], memo: str, at: datetime, written: bool
) -> None:
    see(store, slots(1), NOW)

    see(store, now, at, memo)

    (record,) = rows(store).values()
    assert (record.resource, record.memo) == (now[0], memo)
    assert record.seen_at == (at if written else NOW)
    found = [one.resource.domains for name in now[0].domains for one in Resources(store).by_names([name])]
    assert found == [now[0].domains] * len(now[0].domains)


def test_what_a_job_placed_stays_and_a_slot_that_carries_something_else_tells_since_when(
    store: Store,
) -> None:
    (slot,) = slots(1)
    placed = Placed(cert_identifier="7-cn-hangzhou", job_id=1, at=NOW)
    Resources(store).put(slot, NOW, placed=placed)

    see(store, [slot], LATER)

    (record,) = rows(store).values()
    assert (record.placed, record.seen_at) == (placed, LATER)


def test_a_sight_that_is_older_than_the_row_changes_nothing(store: Store) -> None:
    see(store, slots(1, cert_id=2), NOW + timedelta(minutes=5))

    found = see(store, slots(1), NOW)

    assert (rows(store)["0.example.com"].resource, found.count()) == (slots(1, cert_id=2)[0], 1)
    assert list(found.missed()) == []


def test_a_slot_that_is_found_twice_is_stored_as_it_was_found_last(store: Store) -> None:
    found = see(store, [*slots(1), *slots(1, cert_id=2)], NOW)

    assert rows(store)["0.example.com"].resource.cert_identifier == "2-cn-hangzhou"
    assert found.count() == 1


def test_a_job_that_writes_the_row_meanwhile_has_seen_more(store: Store) -> None:
    see(store, slots(2), NOW)
    job = Resources(store)
    happens = Meddling(store, RESOURCES, lambda: job.put(slots(1, cert_id=3)[0], NEXT_DAY))

    found = see(happens, slots(2, cert_id=2), LATER)

    assert happens.happened
    identifiers = [record.resource.cert_identifier for record in rows(store).values()]
    assert identifiers == ["3-cn-hangzhou", "2-cn-hangzhou"]
    assert found.count() == 2


def test_rows_that_cannot_be_read_are_written_over_or_told(store: Store) -> None:
    for name in ("0.example.com", "gone.example.com"):
        store.put(RESOURCES, ("CDN", "-", name), {"Resource": 7}, version=0)

    found = see(store, slots(1), NOW)

    assert [record.resource for record in rows(store).values()] == slots(1)
    assert [row.key[-1] for row in found.spoilt()] == ["gone.example.com"]


@pytest.mark.parametrize("latest", [True, False])
def test_slots_that_were_missed_are_removed_unless_another_discovery_has_begun(
    store: Store, latest: bool
) -> None:
    see(store, slots(2), NOW)
    found = see(store, slots(1), LATER)

    remove_missed(Resources(store), found.missed(), lambda: latest)

    assert list(rows(store)) == ["0.example.com"] + ([] if latest else ["1.example.com"])
    see(store, slots(2), LATER + timedelta(minutes=1))
    assert [record.missed for record in rows(store).values()] == [False, False]


def sees(*seen: CloudResource, minutes: int) -> Callable[[Store, list[int]], None]:
    """A discovery; `begun` has those of it and others."""

    def act(store: Store, begun: list[int]) -> None:
        begun.append(minutes)
        store.get(RESOURCES, ("-", "-", "-"))  # its status is told: others may act before it reads
        found = see(store, seen, NOW + timedelta(minutes=minutes))
        remove_missed(Resources(store), list(found.missed()), lambda: max(begun) == minutes)

    return act


@pytest.mark.parametrize(
    "acts",
    [
        pytest.param((sees(minutes=1), sees(a_resource(A), minutes=2)), id="missed, and seen again"),
        pytest.param(
            (sees(a_resource(A, domains=(A, B)), minutes=1), sees(a_resource(A), minutes=2)), id="renamed"
        ),
        pytest.param((sees(minutes=1), sees(minutes=2), sees(a_resource(A), minutes=3)), id="three"),
    ],
)
def test_in_whatever_order_discoveries_act_what_the_last_one_sees_stays(
    acts: tuple[Callable[[Store, list[int]], None], ...],
) -> None:
    before = Remembering()
    see(before, [a_resource(A)], NOW)

    def run(choose: Choose) -> None:
        store, turns, begun = before.again(), Turns(choose), list[int]()
        pausing = turns.pausing(store)
        ends = turns.run(*(lambda act=act: act(pausing, begun) for act in acts))  # type: ignore[misc]
        assert all(error is None or isinstance(error, ConflictError) for error in ends), ends
        if begun == sorted(begun):
            assert list(rows(store)) == [A], "what the last discovery saw is gone"
        for record in rows(store).values():
            for name in record.resource.domains:
                assert store.get(RESOURCE_DOMAINS, (parent(name), name, record.resource.slot)), name

    assert in_every_order(run, switches=3 if WHOLE else 2 if len(acts) < 3 else 1) > 10
