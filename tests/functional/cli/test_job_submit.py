"""A draft on the command line: looked at, compared with the world, submitted by its digest."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any

import pytest

from cli.session import session
from shared.errors import NotFoundError
from tests.functional.cli.conftest import Command

RENEWED = 10743322
WWW = "CDN/-/www.example.com"


@pytest.fixture
def draft(informed: Command) -> dict[str, Any]:
    made = informed("job", "create", "--name", "spring", "--certificate", str(RENEWED), "--draft", "--json")
    job: dict[str, Any] = made.json["Job"]
    return job


def status(command: Command, draft: dict[str, Any]) -> str:
    return str(command("job", "show", str(draft["JobId"]), "--json").json["Job"]["Status"])


def gone() -> None:
    world = session().world()
    with suppress(NotFoundError):
        world.resources.remove(world.resources.get(WWW))


def test_a_draft_is_submitted_by_the_digest_that_was_approved(
    informed: Command, draft: dict[str, Any]
) -> None:
    ran = informed("job", "submit", str(draft["JobId"]), "--digest", draft["PlanDigest"])

    assert ran.code == 0
    assert "spring: pending, 0/2 slots" in ran.out
    assert "the job starts as soon as `certdeploy serve` runs" in ran.err


def test_without_its_digest_the_draft_is_shown_and_nobody_to_ask_is_a_refusal(
    informed: Command, draft: dict[str, Any]
) -> None:
    ran = informed("job", "submit", str(draft["JobId"]))

    assert ran.code == 2
    assert "--yes" in ran.err
    assert draft["PlanDigest"] in ran.out
    assert status(informed, draft) == "editing"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code", "after"), [("y", 0, "pending"), ("n", 1, "editing")])
def test_a_person_at_the_terminal_is_asked(
    informed: Command,
    draft: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    code: int,
    after: str,
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(f"{answer}\n"))

    ran = informed("job", "submit", str(draft["JobId"]))

    assert (ran.code, f"Submit job {draft['JobId']}, 2 slots?" in ran.err) == (code, True)
    assert status(informed, draft) == after


def test_what_moved_is_shown_with_an_exit_code_to_match_and_the_draft_is_refused(
    informed: Command, draft: dict[str, Any]
) -> None:
    same = informed("job", "diff", str(draft["JobId"]))
    gone()
    moved = informed("job", "diff", str(draft["JobId"]))

    assert (same.code, same.out) == (0, "nothing has moved since the job was drafted\n")
    assert moved.code == 1
    assert f"{WWW}" in moved.out
    assert "discovery no longer finds it" in moved.out
    assert informed("job", "diff", str(draft["JobId"]), "--json").json["Moved"][0]["Code"] == "gone"
    refused = informed("job", "submit", str(draft["JobId"]), "--yes")
    assert refused.code == 5
    assert f"{WWW}: discovery no longer finds it" in refused.err
    assert status(informed, draft) == "editing"


def test_another_digest_is_refused(informed: Command, draft: dict[str, Any]) -> None:
    ran = informed("job", "submit", str(draft["JobId"]), "--digest", "0123456789abcdef")

    assert (ran.code, ran.err.count("\n")) == (5, 1)
    assert "it was edited since" in ran.err
