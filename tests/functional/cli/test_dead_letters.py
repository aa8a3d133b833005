"""`certdeploy deadletters`: what failed for good is listed, run again, or dropped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared.state.repositories import DeadLetters
from shared.state.sqlite import SqliteStore
from tests.functional.cli.conftest import Command

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "events" / "record_dead_letter.failed.json"
NAME = "1777636800000-1-65a0b0c0-11f2c3d4e5f6a7b8c9d0e1f2"


@pytest.fixture
def one(command: Command) -> Command:
    """After a scan has failed for good."""
    assert command("invoke", "record_dead_letter", str(SAMPLE)).json == {"Name": NAME}
    return command


def test_they_are_listed_and_shown_and_the_status_needs_a_hand(one: Command) -> None:
    (letter,) = one("deadletters", "list", "--json").json["DeadLetters"]
    assert (letter["Function"], letter["Payload"], letter["Tries"]) == ("certdeploy-scan_expiry", "{}", 4)
    assert "CloudUnavailableError ListCertificates: ServiceUnavailable" in one("deadletters", "list").out
    assert one("deadletters", "show", NAME, "--json").json == letter
    assert "certdeploy-scan_expiry" in one("deadletters", "show", NAME).out
    status = one("status")
    assert status.code == 1
    assert "1 invocation failed for good" in status.out
    assert "certdeploy deadletters list" in status.out


def test_one_that_goes_well_when_it_is_run_again_is_gone(one: Command) -> None:
    again = one("deadletters", "retry", NAME)

    assert (again.code, again.err) == (0, "certdeploy-scan_expiry went well; the dead letter is gone\n")
    assert one("deadletters", "list", "--json").json == {"DeadLetters": []}
    missing = one("deadletters", "retry", NAME)
    assert (missing.code, f"dead letter {NAME} does not exist" in missing.err) == (5, True)


def test_one_that_fails_again_stays(one: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "wrong")

    assert one("deadletters", "retry", NAME).code == 3
    assert len(one("deadletters", "list", "--json").json["DeadLetters"]) == 1


def test_one_is_dropped_or_all_are(one: Command, tmp_path: Path) -> None:
    event = json.loads(SAMPLE.read_text())
    for number in (1, 2):
        (tmp_path / "event.json").write_text(json.dumps({**event, "timestamp": number}))
        one("invoke", "record_dead_letter", str(tmp_path / "event.json"))

    assert one("deadletters", "drop").code == 2
    assert one("deadletters", "drop", NAME, "--all").code == 2
    assert one("deadletters", "drop", NAME, "--json").json == {"Dropped": [NAME]}
    assert len(list(DeadLetters(SqliteStore(tmp_path / "state.db")).list())) == 2
    assert one("deadletters", "drop", "--all").err == "2 dropped\n"
    assert one("deadletters", "list", "--json").json == {"DeadLetters": []}
