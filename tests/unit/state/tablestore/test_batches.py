"""Many rows at once, each with a result of its own."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.cloud import Cloud
from emulator.faults import Fault
from shared.errors import CloudRejectedError, CloudThrottledError, ConflictError
from shared.state import tablestore
from shared.state.store import Key, Write
from shared.state.tables import WORKERS
from shared.state.tablestore import TablestoreStore


def at(number: int) -> Key:
    return (1, "CDN", 0, number)


def add(store: TablestoreStore, *numbers: int, by: str = "us") -> None:
    store.put_many(WORKERS, ((at(number), {"by": by}) for number in numbers))


def stored(store: TablestoreStore) -> dict[Any, Any]:
    return {row.key[-1]: row.document["by"] for row in store.range(WORKERS, (1,))}


def count(cloud: Cloud, action: str) -> int:
    return sum(call.action == action for call in cloud.calls)


def test_of_many_rows_those_that_are_refused_for_now_are_asked_for_again(
    store: TablestoreStore, cloud: Cloud
) -> None:
    add(store, *range(10))
    cloud.faults.add(Fault("BatchGetRow.Row", code="OTSServerBusy", passing=3, times=4))
    found = store.get_many(WORKERS, map(at, range(12)))
    assert [row.key[-1] for row in found] == list(range(10))
    assert count(cloud, "BatchGetRow") == 2


@pytest.mark.parametrize("when", ["before", "after"])
def test_of_many_rows_those_that_fail_are_written_again(
    store: TablestoreStore, cloud: Cloud, when: Any
) -> None:
    """After: they are stored, and the repetition finds them there."""
    cloud.faults.add(Fault("BatchWriteRow.Row", code="OTSTimeout", when=when, passing=2, times=3))
    add(store, *range(8))
    assert stored(store) == dict.fromkeys(range(8), "us")
    assert count(cloud, "BatchWriteRow") == 2


@pytest.mark.parametrize("there", [False, True], ids=["alone", "another's row there"])
def test_rows_whose_answer_is_lost_are_known_to_be_ours(
    store: TablestoreStore, cloud: Cloud, there: bool
) -> None:
    if there:
        add(store, 3, by="them")
    cloud.faults.add(Fault("BatchWriteRow", drop=True, when="after"))
    if there:
        with pytest.raises(ConflictError, match="workers 1/CDN/0/3"):
            add(store, *range(5))
    else:
        add(store, *range(5))
    assert stored(store) == dict.fromkeys(range(5), "us") | ({3: "them"} if there else {})


def test_a_row_that_is_refused_for_good_ends_the_batch(store: TablestoreStore, cloud: Cloud) -> None:
    cloud.faults.add(Fault("BatchWriteRow.Row", code="OTSParameterInvalid", passing=1))
    with pytest.raises(CloudRejectedError, match="BatchWriteRow: OTSParameterInvalid: workers of state-"):
        add(store, *range(3))
    assert count(cloud, "BatchWriteRow") == 1


def test_rows_that_stay_refused_are_told(store: TablestoreStore, cloud: Cloud) -> None:
    cloud.faults.add(Fault("BatchGetRow.Row", code="OTSServerBusy", times=99))
    with pytest.raises(CloudThrottledError, match="BatchGetRow: OTSServerBusy"):
        list(store.get_many(WORKERS, [at(1)]))
    cloud.faults.clear()


def test_a_key_that_comes_twice_conflicts(store: TablestoreStore) -> None:
    with pytest.raises(ConflictError, match="workers 1/CDN/0/1"):
        add(store, 1, 2, 1)
    assert stored(store) == {1: "us", 2: "us"}


def test_a_request_holds_no_more_than_tablestore_takes(
    store: TablestoreStore, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tablestore._BYTES_AT_ONCE == 3 << 20
    monkeypatch.setattr(tablestore, "_BYTES_AT_ONCE", 3 << 12)
    store.put_many(WORKERS, ((at(number), {"text": "é" * 1000}) for number in range(5)))
    assert count(cloud, "BatchWriteRow") == 3
    assert sum(1 for _ in store.range(WORKERS, (1,))) == 5
    cloud.calls.clear()
    monkeypatch.undo()
    add(store, *range(100, 501))
    assert count(cloud, "BatchWriteRow") == 3


@pytest.mark.parametrize("meanwhile", [False, True], ids=["alone", "changed meanwhile"])
def test_of_rows_written_over_whose_answer_is_lost_ours_are_known(
    store: TablestoreStore, cloud: Cloud, meanwhile: bool
) -> None:
    add(store, *range(3), by="before")
    versions = {row.key: row.version for row in store.range(WORKERS, (1,))}
    if meanwhile:
        store.put(WORKERS, at(1), {"by": "them"}, version=versions[at(1)])
    cloud.faults.add(Fault("BatchWriteRow", drop=True, when="after"))
    refused = store.write_many(WORKERS, [Write(key, {"by": "us"}, versions[key]) for key in versions])
    assert refused == ([at(1)] if meanwhile else [])
    assert stored(store) == dict.fromkeys(range(3), "us") | ({1: "them"} if meanwhile else {})
