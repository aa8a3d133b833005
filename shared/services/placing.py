"""Where a job's slots are placed: in waves, one after the other, and in shards, side by side."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import TypeAlias

from shared.domain.jobs import WorkerResource
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.waves import ONE, PER_PRODUCT, AskedWaves, part_of
from shared.services.shards import sharded

_Writer: TypeAlias = Sequence[CloudResource]  #: the slots of one writer, which are in one wave


def placed(
    slots: Iterable[CloudResource], waves: AskedWaves | None
) -> Iterator[tuple[int, int, CloudResource]]:
    """Each slot with its wave and its shard, counted from 0 within its product; wave by wave.

    A shard is of one wave: an invocation has work that may be done at once, or none.
    """
    begun: Counter[CloudProduct] = Counter()  #: shards of the waves before
    for number, wave in enumerate(in_waves(slots, waves)):
        next_shard = Counter(begun)
        for shard, slot in sharded(wave):
            next_shard[slot.product] = max(next_shard[slot.product], begun[slot.product] + shard + 1)
            yield number, begun[slot.product] + shard, slot
        begun = next_shard


def well_placed(workers: Iterable[WorkerResource], waves: AskedWaves | None) -> bool:
    """Whether the workers of a job that has not begun are in the waves that it has."""
    found = {worker.resource.slot: (worker.resource, worker.wave) for worker in workers}
    meant = placed((resource for resource, _ in found.values()), waves)
    return {slot.slot: wave for wave, _, slot in meant} == {slot: wave for slot, (_, wave) in found.items()}


def in_waves(slots: Iterable[CloudResource], waves: AskedWaves | None) -> list[list[CloudResource]]:
    """The slots of each wave, the canaries first. Of few slots there are fewer waves than were asked for.

    Canaries are places whose proof counts, so those with an address come first; and those with few slots.
    """
    writers: dict[str, list[CloudResource]] = defaultdict(list)
    for slot in slots:
        writers[slot.writer].append(slot)
    left = sorted(writers.values(), key=lambda one: (not all(s.endpoint for s in one), len(one), one[0].slot))
    total = sum(map(len, left))
    found: list[list[CloudResource]] = []
    for canary in waves.canaries if waves else ():
        wave = _canaries(canary, left, total)
        taken = {writer[0].writer for writer in wave}
        left = [writer for writer in left if writer[0].writer not in taken]
        found.append([slot for writer in wave for slot in writer])
    found.append([slot for writer in left for slot in writer])
    return [wave for wave in found if wave]


def _canaries(canary: str, left: Sequence[_Writer], total: int) -> list[_Writer]:
    if canary == ONE:
        return list(left[:1])
    by_turns = _by_turns(left)
    if canary == PER_PRODUCT:
        products = {writer[0].product for writer in left}
        return by_turns[: len(products)]
    wanted = ceil(total * (part_of(canary) or 0) / 100)
    found: list[_Writer] = []
    for writer in by_turns:
        if sum(map(len, found)) >= wanted:
            break
        found.append(writer)
    return found


def _by_turns(left: Sequence[_Writer]) -> list[_Writer]:
    """One of each product, then the next of each."""
    met: Counter[CloudProduct] = Counter()
    turns: list[tuple[int, _Writer]] = []
    for writer in left:
        met[writer[0].product] += 1
        turns.append((met[writer[0].product], writer))
    return [writer for _, writer in sorted(turns, key=lambda turn: turn[0])]
