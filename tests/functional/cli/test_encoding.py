"""A terminal that cannot show every letter: what it lacks is replaced, and what was to be done is done."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout

import pytest

from cli.main import main
from tests.functional.cli.conftest import Command

RENEWED = 10743322


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ascii_only(informed: Command) -> Run:
    """The command with PYTHONIOENCODING=ascii."""

    def run(*arguments: str) -> tuple[int, str, str]:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True) for _ in range(2))
        with redirect_stdout(out), redirect_stderr(err):
            code = main(arguments)
        said = [stream.detach().getvalue().decode("ascii") for stream in (out, err)]  # type: ignore[attr-defined]
        return code, said[0], said[1]

    return run


def test_a_job_is_created_and_shown(ascii_only: Run) -> None:
    code, out, err = ascii_only("job", "create", "--name", "früh", "--certificate", str(RENEWED))

    assert code == 0
    assert "fr?h" in out
    assert f" -> {RENEWED}" in out
    assert "Traceback" not in err


def test_json_loses_nothing(ascii_only: Run) -> None:
    code, out, _ = ascii_only("resource", "list", "--domain", "b*", "--json")

    assert code == 0
    assert [row["ResourceId"] for row in json.loads(out)["Resources"]] == ["bücher.example.com"]


def test_lists_and_messages_are_shown(ascii_only: Run) -> None:
    assert ascii_only("resource", "list", "--all")[0] == 0
    code, _, err = ascii_only("resource", "show", "CDN/-/bücher.example")

    assert code == 5
    assert "CDN/-/b?cher.example" in err


def test_what_is_no_text_is_refused(informed: Command) -> None:
    name = os.fsdecode(b"caf\xe9")

    ran = informed("job", "create", "--name", name, "--certificate", str(RENEWED))

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "certdeploy: argument 4 is not text in utf-8\n"
    assert informed("job", "list", "--json").json == {"Jobs": []}


@pytest.mark.parametrize(
    ("typed", "offered"), [("statu", ["status"]), ("resource l", ["list"]), ("job list --st", ["--status"])]
)
def test_a_shell_completes_commands_and_options(
    bare: Command, monkeypatch: pytest.MonkeyPatch, typed: str, offered: list[str]
) -> None:
    words = ["certdeploy", *typed.split(" ")]
    monkeypatch.setenv("_CERTDEPLOY_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", " ".join(words))
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))

    assert bare().out.split() == offered


def test_completion_can_be_installed(bare: Command) -> None:
    assert "--install-completion" in bare("--help").out
