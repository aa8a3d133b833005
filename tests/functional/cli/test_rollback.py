"""A job rolled back by hand: shown, asked for, done by the functions, told."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.cloud import Cloud
from tests.functional.cli.conftest import SHOP, Command

RENEWED = 10743322
WWW = "CDN/-/www.example.com"


@pytest.fixture
def informed(command: Command) -> Command:
    """About the certificates that clients are served here, which no other cloud has."""
    assert command("scan").code == 0
    assert command("discover", "--product", "CDN").code == 0
    return command


@pytest.fixture
def functions(informed: Command, tmp_path: Path) -> Callable[[int], None]:
    """Lets the functions do what is due for a job, and close it."""

    def work(job_id: int) -> None:
        event = {
            **json.loads(Path("events/deploy_cdn.worker-scheduled.json").read_text()),
            "data": {"JobId": job_id, "Product": "CDN"},
        }
        (tmp_path / "run.json").write_text(json.dumps({"JobId": job_id}))
        (tmp_path / "deploy.json").write_text(json.dumps(event))
        for function, payload in (
            ("run_deployment_jobs", "run"),
            ("deploy_cdn", "deploy"),
            ("run_deployment_jobs", "run"),
        ):
            ran = informed("invoke", function, str(tmp_path / f"{payload}.json"))
            assert ran.code == 0, ran.err

    return work


@pytest.fixture
def job(informed: Command, cloud: Cloud, functions: Callable[[int], None]) -> str:
    """Of two domains, which it has ended with success."""
    cloud.settle_s = 0.05
    created = informed("job", "create", "--name", "spring", "--certificate", str(RENEWED), "--json").json
    functions(created["Job"]["JobId"])
    return str(created["Job"]["JobId"])


def statuses(command: Command, job: str) -> dict[str, str]:
    workers = command("job", "show", job, "--json").json["Workers"]
    return {worker["Resource"]["ResourceId"]: worker["Status"] for worker in workers}


def carried(command: Command) -> set[str]:
    listed = command("resource", "list", "--json").json["Resources"]
    return {row["CertIdentifier"] for row in listed if row["Product"] == "CDN"}


def test_what_would_be_put_back_is_shown_and_nobody_to_ask_is_a_refusal(
    informed: Command, job: str, cloud: Cloud
) -> None:
    ran = informed("job", "rollback", job)

    assert ran.code == 2
    assert f"{RENEWED} → {SHOP}" in ran.out
    assert "--yes" in ran.err
    assert set(statuses(informed, job).values()) == {"success"}


def test_what_was_before_comes_back(informed: Command, job: str, functions: Callable[[int], None]) -> None:
    assert carried(informed) == {f"{RENEWED}-cn-hangzhou"}

    ran = informed("job", "rollback", job, "--yes")
    functions(int(job))

    assert ran.code == 0
    assert "it runs as soon as `certdeploy serve` does" in ran.err
    assert set(statuses(informed, job).values()) == {"rollback_success"}
    assert carried(informed) == {f"{SHOP}-cn-hangzhou"}
    shown = informed("job", "show", job).out
    assert "2/2 rolled back" in shown
    assert f"{RENEWED} → {SHOP}" in shown


def test_only_the_slot_that_is_named_is_rolled_back(informed: Command, job: str) -> None:
    ran = informed("job", "rollback", job, "--slot", WWW, "--yes", "--json")

    assert ran.code == 0
    assert [row["Slot"] for row in ran.json["Rollback"]] == [WWW]
    assert statuses(informed, job) == {
        "www.example.com": "rollback",
        "bücher.example.com": "success",
    }


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--slot", "CDN/-/nope.example.com", "--yes"), 2, "no slot of job"),
        (("--yes", "--wait"), 2, "no `certdeploy serve` runs"),
    ],
)
def test_a_wrong_request_changes_nothing(
    informed: Command, job: str, arguments: tuple[str, ...], code: int, told: str
) -> None:
    ran = informed("job", "rollback", job, *arguments)

    assert (ran.code, told in ran.err) == (code, True), ran.err
    assert set(statuses(informed, job).values()) == {"success"}


def test_a_job_that_has_not_ended_or_is_not_there_is_told(informed: Command) -> None:
    draft = informed("job", "create", "--name", "x", "--certificate", str(RENEWED), "--draft", "--json").json

    ran = informed("job", "rollback", str(draft["Job"]["JobId"]), "--yes")

    assert (ran.code, "is editing" in ran.err) == (2, True)
    assert informed("job", "rollback", "7", "--yes").code == 5
