"""How a job is divided: bounded parts, and no writer in two of them."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from shared.domain.resources import CloudProduct, CloudResource
from shared.services.shards import WORKERS, sharded
from tests.builders import a_resource


def slots(product: CloudProduct, *sizes: int) -> list[CloudResource]:
    """Of so many writers, with so many slots each."""
    return [
        a_resource(f"{slot}.w{writer}.example.com", product=product, writer_id=f"w{writer}")
        for writer, size in enumerate(sizes)
        for slot in range(size)
    ]


def test_a_job_that_fits_is_one_shard_of_each_product() -> None:
    found = list(sharded([*slots(CloudProduct.ALB, 5, 5), *slots(CloudProduct.CDN, *[1] * WORKERS)]))

    assert {shard for shard, _ in found} == {0}
    assert len(found) == 10 + WORKERS


def test_one_slot_more_is_a_second_shard() -> None:
    found = Counter(shard for shard, _ in sharded(slots(CloudProduct.CDN, *[1] * (WORKERS + 1))))

    assert found == {0: WORKERS, 1: 1}


def test_a_writer_is_not_divided_however_many_slots_it_has() -> None:
    found = Counter(shard for shard, _ in sharded(slots(CloudProduct.ALB, 3, WORKERS + 7, 4)))

    assert found == {0: 3, 1: WORKERS + 7, 2: 4}


@pytest.mark.parametrize("seed", range(12))
def test_every_slot_is_in_one_shard_with_its_writer_and_none_is_greater_than_it_must_be(seed: int) -> None:
    random = Random(seed)
    sizes = [random.choice((1, 2, 99, 100, 101, 199, 200, 201)) for _ in range(random.randint(1, 8))]
    all_ = slots(CloudProduct.CDN, *sizes)

    found = list(sharded(all_))

    assert sorted(slot.slot for _, slot in found) == sorted(slot.slot for slot in all_)
    writers: dict[str, set[int]] = {}
    members: dict[int, list[str]] = {}
    for shard, slot in found:
        writers.setdefault(slot.writer, set()).add(shard)
        members.setdefault(shard, []).append(slot.writer)
    assert all(len(shards) == 1 for shards in writers.values())
    assert all(len(those) <= WORKERS or len(set(those)) == 1 for those in members.values())
    assert sorted(members) == list(range(len(members)))
