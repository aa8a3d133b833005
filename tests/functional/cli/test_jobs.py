"""Jobs by hand: previewed, created under the preview's digest, listed, shown."""

import pytest

from emulator.cloud import Cloud
from tests.functional.cli.conftest import OTHER, SHOP, Command

RENEWED = 10743322


def test_a_preview_names_writes_what_is_left_and_the_digest(informed: Command) -> None:
    ran = informed("job", "preview", "--certificate", str(RENEWED))

    assert ran.code == 0
    assert f"{SHOP} → {RENEWED}" in ran.out
    assert "HTTPS is off" in ran.out
    assert informed("job", "preview", "--certificate", str(RENEWED), "--json").json["Digest"] in ran.out


def test_a_draft_is_created_under_the_digest_and_shown(informed: Command) -> None:
    digest = informed("job", "preview", "--certificate", str(RENEWED), "--json").json["Digest"]

    created = informed(
        "job", "create", "--name", "spring", "--certificate", f"{RENEWED}-cn-hangzhou",
        "--digest", digest, "--draft", "--json",
    )  # fmt: skip
    job_id = created.json["Job"]["JobId"]

    assert created.code == 0
    assert created.json["Job"]["Status"] == "editing"
    assert [job["JobId"] for job in informed("job", "list", "--json").json["Jobs"]] == [job_id]
    assert "spring: editing, 0/2 slots" in informed("job", "show", str(job_id)).out


def test_what_a_job_may_do_is_asked_for_by_options(informed: Command) -> None:
    asked = ("--certificate", str(RENEWED), "--first-deployment", "--accept-outage", "--json")

    previewed = informed("job", "preview", *asked).json["Plan"]["Entries"]
    created = informed("job", "create", "--name", "spring", "--draft", *asked).json

    reasons = {entry["Resource"]["ResourceId"]: entry["Reason"] for entry in previewed}
    assert reasons["plain.example.com"] == "first deployment, as asked"
    assert created["Job"]["AcceptOutage"] is True
    assert {worker["Resource"]["ResourceId"] for worker in created["Workers"]} >= {"plain.example.com"}


@pytest.mark.parametrize(
    ("words", "slots"),
    [
        (("--domain", "w*.example.com"), {"www.example.com"}),
        (("--domain", "bücher.*", "--product", "CDN", "--region", "-"), {"bücher.example.com"}),
        (("--except", "bücher.example.com"), {"www.example.com"}),
        (("--except", "CDN/-/www.example.com", "--product", "CDN"), {"bücher.example.com"}),
    ],
)
def test_slots_are_chosen_and_excepted_by_what_they_have_in_common(
    informed: Command, words: tuple[str, ...], slots: set[str]
) -> None:
    asked = ("--certificate", str(RENEWED), *words, "--json")

    previewed = informed("job", "preview", *asked).json
    created = informed("job", "create", "--name", "spring", "--draft", *asked).json

    assert {worker["Resource"]["ResourceId"] for worker in created["Workers"]} == slots
    assert created["Job"]["PlanDigest"] == previewed["Digest"]


def test_a_slot_is_named_as_it_is_shown(informed: Command) -> None:
    ran = informed(
        "job", "preview", "--certificate", str(RENEWED), "--resource", "CDN/-/bücher.example.com", "--json"
    )

    assert [entry["Action"] for entry in ran.json["Plan"]["Entries"]] == ["deploy"]


def test_another_digest_is_refused_and_nothing_is_stored(informed: Command) -> None:
    ran = informed(
        "job", "create", "--name", "x", "--certificate", str(RENEWED), "--digest", "0123456789abcdef"
    )

    assert ran.code == 5
    assert "preview again" in ran.err
    assert informed("job", "list", "--json").json == {"Jobs": []}


def test_a_certificate_that_matches_nothing_is_refused_and_nothing_is_stored(informed: Command) -> None:
    ran = informed("job", "create", "--name", "x", "--certificate", str(OTHER))

    assert (ran.code, ran.out) == (2, "")
    assert "nothing to deploy: no discovered slot serves a name of the certificate" in ran.err
    assert informed("job", "list", "--json").json == {"Jobs": []}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--certificate", "shop"), "not an id as shown by `certificate list`"),
        (("--certificate", str(RENEWED), "--at", "tomorrow"), "--at 'tomorrow'"),
        (("--certificate", str(RENEWED), "--at", "2036-05-01T02:00"), "as in 2036-05-01T02:00+08:00"),
        (
            ("--certificate", str(RENEWED), "--at", "2036-05-01"),
            "no time zone; write 2036-05-01T02:00+08:00,",
        ),
        (("--certificate", str(RENEWED), "--at", "2020-05-01t02:00z"), "it is in the past"),
        (("--certificate", str(RENEWED), "--wait"), "no `certdeploy serve` uses this state"),
        (("--certificate", str(RENEWED), "--wait", "--draft"), "a draft does not run"),
    ],
)
def test_a_wrong_request_is_one_sentence_and_stores_nothing(
    informed: Command, arguments: tuple[str, ...], told: str
) -> None:
    ran = informed("job", "create", "--name", "x", *arguments)

    assert ran.code == 2
    assert told in ran.err
    assert ran.err.count("\n") == 1
    assert informed("job", "list", "--json").json == {"Jobs": []}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--certificate", "99"), "Certificate 99 does not exist: `certdeploy scan` reads CAS anew"),
        (
            ("--certificate", str(RENEWED), "--resource", "CDN/-/nope.example.com"),
            "Slot CDN/-/nope.example.com does not exist: `certdeploy resource list` shows all",
        ),
    ],
)
@pytest.mark.parametrize("verb", [("preview",), ("create", "--name", "x")], ids=" ".join)
def test_what_nobody_knows_is_not_found_and_nothing_is_stored(
    informed: Command, verb: tuple[str, ...], arguments: tuple[str, ...], told: str
) -> None:
    ran = informed("job", *verb, *arguments)

    assert (ran.code, ran.out, ran.err) == (5, "", f"certdeploy: {told}\n")
    assert informed("job", "list", "--json").json == {"Jobs": []}


def test_an_unknown_job_does_not_exist(informed: Command) -> None:
    assert informed("job", "show", "7").code == 5


def test_submitting_without_a_serve_says_who_will_run_it(informed: Command, cloud: Cloud) -> None:
    ran = informed("job", "create", "--name", "x", "--certificate", str(RENEWED))

    assert ran.code == 0
    assert "the job starts as soon as `certdeploy serve` runs" in ran.err
    assert "SetCdnDomainSSLCertificate" not in {call.action for call in cloud.calls}
