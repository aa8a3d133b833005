"""Ranges of a store, on every driver."""

from collections.abc import Iterator

import pytest

from shared.state.store import Key, Row, Store
from shared.state.tables import JOBS, OPEN_JOBS, RESOURCE_DOMAINS, WORKERS


def keys(rows: Iterator[Row]) -> list[Key]:
    return [row.key for row in rows]


def fill(store: Store, count: int) -> None:
    store.put_many(WORKERS, (((1, "CDN", 0, number), {}) for number in range(count)))


def test_a_range_is_the_rows_of_a_prefix_in_key_order(store: Store) -> None:
    for key in [(2, "CDN", 0, 1), (1, "CDN", 0, 10), (1, "CDN", 0, 9), (1, "ALB", 0, 3), (11, "ALB", 0, 1)]:
        store.put(WORKERS, key, {}, version=0)
    assert keys(store.range(WORKERS, (1,))) == [(1, "ALB", 0, 3), (1, "CDN", 0, 9), (1, "CDN", 0, 10)]
    assert keys(store.range(WORKERS, (1, "CDN"))) == [(1, "CDN", 0, 9), (1, "CDN", 0, 10)]
    assert keys(store.range(WORKERS, (1, "CDN", 0, 9))) == [(1, "CDN", 0, 9)]
    assert keys(store.range(WORKERS, (3,))) == []


def test_a_prefix_is_whole_columns_not_letters(store: Store) -> None:
    for parent in ("example.com", "example.com.cn", "Example.com"):
        store.put(RESOURCE_DOMAINS, (parent, "a", "s"), {}, version=0)
    assert keys(store.range(RESOURCE_DOMAINS, ("example.com",))) == [("example.com", "a", "s")]


def test_below_ends_a_range_without_its_end(store: Store) -> None:
    for due in (100, 200, 300):
        store.put(OPEN_JOBS, ("me", due, due), {}, version=0)
    store.put(OPEN_JOBS, ("a", 50, 1), {}, version=0)
    assert keys(store.range(OPEN_JOBS, ("me",), below=("me", 300))) == [
        ("me", 100, 100),
        ("me", 200, 200),
    ]
    assert keys(store.range(OPEN_JOBS, ("me",), below=("me", 100))) == []


def test_a_range_goes_on_behind_the_row_that_is_named_whether_it_is_there_or_gone(store: Store) -> None:
    fill(store, 5)
    (gone,) = store.get_many(WORKERS, [(1, "CDN", 0, 2)])
    store.delete(WORKERS, gone.key, version=gone.version)

    for prefix in ((1,), (1, "CDN"), (1, "CDN", 0)):
        for last, left in ((1, [3, 4]), (2, [3, 4]), (3, [4]), (4, [])):
            behind = store.range(WORKERS, prefix, after=(1, "CDN", 0, last))
            assert [key[-1] for key in keys(behind)] == left, (prefix, last)
    assert keys(store.range(WORKERS, (1, "CDN", 0, 1), after=(1, "CDN", 0, 1))) == []
    until = store.range(WORKERS, (1,), below=(1, "CDN", 0, 4), after=(1, "CDN", 0, 1))
    assert keys(until) == [(1, "CDN", 0, 3)]


def test_a_range_without_its_partition_is_a_mistake(store: Store) -> None:
    with pytest.raises(ValueError, match="needs its partition key"):
        next(store.range(JOBS, ()))


@pytest.mark.parametrize("count", [499, 500, 501, 1203])
def test_a_range_goes_on_after_its_first_page(store: Store, count: int) -> None:
    fill(store, count)
    assert keys(store.range(WORKERS, (1,))) == [(1, "CDN", 0, number) for number in range(count)]
    assert len(keys(store.range(WORKERS, (1,), below=(1, "CDN", 0, 501)))) == min(count, 501)


def test_a_reader_may_write_between_two_rows(store: Store) -> None:
    fill(store, 510)
    seen = 0
    for row in store.range(WORKERS, (1,)):
        if seen % 25 == 0:
            store.put(WORKERS, row.key, {"seen": seen}, version=row.version)
        seen += 1
    assert seen == 510
    assert [row.document["seen"] for row in store.range(WORKERS, (1,)) if row.document] == [
        *range(0, 510, 25)
    ]


def test_a_reader_of_many_may_write_between_two_rows(store: Store) -> None:
    fill(store, 510)
    seen = 0
    for row in store.get_many(WORKERS, [(1, "CDN", 0, number) for number in range(510)]):
        if seen % 25 == 0:
            store.put(WORKERS, row.key, {"seen": seen}, version=row.version)
        seen += 1
    assert seen == 510
    assert [row.document["seen"] for row in store.range(WORKERS, (1,)) if row.document] == [
        *range(0, 510, 25)
    ]


def test_rows_deleted_while_reading_do_not_stop_the_reader(store: Store) -> None:
    fill(store, 510)
    seen = 0
    for row in store.range(WORKERS, (1,)):
        if seen % 25 == 0:
            store.delete(WORKERS, row.key, version=row.version)
        seen += 1
    assert seen == 510
    assert len(keys(store.range(WORKERS, (1,)))) == 510 - 21
