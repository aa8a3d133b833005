"""Lists that tell of many slots: read once for all who ask together, where that takes fewer calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from shared.cloud.reading import Fields
from shared.errors import CloudUnavailableError
from shared.products.kit.polled import Listed, Polled


class Source:
    """A list whose rows tell how often it was read, on a clock that moves with each reading."""

    def __init__(self) -> None:
        self.now, self.readings = 100.0, 0
        self.polled = Polled(self.read, lambda: self.now)

    def read(self) -> dict[str, int]:
        self.readings += 1
        self.now += 0.1
        return dict.fromkeys("abc", self.readings)


@pytest.fixture
def source() -> Source:
    return Source()


def test_who_asks_at_about_the_same_time_shares_a_reading(source: Source) -> None:
    assert [source.polled.of(name) for name in "abcd"] == [1, 1, 1, None]


def test_nobody_is_told_the_same_reading_twice(source: Source) -> None:
    assert [source.polled.of(name) for name in ("a", "a", "b", "b", "a")] == [1, 2, 2, 3, 3]


def test_a_reading_from_before_one_s_own_change_says_nothing(source: Source) -> None:
    source.polled.of("a")
    source.polled.changed("b")

    assert (source.polled.of("b"), source.polled.of("c")) == (2, 2)


@pytest.mark.parametrize(("later", "told"), [(1.8, 1), (2.0, 2)])
def test_a_reading_is_new_for_two_seconds_from_its_begin(source: Source, later: float, told: int) -> None:
    source.polled.of("a")
    source.now += later

    assert source.polled.of("b") == told


@pytest.mark.parametrize(("later", "told"), [(0.0, 2), (0.15, 3)])
def test_who_asks_again_shares_no_reading_that_is_older_than_a_tenth_of_a_second(
    source: Source, later: float, told: int
) -> None:
    for name in ("a", "b", "a"):
        source.polled.of(name)
    source.now += later

    assert source.polled.of("b") == told


def test_the_first_question_after_a_change_shares_what_was_read_since(source: Source) -> None:
    for name in "ab":
        source.polled.of(name)
    source.polled.changed("b")
    source.now += 0.1
    source.polled.of("a")
    source.now += 1.8

    assert source.polled.of("b") == 2


def test_a_reading_that_failed_is_made_again() -> None:
    answers = iter([{"a": 1}, CloudUnavailableError("List", "NoAnswer", ""), {"a": 2}])

    def read() -> dict[str, int]:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    polled = Polled(read, lambda: 100.0)
    polled.of("a")
    with pytest.raises(CloudUnavailableError):
        polled.of("a")

    assert polled.of("a") == 2


def test_those_who_ask_while_it_is_read_wait_and_share() -> None:
    reading, asked, readings = Event(), Event(), 0

    def read() -> dict[str, int]:
        nonlocal readings
        readings += 1
        reading.set()
        assert asked.wait(5)
        return dict.fromkeys("ab", readings)

    polled = Polled(read)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(polled.of, "a")
        assert reading.wait(5)
        second = threads.submit(polled.of, "b")
        asked.set()
        assert (first.result(5), second.result(5)) == (1, 1)


def a_list(
    rows: int, size: int = 2, clock: Callable[[], float] = lambda: 100.0
) -> tuple[Listed[int], list[int]]:
    """Of rows named by their number; and the pages that are read."""
    read: list[int] = []

    def pages() -> Iterator[Fields]:
        for start in range(0, max(rows, 1), size):
            read.append(start // size + 1)
            yield Fields({"TotalCount": rows, "rows": range(start, min(start + size, rows))})

    return Listed(pages, lambda page: {str(row): row for row in page["rows"]}, lambda: size, clock), read


def test_one_name_is_asked_for_by_itself() -> None:
    listed, read = a_list(2)

    assert [listed.of("1"), listed.of("1")] == [None, None]
    assert read == []


def test_who_will_be_asked_for_counts() -> None:
    listed, read = a_list(2)
    listed.expect("0")

    assert listed.of("1") == 1
    assert read == [1]


def test_a_list_of_one_page_is_read_for_two_names() -> None:
    listed, read = a_list(2)

    assert [listed.of(name) for name in ("0", "1", "gone")] == [None, 1, None]
    assert read == [1]


def test_a_list_of_several_pages_is_read_for_more_names_than_it_has_pages() -> None:
    listed, read = a_list(5)
    first = [listed.of(name) for name in "012"]
    seen = list(read)

    assert (first, seen) == ([None, None, None], [1]), "its first page said that it has three"
    assert [listed.of(name) for name in ("3", "4")] == [3, 4]
    assert read == [1, 1, 2, 3]


def test_an_empty_list_has_one_page() -> None:
    listed, read = a_list(0)

    assert [listed.of("a"), listed.of("b")] == [None, None]
    assert read == [1]


def test_after_a_change_a_list_is_read_anew() -> None:
    listed, read = a_list(2)
    for name in "01":
        listed.of(name)
    listed.changed("0")

    assert listed.of("0") == 0
    assert read == [1, 1]


@pytest.mark.parametrize(("rows", "pages"), [(2, [1, 1, 1]), (5, [1, 1, 2, 3, 1, 2, 3])])
def test_the_more_pages_a_list_has_the_longer_its_reading_is_shared(rows: int, pages: list[int]) -> None:
    """Of three pages, for three tenths of a second."""
    now = [100.0]
    listed, read = a_list(rows, clock=lambda: now[0])
    for name in "0123":
        listed.of(name)
    now[0] += 0.25
    for name in "43":
        listed.of(name)
    now[0] += 0.25

    listed.of("4")

    assert read == pages
