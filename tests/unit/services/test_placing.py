"""Which slots are the canaries of a job, and how waves and shards divide the rest."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.domain.waves import AskedWaves
from shared.services.placing import in_waves, placed
from shared.services.shards import WORKERS, sharded
from tests.builders import a_listener_slot, a_resource

PRODUCTS = (CloudProduct.CDN, CloudProduct.LIVE, CloudProduct.VOD)


def a_slot(number: int, product: CloudProduct = CloudProduct.CDN, endpoint: str = "a:443") -> CloudResource:
    return a_resource(f"{number:03}.example.com", product=product, endpoint=endpoint)


def names(waves: list[list[CloudResource]]) -> list[list[str]]:
    return [sorted(slot.resource_id.partition(".")[0] for slot in wave) for wave in waves]


MIXED = [a_slot(1), a_slot(2), a_slot(3), a_slot(4, CloudProduct.LIVE), a_slot(5, CloudProduct.VOD)]


@pytest.mark.parametrize(
    ("canaries", "waves"),
    [
        ((), [["001", "002", "003", "004", "005"]]),
        (("one",), [["001"], ["002", "003", "004", "005"]]),
        (("per-product",), [["001", "004", "005"], ["002", "003"]]),
        (("40%",), [["001", "004"], ["002", "003", "005"]]),
        (("41%",), [["001", "004", "005"], ["002", "003"]]),
        (("1%",), [["001"], ["002", "003", "004", "005"]]),
        (("one", "per-product", "20%"), [["001"], ["002", "004", "005"], ["003"]]),
        (("one", "99%"), [["001"], ["002", "003", "004", "005"]]),
    ],
)
def test_canaries_are_one_one_of_each_product_or_a_part(
    canaries: tuple[str, ...], waves: list[list[str]]
) -> None:
    assert names(in_waves(reversed(MIXED), AskedWaves(canaries=canaries))) == waves


def test_a_canary_is_where_its_proof_counts() -> None:
    """Of a slot without an address only the product tells what it has."""
    slots = [a_slot(1, endpoint=""), a_slot(2)]
    assert names(in_waves(slots, AskedWaves(canaries=("one",)))) == [["002"], ["001"]]


def test_what_one_writer_serves_is_in_one_wave_and_a_small_one_comes_first() -> None:
    listener = [
        a_listener_slot(),
        *(a_listener_slot(resource_id=f"lsn-1/additional/{n}", role=SlotRole.ADDITIONAL) for n in range(3)),
    ]
    canary, rest = in_waves([*listener, a_slot(1)], AskedWaves(canaries=("one",)))
    assert (canary, len(rest)) == ([a_slot(1)], 4)
    assert [len(wave) for wave in in_waves(listener, AskedWaves(canaries=("25%",)))] == [4]


#: Built once: a slot takes longer to build than to place.
MANY = {product: [a_slot(n, product) for n in range(2 * WORKERS)] for product in PRODUCTS}


@settings(deadline=None, max_examples=30)
@given(
    counts=st.tuples(*(st.integers(0, 2 * WORKERS) for _ in PRODUCTS)),
    canaries=st.lists(st.sampled_from(["one", "per-product", "10%", "50%"]), max_size=3),
)
def test_every_slot_is_in_one_wave_and_a_shard_in_one_too(
    counts: tuple[int, ...], canaries: list[str]
) -> None:
    slots = [slot for product, count in zip(PRODUCTS, counts, strict=True) for slot in MANY[product][:count]]

    places = list(placed(slots, AskedWaves(canaries=tuple(canaries))))

    assert sorted(slot.slot for _, _, slot in places) == sorted(slot.slot for slot in slots)
    waves: dict[tuple[CloudProduct, int], set[int]] = defaultdict(set)
    for wave, shard, slot in places:
        waves[slot.product, shard].add(wave)
    assert all(len(found) == 1 for found in waves.values())
    for product in PRODUCTS:
        numbers = {shard for of, shard in waves if of is product}
        assert numbers == set(range(len(numbers)))


def test_at_once_slots_are_divided_as_before_there_were_waves() -> None:
    slots = [a_slot(n) for n in range(WORKERS + 5)]
    assert list(placed(slots, None)) == [(0, shard, slot) for shard, slot in sharded(slots)]


@pytest.mark.parametrize("canary", ["", "two", "0%", "100%", "10", "5.5%", "-1%", "１0%"])
def test_what_is_no_canary_is_refused(canary: str) -> None:
    with pytest.raises(ValueError, match="is none of one, per-product and a part of the slots such as 10%"):
        AskedWaves(canaries=(canary,))
