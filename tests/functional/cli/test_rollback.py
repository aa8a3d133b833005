"""A job rolled back by hand: shown, asked for, done by the functions, told."""

import io
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli.fc_api import serving
from cli.in_process import handler
from cli.running import Running, announced
from cli.session import session
from emulator.cloud import Cloud
from shared.runtime.handler import Invocation
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


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.long
@pytest.mark.parametrize(("answer", "code", "status"), [("y", 0, "rollback"), ("n", 1, "success")])
def test_a_person_at_the_terminal_is_asked(
    informed: Command, job: str, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, status: str
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(f"{answer}\n"))

    ran = informed("job", "rollback", job)

    assert (ran.code, "Restore 2 slots?" in ran.err) == (code, True)
    assert set(statuses(informed, job).values()) == {status}


@pytest.mark.long
def test_what_was_before_comes_back(informed: Command, job: str, functions: Callable[[int], None]) -> None:
    assert carried(informed) == {f"{RENEWED}-cn-hangzhou"}

    ran = informed("job", "rollback", job, "--yes")
    functions(int(job))

    assert ran.code == 0
    assert "the rollback starts as soon as `certdeploy serve` runs" in ran.err
    assert set(statuses(informed, job).values()) == {"rollback_success"}
    assert carried(informed) == {f"{SHOP}-cn-hangzhou"}
    shown = informed("job", "show", job).out
    assert "2/2 rolled back" in shown
    assert f"{RENEWED} → {SHOP}" in shown


class Serving:
    """Runs every function at once, as a `serve` does."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(8)
        self._runs: list[Future[str]] = []

    def invoke(self, name: str, payload: bytes, **how: Any) -> SimpleNamespace:
        context = Invocation(name, name, lambda: session().app())
        run = handler(name.removeprefix("certdeploy-"))
        self._runs.append(self._pool.submit(run, payload, context))
        return SimpleNamespace(status=202, body=b"", error_type=None)

    def finish(self) -> None:
        while self._runs:
            self._runs.pop(0).result()


@pytest.fixture
def served(job: str, tmp_path: Path) -> Iterator[None]:
    """A `serve` is found on the state."""
    here = Serving()
    with serving(here) as fc:
        found = Running(os.getpid(), fc.endpoint, fc.access_key_id, fc.access_key_secret)
        with announced(str(tmp_path / "state.db"), found):
            yield
            here.finish()


@pytest.mark.long
@pytest.mark.usefixtures("served")
def test_waiting_ends_with_the_job_as_it_is_then(informed: Command, job: str) -> None:
    ran = informed("job", "rollback", job, "--yes", "--wait")

    assert (ran.code, ran.out.count("rollback_success")) == (0, 2), ran.err
    again = informed("job", "rollback", job, "--yes", "--wait")
    assert (again.code, again.out.count("it is already rolled back")) == (0, 2)


@pytest.mark.long
@pytest.mark.usefixtures("served")
def test_waiting_for_what_cannot_be_put_back_ends_in_1(informed: Command, job: str, cloud: Cloud) -> None:
    cloud.deny("cdn:SetCdnDomainSSLCertificate", "www.example.com")

    ran = informed("job", "rollback", job, "--yes", "--wait", "--json")

    assert ran.code == 1
    assert sorted(w["Status"] for w in ran.json["Workers"]) == ["rollback_error", "rollback_success"]


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
        (("--slot", "CDN/-/nope.example.com", "--yes"), 2, "not a slot of job"),
        (("--yes", "--wait"), 2, "no `certdeploy serve` uses this state"),
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
