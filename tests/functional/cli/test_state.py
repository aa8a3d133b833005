"""`certdeploy state`: looked over, exported, imported, and moved from a file to Tablestore and back."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cli import running
from shared.state.sqlite import SqliteStore
from shared.state.tables import JOBS, LEASES, META, OPEN_JOBS, RESOURCE_DOMAINS, RESOURCES, WORKERS
from shared.state.whole import tally_of
from tests.functional.cli.conftest import SHOP, Command

OTS = "ots://certdeploy"
RENEWED = 10743322


@pytest.fixture
def state(informed: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With a draft of two workers."""
    monkeypatch.setenv("CERTDEPLOY_LOCAL", str(tmp_path / "local"))
    made = informed("job", "create", "--name", "x", "--certificate", str(RENEWED), "--draft")
    assert made.code == 0, made
    return tmp_path / "state.db"


def lines_of(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# --- check ----------------------------------------------------------------------------------------------


def test_a_state_in_order_is_told_by_its_counts(informed: Command, state: Path) -> None:
    looked = informed("state", "check", "--json")

    assert looked.code == 0, looked
    assert looked.json["Findings"] == []
    rows = looked.json["Rows"]
    assert (rows["resources"], rows["jobs"], rows["workers"], rows["leases"]) == (4, 1, 2, 0)
    assert "resource_domains" in informed("state", "check").out


def spoil(state: Path, *statements: str) -> None:
    with closing(sqlite3.connect(state)) as file, file:
        for statement in statements:
            file.execute(statement)


@pytest.mark.parametrize(
    ("statement", "table", "what"),
    [
        ("UPDATE workers SET document = '[]' WHERE worker_id = 1", "workers", "it holds no document that"),
        ("UPDATE workers SET document = '{\"' WHERE worker_id = 1", "workers", "it holds no document that"),
        (
            'UPDATE workers SET document = \'{"x":"\\ud800"}\' WHERE worker_id = 1',
            "workers",
            "it holds no document that",
        ),
        (
            "UPDATE jobs SET document = json_set(document, '$.Status', 'paused')",
            "jobs",
            "it cannot be read: 'Status' are not as we write them",
        ),
        ("DELETE FROM workers WHERE worker_id = 1", "jobs", "it has 1 of its 2 workers"),
        ("DELETE FROM jobs", "workers", "2 are of a job that is not there"),
        (
            "DELETE FROM resource_domains WHERE domain = 'www.example.com'",
            "resources",
            "the index row of 'www.example.com' is missing",
        ),
        (
            "DELETE FROM resources WHERE resource_id = 'www.example.com'",
            "resource_domains",
            "it leads to no slot of that name",
        ),
        (
            "UPDATE resource_domains SET document = '{\"Leaving\":true}' WHERE domain = 'www.example.com'",
            "resource_domains",
            "its removal was begun and not ended",
        ),
        (
            "UPDATE jobs SET document = json_set(document, '$.Status', 'pending')",
            "jobs",
            "it is pending and not among the open jobs: nobody works on it",
        ),
        ("INSERT INTO open_jobs VALUES ('-', 1, 7, 1, '{}')", "open_jobs", "it leads to no job that can be"),
        (
            "INSERT INTO leases VALUES ('x', 1, '{\"Until\":\"2100-01-01T00:00:00+00:00\"}')",
            "leases",
            "its function ended without letting go; it lasts until 2100-01-01 00:00:00 UTC",
        ),
        ("INSERT INTO leases VALUES ('x', 1, '{}')", "leases", "it tells no time"),
        (
            "UPDATE certificates SET document = json_set(document, '$.New', '-----BEGIN PRIVATE KEY-----')"
            f" WHERE cert_id = {SHOP}",
            "certificates",
            "it holds what looks like a private key",
        ),
    ],
)
def test_what_is_out_of_order_is_found_by_its_row_and_is_exit_code_1(
    informed: Command, state: Path, statement: str, table: str, what: str
) -> None:
    spoil(state, statement)

    looked = informed("state", "check", "--json")

    assert looked.code == 1
    assert [(one["Table"], one["What"][: len(what)]) for one in looked.json["Findings"]] == [(table, what)]
    shown = informed("state", "check")
    assert (shown.code, "1 findings" in shown.out) == (1, True)
    assert "PRIVATE" not in shown.out + shown.err


# --- export and import ------------------------------------------------------------------------------------


def test_what_is_exported_is_imported_into_an_empty_state_and_is_the_same(
    informed: Command, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state.jsonl"
    SqliteStore(state).put(LEASES, ("x",), {"Until": "2000-01-01T00:00:00+00:00"}, version=0)
    exported = informed("state", "export", str(file))
    assert (exported.code, exported.out) == (0, "")
    assert file.stat().st_mode & 0o777 == 0o600
    header, *rows, end = lines_of(file)
    assert header.keys() == {"certdeploy_state", "schema", "version", "at"}
    assert sum(end["rows"].values()) == len(rows)
    assert "leases" not in end["rows"], "of functions that run no more"
    assert informed("state", "export", "-").out.splitlines()[1:] == file.read_text().splitlines()[1:]
    again = informed("state", "export", str(file))
    assert (again.code, again.err) == (2, f"certdeploy: {file} is there already; it is not written over\n")

    monkeypatch.setenv("CERTDEPLOY_STATE", str(tmp_path / "other.db"))
    imported = informed("state", "import", str(file))
    assert imported.code == 0, imported
    assert f"{len(rows)} rows of {len(end['rows'])} tables, now in " in imported.err
    assert tally_of(SqliteStore(tmp_path / "other.db")) == tally_of(SqliteStore(state))
    assert informed("state", "check").code == 0
    mixed = informed("state", "import", str(file))
    assert mixed.code == 2
    assert "is not empty: it has " in mixed.err


FAULTS = {
    "no export": (lambda lines: [{"no": 1}], "is no export of a state"),
    "nothing": (lambda lines: [], "is no export of a state"),
    "another form": (lambda lines: [{**lines[0], "certdeploy_state": 2}, *lines[1:]], "of another form"),
    "a later schema": (
        lambda lines: [{**lines[0], "schema": 9}, *lines[1:]],
        "is of schema 9, which a newer",
    ),
    "cut off": (lambda lines: lines[:-1], ": its end is missing: it was cut off"),
    "a row less": (lambda lines: [*lines[:3], *lines[4:]], ": it was changed: its rows are not those"),
    "a row twice": (lambda lines: [*lines[:3], *lines[2:]], ": line 4: its key is in the file twice"),
    "another table": (
        lambda lines: [*lines[:2], {**lines[2], "table": "later"}, *lines[3:]],
        ": line 3: its table is none of this version's",
    ),
    "another key": (
        lambda lines: [*lines[:2], {**lines[2], "key": ["x", True]}, *lines[3:]],
        ": line 3: its key is none of certificates",
    ),
    "a private key": (
        lambda lines: [*lines[:2], {**lines[2], "document": {"a": "PRIVATE KEY-----"}}, *lines[3:]],
        ": line 3: it holds what looks like a private key",
    ),
    "rubbish": (lambda lines: [*lines[:2], *["rubbish"] * 7, lines[-1]], ": line 3: it is no row; line 4: "),
    "more": (lambda lines: [*lines, lines[2]], ": line "),
}


@pytest.mark.parametrize("how", FAULTS)
def test_a_file_with_a_fault_is_refused_before_anything_is_written(
    informed: Command, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    file, (spoilt, why) = tmp_path / "state.jsonl", FAULTS[how]
    informed("state", "export", str(file))
    file.write_text("".join(f"{json.dumps(line)}\n" for line in spoilt(lines_of(file))), encoding="utf-8")
    monkeypatch.setenv("CERTDEPLOY_STATE", str(tmp_path / "other.db"))

    refused = informed("state", "import", str(file))

    assert refused.code == 2
    assert refused.err.startswith(f"certdeploy: {file}")
    assert why in refused.err
    assert refused.err.count("\n") == 1
    assert tally_of(SqliteStore(tmp_path / "other.db")).rows.total() == 0


def test_a_row_that_is_no_document_is_left_out_and_told(
    informed: Command, state: Path, tmp_path: Path
) -> None:
    spoil(state, "UPDATE workers SET document = 'x' WHERE worker_id = 1")

    ran = informed("state", "export", str(tmp_path / "state.jsonl"))

    assert ran.code == 1
    assert "/1 holds no document of ours is not in the file" in ran.err
    to = str(tmp_path / "other.db")
    migrated = informed("state", "migrate", str(state), to)
    assert migrated.code == 1
    assert ": nothing was migrated" in migrated.err
    assert tally_of(SqliteStore(to)).rows.total() == 0


def test_an_import_that_was_cut_off_leaves_a_state_that_nobody_works_on_until_it_is_done(
    informed: Command, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, other = tmp_path / "state.jsonl", tmp_path / "other.db"
    informed("state", "export", str(file))
    monkeypatch.setenv("CERTDEPLOY_STATE", str(other))
    put_many = SqliteStore.put_many

    def cut(store: SqliteStore, table: Any, rows: Any) -> None:
        if table is JOBS:
            raise KeyboardInterrupt
        put_many(store, table, rows)

    monkeypatch.setattr(SqliteStore, "put_many", cut)
    informed("state", "import", str(file))
    monkeypatch.setattr(SqliteStore, "put_many", put_many)
    assert len(list(SqliteStore(other).all_of(WORKERS))) == 2

    for line in (("job", "list"), ("serve",), ("state", "check"), ("state", "export", "-")):
        ran = informed(*line)
        assert (ran.code, "an import was cut off; begin it again" in ran.err) == (2, True), line
    assert informed("state", "import", str(file)).code == 0
    assert tally_of(SqliteStore(other)) == tally_of(SqliteStore(state))
    assert [row.key for row in SqliteStore(other).all_of(META)] == [("schema",)]


# --- migrate ------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_state_goes_to_tablestore_and_back_and_is_the_same(
    informed: Command, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = informed("state", "migrate", str(state), OTS)
    assert there.code == 0, there
    assert f", the same in {state} and {OTS}" in there.err
    back = informed("state", "migrate", OTS, str(tmp_path / "back.db"))
    assert back.code == 0, back
    assert tally_of(SqliteStore(tmp_path / "back.db")) == tally_of(SqliteStore(state))

    monkeypatch.setenv("CERTDEPLOY_STATE", OTS)
    assert informed("state", "check").code == 0
    (job,) = informed("job", "list", "--json").json["Jobs"]
    assert job["Name"] == "x"
    mixed = informed("state", "migrate", str(state), OTS)
    assert (mixed.code, f"{OTS} is not empty" in mixed.err) == (2, True)


def test_a_state_that_is_missing_or_served_is_not_migrated(
    informed: Command, state: Path, tmp_path: Path
) -> None:
    missing = informed("state", "migrate", str(tmp_path / "no.db"), OTS)
    assert (missing.code, "there is no such file" in missing.err) == (2, True)
    assert not (tmp_path / "no.db").exists()
    itself = informed("state", "migrate", str(state), str(state))
    assert (itself.code, "is the state itself" in itself.err) == (2, True)

    here = running.Running(7, "http://127.0.0.1:1", "id", "secret")
    with running.announced(str(state), here):
        served = informed("state", "migrate", str(state), str(tmp_path / "other.db"))
    assert (served.code, f"process 7 serves {state}; stop it first" in served.err) == (2, True)
    with running.announced(str(tmp_path / "other.db"), here):
        served = informed("state", "migrate", str(state), str(tmp_path / "other.db"))
    assert (served.code, "other.db; stop it first" in served.err) == (2, True)


def test_what_is_written_to_the_source_meanwhile_is_noticed(
    informed: Command, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_many = SqliteStore.put_many

    def meanwhile(store: SqliteStore, table: Any, rows: Any) -> None:
        put_many(store, table, rows)
        if table is RESOURCES:
            SqliteStore(state).put(OPEN_JOBS, ("-", 1, 1), {}, version=0)

    monkeypatch.setattr(SqliteStore, "put_many", meanwhile)
    ran = informed("state", "migrate", str(state), str(tmp_path / "other.db"))

    assert ran.code == 1
    assert "state.db differs from what was read" in ran.err
    assert list(SqliteStore(state).range(RESOURCE_DOMAINS, ("example.com",)))
