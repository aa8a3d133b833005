"""Who writes a job: chosen by an option or a setting, and told in the preview and with the job."""

from __future__ import annotations

import pytest

from tests.functional.cli.conftest import Command

RENEWED = "10743322"
BY_CAS = ("--certificate", RENEWED, "--engine", "cas")


def test_a_preview_says_who_writes_and_what_cas_charges(informed: Command) -> None:
    ran = informed("job", "preview", *BY_CAS)

    assert "Written by CAS's own deployment jobs\n" in ran.out
    assert "CAS charges 2 of the quota that was bought there;" in ran.out
    assert "CAS" not in informed("job", "preview", "--certificate", RENEWED).out


def test_what_was_approved_with_one_engine_is_not_submitted_with_the_other(informed: Command) -> None:
    digest = informed("job", "preview", "--certificate", RENEWED, "--json").json["Digest"]

    ran = informed("job", "create", "--name", "spring", "--digest", digest, *BY_CAS)

    assert ran.code != 0
    assert "the plan is now" in ran.err
    assert informed("job", "list", "--json").json["Jobs"] == []


@pytest.mark.parametrize(
    ("setting", "option", "engine"), [("cas", (), "cas"), ("cas", ("direct",), "direct")]
)
def test_the_setting_is_for_jobs_that_ask_for_none(
    informed: Command, monkeypatch: pytest.MonkeyPatch, setting: str, option: tuple[str, ...], engine: str
) -> None:
    monkeypatch.setenv("CERTDEPLOY_ENGINE", setting)
    asked = [word for one in option for word in ("--engine", one)]

    created = informed(
        "job", "create", "--name", "spring", "--certificate", RENEWED, "--draft", "--json", *asked
    )

    assert created.json["Job"]["Engine"] == engine
    shown = informed("job", "show", str(created.json["Job"]["JobId"])).out
    assert ("written by CAS's own deployment jobs" in shown) is (engine == "cas")


def test_cas_charges_nothing_of_our_quota(informed: Command) -> None:
    """Which is enforced, and used up."""
    informed("quota", "set", "--mode", "enforced")

    by_us = informed("job", "create", "--name", "spring", "--certificate", RENEWED)
    by_cas = informed("job", "create", "--name", "spring", *BY_CAS)

    assert "needs 2 of the quota" in by_us.err
    assert by_cas.code == 0


def test_another_engine_is_a_usage_error(informed: Command) -> None:
    ran = informed("job", "preview", "--certificate", RENEWED, "--engine", "magic")

    assert ran.code == 2
    assert "'direct', 'cas'" in ran.err
