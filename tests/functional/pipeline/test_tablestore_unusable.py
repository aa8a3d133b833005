"""A Tablestore that refuses, throttles or is silent for a while: a sentence each, and the work is done after.

A call to it passes until the n-th; from there on all fail, in the middle of whatever was under way.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.faults import Fault
from shared.domain.states import JobStatus, WorkerStatus
from shared.state import ots_client
from shared.state.tablestore import TablestoreStore
from tests.functional.pipeline import states
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import statuses
from tests.shortened import shortened
from tests.tablestores import Time, keys, serving

REQUESTS = ("GetRow", "GetRange", "BatchGetRow", "PutRow", "DeleteRow", "BatchWriteRow")
HOW: dict[str, tuple[dict[str, Any], str]] = {
    "busy": ({"code": "OTSServerBusy"}, "CloudThrottledError"),
    "not there": ({"drop": True}, "CloudUnavailableError"),
    "answers are lost": ({"drop": True, "when": "after"}, "CloudUnavailableError"),
    "closed": (
        {"status": 403, "code": "OTSAuthFailed", "message": "Request denied by instance ACL policies."},
        "CloudDeniedError",
    ),
}


@pytest.fixture
def on_tablestore(tmp_path: Path) -> Iterator[Platform]:
    """As `platform`. Its store gives up after ten seconds, which pass while it sleeps."""
    states.chosen["kind"] = "tablestore"
    with discovered(ESTATE, tmp_path) as made:
        _connect_anew(made)
        made.cloud.calls.clear()
        yield made
    serving().cloud.faults.clear()


@pytest.mark.long
@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("passing", shortened([0, 1, 2, 3, 4, 6, 8, 11, 15, 20, 30], 2))
def test_what_tablestore_refuses_for_a_while_costs_a_sentence_and_no_write_is_made_twice(
    on_tablestore: Platform, how: str, passing: int
) -> None:
    fault, kind = HOW[how]
    _failing_and_back(on_tablestore, passing, kind, **fault)


@pytest.mark.long
@pytest.mark.parametrize("passing", [0, 15])
def test_answers_later_than_anybody_waits_for_cost_no_more(
    monkeypatch: pytest.MonkeyPatch, on_tablestore: Platform, passing: int
) -> None:
    """Each write is carried out all the same."""
    monkeypatch.setattr(ots_client, "_READ_S", 0.04)
    _connect_anew(on_tablestore)

    _failing_and_back(on_tablestore, passing, "CloudUnavailableError", latency_ms=100, refuse=False)


def _connect_anew(platform: Platform) -> None:
    """By a clock of its own."""
    store, time = platform.store, Time()
    assert isinstance(store, TablestoreStore)
    platform.store = TablestoreStore(store._address, keys, sleep=time.sleep, timer=time)


def _failing_and_back(platform: Platform, passing: int, kind: str, **fault: Any) -> None:
    faults = serving().cloud.faults
    platform.renew(*NAMES)
    for request in REQUESTS:
        faults.add(Fault(request, passing=passing, times=10**6, **fault))

    platform.tick("scan_expiry", "run_deployment_jobs")

    assert platform.failures, "it always answered"
    told = {why for _, why in platform.failures}
    assert {why.partition(":")[0] for why in told} == {kind}
    assert all(len(why) < 300 for why in told)
    assert all(" of state-" in why for why in told), told

    faults.clear()
    for _ in range(6):
        platform.pass_days(0.02)
        platform.tick("scan_expiry", "run_deployment_jobs")
    assert platform.job().status is JobStatus.SUCCESS
    assert statuses(platform) == {WorkerStatus.SUCCESS: 4}
    assert len(platform.writes()) == len(set(platform.writes())) == 5


@pytest.mark.long
def test_over_a_slow_network_all_is_done_at_once(on_tablestore: Platform) -> None:
    slow = [Fault(name, times=10**6, latency_ms=10, refuse=False) for name in REQUESTS]
    on_tablestore.renew(*NAMES)
    for fault in slow:
        serving().cloud.faults.add(fault)

    on_tablestore.tick("scan_expiry", "run_deployment_jobs")

    assert all(fault.struck for fault in slow if fault.action not in ("BatchGetRow", "BatchWriteRow"))
    assert not on_tablestore.failures
    assert on_tablestore.job().status is JobStatus.SUCCESS
    assert statuses(on_tablestore) == {WorkerStatus.SUCCESS: 4}
