"""What a store promises, on every driver: conditional writes of single rows, and reads of many."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.errors import ConflictError
from shared.state.store import Document, Key, Row, Store
from shared.state.tables import JOBS, TABLES, WORKERS, Table
from tests.unit.state.counting import add_five, count

KEY: Key = ("me", 1)


def keys(rows: Iterator[Row]) -> list[Key]:
    return [row.key for row in rows]


def test_a_row_that_was_never_written_is_not_there(store: Store) -> None:
    assert store.get(JOBS, KEY) is None


def test_a_row_is_read_as_it_was_written(store: Store) -> None:
    document = {"name": "bücher ✓", "list": [1, None, {"a": True}]}
    version = store.put(JOBS, KEY, document, version=0)
    assert store.get(JOBS, KEY) == Row(KEY, version, document)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30])
def test_a_number_that_64_bits_do_not_hold_names_no_row(store: Store, number: int) -> None:
    assert store.get(JOBS, ("me", number)) is None
    assert list(store.range(WORKERS, (number,))) == []


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)])
def test_the_greatest_and_the_smallest_number_name_rows(store: Store, number: int) -> None:
    store.put(WORKERS, (number, "CDN", 0, 1), {}, version=0)

    assert store.get(WORKERS, (number, "CDN", 0, 1)) is not None
    assert keys(store.range(WORKERS, (number,))) == [(number, "CDN", 0, 1)]


def test_many_rows_are_read_by_their_keys_in_the_order_of_the_keys(store: Store) -> None:
    stored = [(1, "CDN", 0, 1), (1, "CDN", 0, 2), (2, "ALB", 0, 1)]
    versions = {key: store.put(WORKERS, key, {"of": list(key)}, version=0) for key in stored}
    changed = (1, "CDN", 0, 2)
    versions[changed] = store.put(WORKERS, changed, {"of": "again"}, version=versions[changed])

    found = list(store.get_many(WORKERS, [(2, "ALB", 0, 1), changed]))

    assert found == [
        Row((2, "ALB", 0, 1), versions[2, "ALB", 0, 1], {"of": [2, "ALB", 0, 1]}),
        Row(changed, versions[changed], {"of": "again"}),
    ]


def test_of_many_keys_those_without_a_row_are_left_out(store: Store) -> None:
    store.put(JOBS, KEY, {}, version=0)
    store.put(JOBS, ("you", 2), {}, version=0)

    # neither is the owner of one with the number of the other, nor a number that no row can be under
    asked: list[Key] = [("me", 2), ("you", 2), ("you", 1), KEY, ("me", 2**63)]
    assert keys(store.get_many(JOBS, asked)) == [("you", 2), KEY]
    assert keys(store.get_many(JOBS, [("me", 3)])) == []
    assert keys(store.get_many(JOBS, [])) == []


def test_a_key_that_is_named_twice_is_read_once(store: Store) -> None:
    fill(store, 2)
    asked: list[Key] = [(1, "CDN", 0, 1), (1, "CDN", 0, 0), (1, "CDN", 0, 1)]

    assert keys(store.get_many(WORKERS, iter(asked))) == [(1, "CDN", 0, 1), (1, "CDN", 0, 0)]
    assert keys(store.get_many(WORKERS, [(1, "CDN", 0, 0)] * 1203)) == [(1, "CDN", 0, 0)]


@pytest.mark.long
@pytest.mark.parametrize("count", [99, 100, 101, 332, 333, 334, 1203])
def test_more_keys_than_a_store_takes_at_once_are_all_read(store: Store, count: int) -> None:
    fill(store, count)
    asked: list[Key] = [(1, "CDN", 0, number) for number in reversed(range(-1, count + 1))]

    assert keys(store.get_many(WORKERS, asked)) == asked[1:-1]


def test_every_write_changes_the_version(store: Store) -> None:
    versions = [0]
    for number in range(3):
        versions.append(store.put(JOBS, KEY, {"n": number}, version=versions[-1]))
        assert store.get(JOBS, KEY) == Row(KEY, versions[-1], {"n": number})
    assert len(set(versions)) == 4


def test_a_version_is_kept_exactly_by_every_reader_of_json(store: Store) -> None:
    assert all(0 < store.put(JOBS, (KEY[0], number), {}, version=0) < 2**53 for number in range(100))


@pytest.mark.parametrize("of", ["no row", "the row before", "another row"])
def test_a_write_on_another_version_conflicts_and_changes_nothing(store: Store, of: str) -> None:
    first = store.put(JOBS, KEY, {"n": 1}, version=0)
    second = store.put(JOBS, KEY, {"n": 2}, version=first)
    other = store.put(JOBS, ("me", 2), {}, version=0)
    with pytest.raises(ConflictError, match="jobs me/1"):
        store.put(
            JOBS, KEY, {"n": 9}, version={"no row": 0, "the row before": first, "another row": other}[of]
        )
    assert store.get(JOBS, KEY) == Row(KEY, second, {"n": 2})


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 500, 1203])
def test_many_rows_are_added_at_once(store: Store, count: int) -> None:
    added = {(1, "CDN", 0, number): {"n": number, "name": "bücher ✓"} for number in range(count)}

    store.put_many(WORKERS, iter(added.items()))

    rows = list(store.range(WORKERS, (1,)))
    assert {row.key: row.document for row in rows} == added
    assert [row.key for row in rows] == sorted(added)
    assert len({row.version for row in rows} - {0}) == count


@pytest.mark.parametrize("there", [0, 3, 501])
def test_of_many_rows_none_is_written_over(store: Store, there: int) -> None:
    version = store.put(WORKERS, (1, "CDN", 0, there), {"n": "before"}, version=0)

    with pytest.raises(ConflictError, match=f"workers 1/CDN/0/{there}"):
        store.put_many(WORKERS, (((1, "CDN", 0, number), {"n": number}) for number in range(600)))

    assert store.get(WORKERS, (1, "CDN", 0, there)) == Row((1, "CDN", 0, there), version, {"n": "before"})
    others = [row for row in store.range(WORKERS, (1,)) if row.key[-1] != there]
    assert all(row.document == {"n": row.key[-1]} for row in others), "half a row"


def test_rows_that_are_added_may_be_read_for(store: Store) -> None:
    """What makes them may ask the store, and write to it, meanwhile."""

    def made() -> Iterator[tuple[Key, Document]]:
        jobs = 0
        for number in range(501):
            if number % 100 < 3:
                store.put(JOBS, ("me", number), {}, version=0)
                jobs = len(list(store.range(JOBS, ("me",), below=("me", 2))))
            yield (1, "CDN", 0, number), {"jobs": jobs}

    store.put_many(WORKERS, made())

    assert [row.document["jobs"] for row in store.range(WORKERS, (1,))][:3] == [1, 2, 2]
    assert len(keys(store.range(JOBS, ("me",)))) == 16


def test_an_update_of_a_row_that_is_gone_conflicts(store: Store) -> None:
    with pytest.raises(ConflictError):
        store.put(JOBS, KEY, {}, version=1)
    assert store.get(JOBS, KEY) is None


def test_a_row_is_deleted_on_its_version_only(store: Store) -> None:
    version = store.put(JOBS, KEY, {}, version=0)
    with pytest.raises(ConflictError):
        store.delete(JOBS, KEY, version=version + 1)
    assert store.get(JOBS, KEY) is not None
    store.delete(JOBS, KEY, version=version)
    assert store.get(JOBS, KEY) is None


def test_deleting_what_is_gone_is_done_already(store: Store) -> None:
    store.delete(JOBS, KEY, version=1)


def test_a_key_may_be_used_again_after_deletion(store: Store) -> None:
    version = store.put(JOBS, KEY, {"n": 1}, version=0)
    store.delete(JOBS, KEY, version=version)
    again = store.put(JOBS, KEY, {"n": 2}, version=0)
    assert store.get(JOBS, KEY) == Row(KEY, again, {"n": 2})


def test_what_was_read_before_a_row_was_removed_never_fits_the_next_row_of_its_key(store: Store) -> None:
    """However often each was written: who read the first one neither writes over the other nor removes it."""
    stale: list[int] = []
    for writes in (1, 2, 3):
        version = 0
        for number in range(writes):
            version = store.put(JOBS, KEY, {"n": number}, version=version)
        for before in stale:
            with pytest.raises(ConflictError):
                store.put(JOBS, KEY, {}, version=before)
            with pytest.raises(ConflictError):
                store.delete(JOBS, KEY, version=before)
        assert store.get(JOBS, KEY) == Row(KEY, version, {"n": writes - 1})
        store.delete(JOBS, KEY, version=version)
        stale.append(version)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_is_there_and_keeps_the_types_of_its_key(store: Store, table: Table) -> None:
    key = tuple("10" if column.type is str else 10 for column in table.key)
    version = store.put(table, key, {"n": 1}, version=0)
    assert store.get(table, key) == Row(key, version, {"n": 1})
    assert [row.key for row in store.range(table, key[:1])] == [key]


def fill(store: Store, count: int) -> None:
    store.put_many(WORKERS, (((1, "CDN", 0, number), {}) for number in range(count)))


@pytest.mark.long
def test_threads_that_add_at_once_lose_nothing(store: Store) -> None:
    meet = threading.Barrier(8)
    with ThreadPoolExecutor(8) as pool:
        conflicts = sum(pool.map(lambda _: add_five(store, meet), range(8)))
    assert count(store) == 40
    assert conflicts >= 7, "they never met: this proves nothing"


def test_of_many_who_add_one_row_one_succeeds(store: Store) -> None:
    def claim(number: int) -> bool:
        try:
            store.put(JOBS, KEY, {"by": number}, version=0)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, range(8))) == 1
