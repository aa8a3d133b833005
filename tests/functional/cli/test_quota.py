"""`certdeploy quota`, and what previews and jobs tell of it."""

from __future__ import annotations

import pytest

from tests.functional.cli.conftest import Command

RENEWED = "10743322"


@pytest.fixture
def counted(informed: Command) -> Command:
    informed("quota", "add", "1", "--note", "order 17", "--token", "order-17")
    informed("quota", "set", "--mode", "enforced")
    return informed


def test_by_default_nothing_is_counted_and_the_preview_says_what_the_vendor_would_charge(
    informed: Command,
) -> None:
    shown = informed("quota", "show")

    assert shown.out == ("advisory: 0 of 0 left; 0 used by ended jobs, 0 by running ones, 0 reserved\n")
    assert "`certdeploy quota set --mode enforced` begins with that" in shown.err
    preview = informed("job", "preview", "--certificate", RENEWED)
    told = "the vendor's own deployment job would use 2 of its quota; at least 6 calls, 1 s at their rates"
    assert told in preview.out


def test_what_was_bought_is_added_once_by_its_token(counted: Command) -> None:
    again = counted("quota", "add", "1", "--note", "order 17", "--token", "order-17")

    assert again.out.startswith("enforced: 1 of 1 left;")
    history = counted("quota", "history")
    assert "package order 17" in history.out
    assert counted("quota", "history", "--json").json["History"][0]["PackageId"] == "order-17"


def test_a_preview_says_that_too_little_is_left_and_a_job_is_refused(counted: Command) -> None:
    preview = counted("job", "preview", "--certificate", RENEWED)
    created = counted("job", "create", "--name", "x", "--certificate", RENEWED)

    assert "needs 2 of the quota, 1 left (too little: it cannot be submitted)" in preview.out
    assert created.code == 2
    assert created.err == (
        "certdeploy: it needs 2 of the quota, and 1 of 1 are left: 0 used, 0 held by other jobs;"
        " `certdeploy quota add` adds some\n"
    )
    assert counted("job", "list", "--json").json["Jobs"] == []


def test_a_job_shows_what_it_holds_and_who_looks_at_the_quota_sees_the_job(counted: Command) -> None:
    counted("quota", "add", "4")
    made = counted("job", "create", "--name", "spring", "--certificate", RENEWED, "--json")
    job = made.json["Job"]["JobId"]

    assert "needs 2 of the quota: 2 reserved; 3 left" in counted("job", "show", str(job)).out
    shown = counted("quota", "show").out
    assert shown.startswith("enforced: 3 of 5 left; 0 used by ended jobs, 0 by running ones, 2 reserved\n")
    assert "spring" in shown
    assert counted("quota", "show", "--json").json["Quota"]["Jobs"][0]["Held"] == 2

    counted("job", "cancel", str(job), "--yes")
    assert "needs 2 of the quota: 2 released; 5 left" in counted("job", "show", str(job)).out


def test_a_shared_certificate_is_free(counted: Command) -> None:
    assert "free, since shared: 10743322" in counted("quota", "set", "--share", RENEWED).out
    preview = counted("job", "preview", "--certificate", RENEWED)
    assert "needs 0 of the quota, 1 left;" in preview.out

    assert "shared" not in counted("quota", "set", "--unshare", RENEWED).out
    unknown = counted("quota", "set", "--share", "999")
    assert unknown.code == 5
    assert "Certificate 999 does not exist" in unknown.err


def test_nothing_to_set_is_said(informed: Command) -> None:
    ran = informed("quota", "set")

    assert ran.code == 2
    assert ran.err == "certdeploy: nothing to set; give --mode, --share or --unshare\n"


def test_a_preview_in_which_nothing_matches_says_so_and_exits_so(informed: Command) -> None:
    other = informed("job", "preview", "--certificate", "10742313")
    assert (other.code, other.err) == (2, "certdeploy: nothing to deploy: no slot serves a name of it\n")

    old = informed("job", "preview", "--certificate", "10741304", "--json")
    assert (old.code, old.json["Plan"]["Entries"] != []) == (2, True)
    assert old.err == "certdeploy: nothing to deploy: what comes near is left alone\n"
