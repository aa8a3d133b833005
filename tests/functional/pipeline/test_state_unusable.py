"""A state file that cannot be written for a while: one sentence tells it, and the work is done after."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from shared.domain.states import JobStatus, WorkerStatus
from shared.state.sqlite import SqliteStore
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import statuses
from tests.shortened import shortened


class Filling(SqliteStore):
    """On a disk that is full from its n-th write on, until somebody makes room."""

    def __init__(self, path: Path) -> None:
        self.writes, self.full_from = 0, 10**6
        super().__init__(path)

    def _connection(self) -> sqlite3.Connection:
        connection = super()._connection()
        connection.execute(f"PRAGMA query_only = {int(self.writes > self.full_from)}")
        return connection

    def _writing(self):  # type: ignore[no-untyped-def]
        self.writes += 1
        return super()._writing()


@pytest.fixture
def filling(platform: Platform, tmp_path: Path) -> Filling:
    """The installation's state."""
    platform.store = store = Filling(tmp_path / "state.db")
    return store


@pytest.mark.long
@pytest.mark.parametrize("full_from", shortened(range(24), 4))
def test_a_disk_that_is_full_for_a_while_costs_a_sentence_and_no_write_is_made_twice(
    platform: Platform, filling: Filling, tmp_path: Path, full_from: int
) -> None:
    platform.renew(*NAMES)
    filling.writes, filling.full_from = 0, full_from

    platform.tick("scan_expiry", "run_deployment_jobs")
    assert platform.failures, "it was never full"
    assert {why.partition(": it cannot be written")[0] for _, why in platform.failures} == {
        f"StateUnavailableError: the state file {tmp_path / 'state.db'}"
    }

    filling.full_from = 10**6
    platform.pass_days(0.02)
    platform.tick("scan_expiry", "run_deployment_jobs")
    platform.pass_days(0.02)
    platform.tick("run_deployment_jobs", "run_deployment_jobs")
    assert platform.job().status is JobStatus.SUCCESS
    assert statuses(platform) == {WorkerStatus.SUCCESS: 4}
    assert len(platform.writes()) == len(set(platform.writes())) == 5
