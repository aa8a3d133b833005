"""`certdeploy doctor` on a state in Tablestore: tables that are missing, or may not be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emulator.cloud import Cloud
from shared.state.tables import TABLES
from tests.functional.cli.conftest import Command
from tests.functional.cli.findings import about, marks


@pytest.fixture
def made(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The state is in tables that nothing was written to."""
    monkeypatch.setenv("CERTDEPLOY_STATE", "ots://certdeploy")
    monkeypatch.setenv("CERTDEPLOY_LOCAL", str(tmp_path / "local"))
    monkeypatch.setenv("CERTDEPLOY_PRODUCTS", "CDN")
    assert command("state", "create").code == 0
    return command


def test_tables_that_are_there_are_told(made: Command) -> None:
    ran = made("doctor", "--json")

    assert marks(ran)["state"] == "ok"
    assert f"{len(TABLES)} tables, schema 1" in about(ran, "state")["Text"]
    assert marks(ran)["timer scan_expiry"] == "warning"


def test_tables_that_are_missing_are_told_with_what_makes_them(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTDEPLOY_STATE", "ots://certdeploy")
    monkeypatch.setenv("CERTDEPLOY_PRODUCTS", "CDN")

    found = about(command("doctor", "--json"), "state")

    assert (found["Mark"], found["Todo"]) == ("error", "certdeploy state create")
    assert "lacks tables: certificates, scans, resources" in found["Text"]


def test_tables_that_may_not_be_read_are_told_with_the_statement(made: Command, cloud: Cloud) -> None:
    cloud.deny("ots:GetRow", "jobs")

    found = about(made("doctor", "--json"), "state")

    assert found["Mark"] == "error"
    assert found["Text"].startswith("jobs: ")
    assert json.loads(found["Policy"])["Action"] == ["ots:BatchGetRow", "ots:GetRange", "ots:GetRow"]
