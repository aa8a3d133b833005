"""The parts of a region: which were read, and when there is time for one more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.errors import CloudThrottledError, CloudUnavailableError
from shared.products.kit.found import Found
from shared.products.kit.parts import Parts
from tests.builders import a_resource

ONE, TWO = a_resource(resource_id="one"), a_resource(resource_id="two")


def with_time(*read: str) -> Parts:
    return Parts(read, lambda: 1.0)


def without_time(*read: str) -> Parts:
    return Parts(read, lambda: 0.0)


def test_a_part_is_read_once() -> None:
    parts = with_time()

    assert list(parts.once("a", [ONE, TWO])) == [ONE, TWO]
    assert list(parts.once("a", [ONE])) == []
    assert list(with_time(*parts.read).once("a", [ONE])) == [], "also by the next invocation"
    assert list(parts.once("b", [TWO])) == [TWO]


def test_a_part_counts_as_read_when_all_that_was_found_in_it_was_taken() -> None:
    parts = with_time()
    reading = parts.once("a", [ONE, TWO])

    assert (next(reading), parts.gained) == (ONE, False)
    assert (next(reading), parts.gained) == (TWO, False)
    assert next(reading, None) is None
    assert parts.gained


def test_a_part_that_was_cut_off_is_read_again() -> None:
    def cut_off() -> Iterator[Found]:
        yield ONE
        raise CloudUnavailableError("List", "ConnectionLost", "no answer")

    parts = with_time()
    with pytest.raises(CloudUnavailableError):
        list(parts.once("a", cut_off()))

    assert parts.read == set()
    assert list(parts.once("a", [ONE, TWO])) == [ONE, TWO]


def test_each_invocation_reads_one_part_whatever_its_time() -> None:
    parts = without_time()

    assert list(parts.once("a", [ONE])) == [ONE]
    with pytest.raises(CloudThrottledError, match="TimeIsUp"):
        list(parts.once("b", [TWO]))
    assert list(parts.once("a", [ONE])) == [], "what was read is passed over, and costs no time"

    later = without_time(*parts.read)
    assert not later.gained
    assert list(later.once("b", [TWO])) == [TWO]
    assert later.gained
