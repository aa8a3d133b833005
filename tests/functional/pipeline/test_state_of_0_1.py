"""A state that version 0.1 left in the middle of a job: this version ends it.

One slot is done, one function was cut off after its write, two slots wait.
"""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from shared.domain.certificates import Certificate
from shared.domain.states import JobStatus, WorkerStatus
from shared.state.sqlite import SqliteStore
from shared.state.tables import OPEN_JOBS
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import Platform, new_platform
from tests.functional.pipeline.stories import WWW, exchanged_by_hand, served, statuses

W = WorkerStatus
STATE_OF_0_1: Final = Path(__file__).parent / "state_of_0_1.jsonl"
_TIME: Final = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")
#: What version 0.1 made the tables of.
_KEYS_OF_0_1: Final = {
    "certificates": "store TEXT, cert_id INTEGER",
    "scans": "store TEXT",
    "resources": "product TEXT, region TEXT, resource_id TEXT",
    "resource_domains": "parent TEXT, domain TEXT, slot TEXT",
    "sync_status": "product TEXT, region TEXT",
    "jobs": "owner TEXT, job_id INTEGER",
    "open_jobs": "owner TEXT, due INTEGER, job_id INTEGER",
    "workers": "job_id INTEGER, product TEXT, worker_id INTEGER",
    "leases": "name TEXT",
    "contacts": "owner TEXT, contact_id INTEGER",
}


def _of_today(line: str, later: timedelta) -> Any:
    """A row as it would be, had it been written now."""

    def moved(told: re.Match[str]) -> str:
        return (datetime.fromisoformat(told[0].replace("Z", "+00:00")) + later).isoformat()

    return json.loads(_TIME.sub(moved, line))


def a_state_of_0_1(path: Path, now: datetime) -> None:
    first, *lines = STATE_OF_0_1.read_text(encoding="utf-8").splitlines()
    passed = now - datetime.fromisoformat(json.loads(first)["taken"])
    later = timedelta(seconds=passed // timedelta(seconds=1))  # whole ones: keys count milliseconds
    with closing(sqlite3.connect(path)) as file, file:
        for name, columns in _KEYS_OF_0_1.items():
            named = columns.replace(",", " NOT NULL,") + " NOT NULL"
            key = ", ".join(one.split()[0] for one in columns.split(", "))
            file.execute(
                f"CREATE TABLE {name} ({named}, version INTEGER NOT NULL, document TEXT NOT NULL,"
                f" PRIMARY KEY ({key})) WITHOUT ROWID"
            )
        for line in lines:
            told = _of_today(line, later)
            *values, document = told["row"]
            if told["table"] == "open_jobs":
                values[1] += int(later.total_seconds() * 1000)
            marks = ", ".join("?" * (len(values) + 1))
            file.execute(f"INSERT INTO {told['table']} VALUES ({marks})", (*values, json.dumps(document)))


@pytest.mark.long
@pytest.mark.ordinary_answers("CAS tells that a certificate of the kept state has another serial today")
def test_a_job_that_version_0_1_began_is_ended_from_its_state(tmp_path: Path) -> None:
    with new_platform(ESTATE, tmp_path) as platform:
        new = platform.renew(*NAMES)
        a_state_of_0_1(tmp_path / "of 0.1.db", platform.clock())
        platform.store = SqliteStore(tmp_path / "of 0.1.db")
        begun = platform.workers()
        assert new == platform.job().cert_identifiers[0], "the account has other ids than it had then"
        assert {slot: one.status for slot, one in begun.items() if one.status is not W.PENDING} == {
            WWW: W.SUCCESS,
            "ALB/cn-hangzhou/lsn-a127ee9a1d4a6c5510/default": W.PROCESSING,
        }
        for worker in begun.values():  # what version 0.1 had written when it ended
            if worker.status is not W.PENDING:
                exchanged_by_hand(platform, worker.resource, _certificate(platform, new))
        platform.cloud.calls.clear()

        platform.tick("run_deployment_jobs", "discover_resources", "scan_expiry")
        platform.pass_days(0.02)  # the lease of a function that was killed is over
        platform.tick("run_deployment_jobs", "run_deployment_jobs")

        assert statuses(platform) == {W.SUCCESS: 4}, {k: w.reason for k, w in platform.workers().items()}
        assert platform.job().status is JobStatus.SUCCESS
        assert platform.failures == []
        assert served(platform)[new] == 4
        assert len(platform.writes()) == 3, "slots that were done, or written, were written again"
        assert list(platform.store.range(OPEN_JOBS, ("-",))) == []


def _certificate(platform: Platform, identifier: str) -> Certificate:
    return platform.world.certificates.get(identifier).certificate
