"""What the log says of workers: messages that can be counted, and facts as fields."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from emulator.faults import Fault
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import IMG, WWW, asked_for, roll_back, uploaded, worker_of
from tests.log_lines import LINES

GIVEN_UP = Path(__file__).parents[3] / "events" / "record_dead_letter.failed.json"
FACTS = ("job_id", "worker_id", "slot", "cert_identifier", "handshake", "reason")


def said(caplog: pytest.LogCaptureFixture) -> dict[tuple[str, str], dict[str, Any]]:
    """The facts of each message about workers, by message and slot."""
    found = {}
    for record in caplog.records:
        if record.name == "certdeploy.deploy":
            facts = {name: record.__dict__[name] for name in FACTS if name in record.__dict__}
            found[record.message, facts["slot"]] = facts
    caplog.clear()
    return found


def test_the_end_of_each_worker_is_logged_with_its_facts(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "certdeploy.deploy")
    new = uploaded(platform)
    job_id = asked_for(platform, new, IMG, WWW)
    platform.drain()
    www = {
        "job_id": job_id,
        "worker_id": worker_of(platform, WWW).worker_id,
        "slot": WWW,
        "cert_identifier": new,
    }
    img = {**www, "worker_id": worker_of(platform, IMG).worker_id, "slot": IMG}
    served = {"handshake": "served"}
    assert said(caplog) == {("worker deployed", WWW): www | served, ("worker deployed", IMG): img | served}

    platform.cloud.deny("oss:PutCname")
    roll_back(platform)

    reason = worker_of(platform, IMG).reason
    assert "PutCname" in reason
    assert said(caplog) == {
        ("worker rolled back", WWW): www | served,
        ("rollback of a worker ended in error", IMG): img | {"reason": reason},
    }
    newer = uploaded(platform, days=300)
    other_id = asked_for(platform, newer, IMG)
    platform.drain()
    (worker,) = platform.world.workers.list(other_id)
    facts = {"job_id": other_id, "worker_id": 1, "slot": IMG, "cert_identifier": newer}
    assert said(caplog) == {("worker ended in error", IMG): facts | {"reason": worker.reason}}


def test_a_try_that_is_followed_by_another_is_not_logged_as_an_end(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "certdeploy.deploy")
    platform.cloud.faults.add(Fault("PutCname"))
    asked_for(platform, uploaded(platform), IMG)

    platform.drain()

    assert worker_of(platform, IMG).attempts == 2
    assert [message for message, _ in said(caplog)] == ["worker deployed"]


@pytest.mark.long
def test_the_lines_that_alerts_rest_on_have_the_fields_that_these_name(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "certdeploy")
    asked_for(platform, uploaded(platform), IMG, WWW)
    platform.drain()
    platform.cloud.deny("oss:PutCname")
    roll_back(platform)
    asked_for(platform, uploaded(platform, days=300), IMG)
    platform.drain()
    platform.tick("scan_expiry")
    platform.call("record_dead_letter", GIVEN_UP.read_bytes())

    lines = {record.message: record.__dict__.keys() for record in caplog.records}

    assert set(LINES) <= lines.keys()
    assert {message: fields - lines[message] for message, fields in LINES.items()} == dict.fromkeys(
        LINES, frozenset()
    )
