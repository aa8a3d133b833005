"""Estates that plans are measured on: what each use finds there, and the figures of how it grows."""

from __future__ import annotations

from typing import Any

import pytest

from bench.estates import Size, fill, world
from bench.plans import USES, Measured, figures

SIZE = Size(60, 20)
HALF = 30


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each use answers, by its name."""
    state = tmp_path_factory.mktemp("estate") / "state.db"
    fill(state, SIZE)
    return {name: use.run(world(state), SIZE) for name, use in USES.items()}


def test_a_size_is_read_as_it_is_shown() -> None:
    assert Size.parse(str(SIZE)) == Size.parse("60x20") == SIZE


def test_each_use_has_the_whole_estate_or_half_of_it_to_do(found: dict[str, Any]) -> None:
    certificates, slots = found["reading"]

    assert (len(slots), len(certificates)) == (SIZE.slots, SIZE.certificates)
    assert len(found["preview"].entries) == HALF
    assert len(found["automatic plan"].entries) == SIZE.slots
    assert len(found["resource list"]) == SIZE.slots
    assert len(found["certificate show"].could_serve) == HALF
    (job,) = found["job"].jobs
    assert job.worker_count == len(found["preview"].deployments) > HALF / 2, "most is left alone"


def measured(use: str, size: Size, seconds: float, mb: float) -> Measured:
    return Measured(use=use, size=size, seconds=seconds, mb=mb)


def test_growth_is_what_a_row_of_the_largest_estate_costs_beside_one_of_the_next() -> None:
    sizes = (Size(9, 1), Size(90, 10), Size(900, 100))
    given = [
        measured(use, size, seconds * more, mb * more)
        for use, more in (("reading", 1), ("preview", 2))
        for size, seconds, mb in zip(sizes, (9.0, 1.0, 20.0), (9.0, 4.0, 44.0), strict=True)
    ]

    made = {one.name: one for one in figures(given)}

    assert [name for name in made if "growth" in name] == [
        *("reading: growth of time", "reading: growth of memory"),
        *("preview: growth of time", "preview: growth of memory"),
    ]
    time, memory = made["preview: growth of time"], made["preview: growth of memory"]
    assert (time.value, time.floor, time.ratio, time.verdict.value) == (40000.0, 20000.0, 2.0, "no")
    assert (memory.value, memory.floor, memory.ratio, memory.verdict.value) == (88.0, 80.0, 1.1, "yes")


def test_each_use_is_held_against_reading_the_same_estate() -> None:
    given = [measured("reading", SIZE, 2.0, 1.0), measured("preview", SIZE, 3.0, 1.0)]

    made = {one.name: one for one in figures(given)}

    assert (made["preview, 60x20"].ratio, made["preview, 60x20"].goal) == (1.5, 5)
    assert made["reading, 60x20"].ratio is None
    assert not any("growth" in name for name in made), "of one size there is none"
