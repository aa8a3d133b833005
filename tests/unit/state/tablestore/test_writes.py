"""Writes whose answer is lost: what was carried out is known, and carried out once."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.cloud import Cloud
from emulator.faults import Fault
from shared.errors import (
    ConflictError,
)
from shared.state.store import Key
from shared.state.tables import JOBS
from shared.state.tablestore import TablestoreStore
from tests.tablestores import actions

KEY: Key = ("me", 1)


def document(store: TablestoreStore, key: Key = KEY) -> Any:
    row = store.get(JOBS, key)
    return None if row is None else row.document


CUT = {"drop": True, "when": "after"}
LOST = [CUT, {"code": "OTSTimeout", "when": "after"}, {"status": 502, "code": "?", "when": "after"}]


@pytest.mark.parametrize("how", LOST, ids=["cut off", "timed out", "bad gateway"])
def test_a_write_whose_answer_is_lost_is_known_to_be_ours(
    store: TablestoreStore, cloud: Cloud, how: dict[str, Any]
) -> None:
    cloud.faults.add(Fault("PutRow", **how))
    version = store.put(JOBS, KEY, {"n": 1}, version=0)
    row = store.get(JOBS, KEY)
    assert row is not None
    assert (row.version, row.document) == (version, {"n": 1})
    assert actions(cloud)[:3] == ["PutRow", "PutRow", "GetRow"]

    cloud.faults.add(Fault("PutRow", **how))
    assert store.put(JOBS, KEY, {"n": 2}, version=version) != version
    assert document(store) == {"n": 2}


def test_a_write_that_was_not_carried_out_is_repeated(store: TablestoreStore, cloud: Cloud) -> None:
    cloud.faults.add(Fault("PutRow", drop=True, times=2))
    store.put(JOBS, KEY, {"n": 1}, version=0)
    assert actions(cloud) == ["PutRow"] * 3
    assert document(store) == {"n": 1}


def test_a_lost_answer_makes_nobody_else_s_row_ours(store: TablestoreStore, cloud: Cloud) -> None:
    theirs = store.put(JOBS, KEY, {"by": "them"}, version=0)
    cloud.faults.add(Fault("PutRow", drop=True))
    with pytest.raises(ConflictError, match="jobs me/1"):
        store.put(JOBS, KEY, {"by": "us"}, version=0)
    assert document(store) == {"by": "them"}
    cloud.faults.add(Fault("DeleteRow", drop=True))
    with pytest.raises(ConflictError):
        store.delete(JOBS, KEY, version=theirs + 1)


def test_a_conflict_without_doubt_takes_one_request(store: TablestoreStore, cloud: Cloud) -> None:
    store.put(JOBS, KEY, {}, version=0)
    with pytest.raises(ConflictError):
        store.put(JOBS, KEY, {}, version=0)
    assert actions(cloud) == ["PutRow", "PutRow"]


def test_a_removal_whose_answer_is_lost_is_done(store: TablestoreStore, cloud: Cloud) -> None:
    version = store.put(JOBS, KEY, {}, version=0)
    cloud.faults.add(Fault("DeleteRow", **CUT))
    store.delete(JOBS, KEY, version=version)
    assert document(store) is None


def test_a_write_of_which_nobody_knows_in_the_end_is_looked_up(store: TablestoreStore, cloud: Cloud) -> None:
    cloud.faults.add(Fault("PutRow", **CUT))
    cloud.faults.add(Fault("PutRow", drop=True, passing=1, times=99))
    store.put(JOBS, KEY, {"n": 1}, version=0)
    cloud.faults.clear()
    assert document(store) == {"n": 1}
