"""Who works on the command line is known by the key, or stated; who drafted a job does not submit it."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.cloud import Cloud
from tests.functional.cli.conftest import Command

RENEWED = "10743322"


@pytest.fixture
def two_wanted(informed: Command, tmp_path: Path) -> Command:
    (file := tmp_path / "policies.yaml").write_text("defaults: {require_approval: yes}\n")
    assert informed("policy", "set", str(file)).code == 0
    return informed


def key_of(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, who: str) -> str:
    """From now on the commands have the key of another user; its ARN."""
    arn = f"acs:ram::{cloud.account}:user/{who}"
    key = cloud.keys.add(cloud.account, arn)
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", key.access_key_id)
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", key.access_key_secret)
    monkeypatch.setenv("ALIBABA_CLOUD_SECURITY_TOKEN", key.token)
    return arn


@pytest.mark.long
def test_who_drafted_a_job_is_known_by_the_key_and_another_one_submits_it(
    two_wanted: Command, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = two_wanted("job", "create", "--name", "x", "--certificate", RENEWED)
    assert at_once.code == 2
    assert "create a draft (`--draft`), for another one" in at_once.err

    alice = key_of(cloud, monkeypatch, "alice")
    made = two_wanted("job", "create", "--name", "x", "--certificate", RENEWED, "--draft", "--json").json[
        "Job"
    ]
    assert made["DraftedBy"] == [alice]
    job = str(made["JobId"])
    refused = two_wanted("job", "submit", job, "--yes")
    assert refused.code == 2
    assert refused.err == (
        f"certdeploy: the default policy wants a second person to submit job {job};"
        f" it was drafted by {alice}, and you are {alice}\n"
    )
    assert f"job {job} x, 2 slots, by {alice}" in two_wanted("status").out

    bob = key_of(cloud, monkeypatch, "bob")
    assert f"drafted by {alice}; submitted by {bob}" in two_wanted("job", "submit", job, "--yes").out


def test_with_a_key_that_tells_nobody_a_name_is_stated(
    two_wanted: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "wrong")
    monkeypatch.setenv("CERTDEPLOY_IDENTITY", "alice")
    made = two_wanted("job", "create", "--name", "x", "--certificate", RENEWED, "--draft", "--json").json[
        "Job"
    ]

    assert made["DraftedBy"] == ["alice (stated)"]
    monkeypatch.delenv("CERTDEPLOY_IDENTITY")
    nobody = two_wanted("job", "submit", str(made["JobId"]), "--yes")
    assert "who you are is unknown: use a key that STS knows, or set CERTDEPLOY_IDENTITY" in nobody.err


def test_a_second_person_may_be_wanted_for_one_job(informed: Command) -> None:
    create = ("job", "create", "--name", "x", "--certificate", RENEWED, "--require-approval")

    assert "its drafter wants a second person to submit this job" in informed(*create).err
    job = str(informed(*create, "--draft", "--json").json["Job"]["JobId"])
    assert "its drafter wants another person to submit it" in informed("job", "show", job).out
    assert informed("job", "submit", job, "--yes").code == 2
