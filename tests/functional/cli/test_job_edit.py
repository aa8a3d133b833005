"""A job that has not begun, changed on the command line."""

from __future__ import annotations

from typing import Any

import pytest

from cli.session import session
from tests.functional.cli.conftest import SHOP, Command

RENEWED = 10743322
BOOKS, WWW = "CDN/-/bücher.example.com", "CDN/-/www.example.com"


@pytest.fixture
def draft(informed: Command) -> dict[str, Any]:
    made = informed("job", "create", "--name", "spring", "--certificate", str(RENEWED), "--draft", "--json")
    job: dict[str, Any] = made.json["Job"]
    return job


def slots(command: Command, draft: dict[str, Any]) -> set[str]:
    workers = command("job", "show", str(draft["JobId"]), "--json").json["Workers"]
    return {f"CDN/-/{worker['Resource']['ResourceId']}" for worker in workers}


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (("--drop", WWW), {BOOKS}),
        (("--drop", "CDN/-/bücher.example.com"), {WWW}),
        (("--drop", "w*.example.com"), {BOOKS}),
        (("--drop", "CDN", "--except", "www.example.com"), {WWW}),
    ],
)
def test_slots_are_dropped_as_they_are_called(
    informed: Command, draft: dict[str, Any], words: tuple[str, ...], left: set[str]
) -> None:
    ran = informed("job", "edit", str(draft["JobId"]), *words)

    assert ran.code == 0
    assert slots(informed, draft) == left
    assert "dropped, as asked" in ran.out
    assert f"submit it: certdeploy job submit {draft['JobId']} --digest " in ran.err
    assert draft["PlanDigest"] not in ran.err


def test_a_draft_gets_waves_and_loses_them_again(informed: Command, draft: dict[str, Any]) -> None:
    job = str(draft["JobId"])

    put = informed("job", "edit", job, "--canary", "one", "--pause", "30m", "--json").json["Job"]
    taken = informed("job", "edit", job, "--no-waves", "--json").json["Job"]

    assert (put["Waves"]["Canaries"], put["Waves"]["PauseMinutes"]) == (["one"], 30.0)
    assert taken.get("Waves") is None


def test_a_slot_is_added_and_the_name_and_time_changed(informed: Command, draft: dict[str, Any]) -> None:
    ran = informed(
        "job", "edit", str(draft["JobId"]), "--add", "plain.example.com", "--first-deployment",
        "--name", "later", "--at", "2027-05-01T02:00+08:00", "--json",
    )  # fmt: skip

    assert ran.code == 0
    job = ran.json["Job"]
    assert (job["Name"], job["ScheduleTime"], job["Status"]) == (
        "later",
        "2027-05-01T02:00:00+08:00",
        "editing",
    )
    assert "CDN/-/plain.example.com" in slots(informed, draft)


def test_planned_anew_it_has_what_is_there_by_now(informed: Command, draft: dict[str, Any]) -> None:
    world = session().world()
    world.resources.remove(world.resources.get(WWW))
    assert informed("job", "diff", str(draft["JobId"])).code == 1

    ran = informed("job", "edit", str(draft["JobId"]), "--renew")

    assert ran.code == 0
    assert "discovery no longer finds it" in ran.out
    assert slots(informed, draft) == {BOOKS}
    assert informed("job", "diff", str(draft["JobId"])).code == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "nothing to change"),
        (
            ("--drop", "nowhere"),
            2,
            "--drop 'nowhere': expected a slot, a product, an account, a region, or a domain",
        ),
        (("--drop", ""), 2, "--drop: is empty"),
        (("--drop", "ALB"), 2, "Drop: ALB: no slot of the job"),
        (("--drop", "CDN", "--except", "wwww.example.com"), 2, "Except: wwww.example.com: no slot that"),
        (("--name", "x", "--except", WWW), 2, "Except: it spares what is added or dropped, and neither"),
        (("--renew", "--first-deployment"), 2, "FirstDeployment: it is for slots that are added, and Add"),
        (("--certificate", str(SHOP)), 2, "it serves this certificate already"),
        (("--at", "2036-05-01T02:00"), 2, "it has no time zone"),
        (("--name", "x", "--digest", "0123456789abcdef"), 5, "it was edited since"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_changes_nothing(
    informed: Command, draft: dict[str, Any], words: tuple[str, ...], code: int, told: str
) -> None:
    ran = informed("job", "edit", str(draft["JobId"]), *words)

    assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1)
    assert told in ran.err
    assert informed("job", "show", str(draft["JobId"]), "--json").json["Job"] == draft
