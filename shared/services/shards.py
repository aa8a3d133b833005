"""How a job is divided among invocations: so that each needs bounded memory, and they work side by side."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from shared.domain.resources import CloudResource

WORKERS: Final = 200  #: of a shard, unless one writer has more


def sharded(slots: Iterable[CloudResource]) -> Iterator[tuple[int, CloudResource]]:
    """Each slot with its shard, counted from 0 within its product; product by product, shard by shard.

    The slots of one writer are in one shard, since one invocation at a time may change them.
    """
    ordered = sorted(slots, key=lambda slot: (slot.product.value, slot.writer, slot.slot))
    for _, of_product in groupby(ordered, key=lambda slot: slot.product):
        shard = count = 0
        for _, of_writer in groupby(of_product, key=lambda slot: slot.writer):
            together = list(of_writer)
            if count and count + len(together) > WORKERS:
                shard, count = shard + 1, 0
            count += len(together)
            for slot in together:
                yield shard, slot
