"""The command on a state in Tablestore: its tables, its refusals, and what stays on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.local_files import beside
from emulator.cloud import Cloud
from emulator.server import Server
from shared.state.tables import TABLES
from tests.functional.cli.conftest import Command


@pytest.fixture
def on_tablestore(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("CERTDEPLOY_STATE", "ots://certdeploy")
    monkeypatch.setenv("CERTDEPLOY_LOCAL", str(tmp_path / "local"))
    return command


@pytest.mark.long
def test_a_discovery_is_stored_in_tablestore(on_tablestore: Command, cloud: Cloud, server: Server) -> None:
    missing = on_tablestore("discover", "--product", "CDN")
    assert missing.code == 3
    assert "Requested table does not exist. (a stack has its tables; `certdeploy state create`" in missing.err

    made = on_tablestore("state", "create")
    assert (made.code, made.err) == (0, f"{len(TABLES)} tables created in certdeploy at {server.endpoint}\n")
    assert on_tablestore("state", "create").err.startswith("all tables are there in certdeploy at http://")
    assert on_tablestore("scan").code == 0
    assert on_tablestore("discover", "--product", "CDN").code == 0

    listed = on_tablestore("resource", "list", "--all", "--json").json["Resources"]
    assert "www.example.com" in {row["ResourceId"] for row in listed}
    assert cloud.service("tablestore").report()["certdeploy"]["resources"]["rows"] > 0


def test_a_file_has_its_tables(command: Command) -> None:
    ran = command("state", "create")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "names a file" in ran.err


def test_a_state_of_another_form_is_told(bare: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTDEPLOY_STATE", "ots://x@evil.example/")
    ran = bare("job", "list")
    assert ran.code == 2
    assert "is not ots://INSTANCE, ots://INSTANCE.REGION or" in ran.err


def test_a_tablestore_that_does_not_answer_is_told_in_one_sentence(
    on_tablestore: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.state.ots_calls._LONGEST_S", 0.0)
    monkeypatch.setenv("CERTDEPLOY_ENDPOINT", "http://127.0.0.1:1")
    ran = on_tablestore("job", "list")
    assert (ran.code, ran.err.count("\n")) == (4, 1)
    assert "meta of certdeploy at http://127.0.0.1:1: no answer" in ran.err


def test_what_belongs_to_a_state_lies_beside_its_file_or_in_a_folder_of_its_own(tmp_path: Path) -> None:
    assert beside("/a/state.db", ".host.db") == Path("/a/state.db.host.db")
    environ = {"CERTDEPLOY_LOCAL": str(tmp_path / "local")}
    path = beside("ots://state.cn-hangzhou/two", ".host.db", environ)
    assert path == tmp_path / "local" / "state.cn-hangzhou_two.host.db"
    assert (tmp_path / "local").stat().st_mode & 0o777 == 0o700
    assert beside("ots://state", ".host.db", environ) != path
