"""What `make chaos` finds out after a run: each thing that does not hold is told."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from shared.domain.states import JobStatus, WorkerStatus
from shared.state.check import Finding
from tests.builders import a_job, a_worker
from tests.chaos.__main__ import OF_KILLS, status_of
from tests.chaos.checks import Meddled
from tests.unit.chaos_run import DONE, ELSEWHERE, PLACE, Run, a_message


@pytest.fixture
def run() -> Run:
    run = Run()
    assert run.told() == []
    return run


def test_a_success_that_is_not_served_is_told(run: Run) -> None:
    run.served[PLACE] = "old"

    assert run.told() == [f"{PLACE} serves 1-cn-hangzhou, not 7-cn-hangzhou: CDN/-/www.example.com success "]


def test_a_slot_of_no_plan_that_changed_is_told(run: Run) -> None:
    run.served[ELSEWHERE] = "new"

    assert run.told() == [f"{ELSEWHERE} serves 7-cn-hangzhou, not other: in no plan"]


def test_a_failure_is_true_where_the_old_one_is_served_and_nowhere_else(run: Run) -> None:
    run.workers = [a_worker(status=WorkerStatus.ERROR)]
    run.served[PLACE] = "old"
    assert run.told(calm=False) == []

    run.served[PLACE] = ""
    (told,) = run.told(calm=False)

    assert "serves nothing" in told
    assert run.told(Meddled(removed={PLACE}), calm=False) == []


def test_where_only_functions_are_killed_every_worker_succeeds_and_could_be_taken_back(run: Run) -> None:
    run.workers = [a_worker(status=WorkerStatus.ERROR, reason="why"), a_worker(status=WorkerStatus.SUCCESS)]

    assert run.told() == [
        "CDN/-/www.example.com is error: why",
        "CDN/-/www.example.com cannot go back: None is remembered",
    ]


def test_a_worker_and_a_job_that_are_open_are_told(run: Run) -> None:
    run.workers = [a_worker(status=WorkerStatus.PROCESSING)]
    run.job = a_job(status=JobStatus.PROCESSING)
    run.messages = []

    assert [told for told in run.told(calm=False) if "processing" in told] == [
        "CDN/-/www.example.com of job 1 is processing: ",
        "job 1 is processing",
    ]


def test_a_setting_that_was_lost_is_told(run: Run) -> None:
    run.http2 = False

    assert run.told() == ["cdn.http2 was True, is False"]


def test_a_write_is_made_once_more_at_most(run: Run) -> None:
    run.written["Cdn Set"] = 2
    assert run.told() == []

    run.written["Cdn Set"] = 3

    assert run.told() == ["Cdn Set: 3 times, at most 2 were to be expected"]


def test_an_end_is_told_once(run: Run) -> None:
    run.messages.append(a_message(id_="finished-1-again"))

    assert run.told() == ["2 messages of ends, of 1 jobs that have ended, came to /hook"]


def test_an_end_that_nobody_was_told_is_told(run: Run) -> None:
    run.messages = []

    told = "0 messages of ends, of 1 jobs that have ended, came to"
    assert run.told() == [f"{told} /hook", f"{told} /room"]


def test_an_end_whose_event_was_given_up_since_the_receiver_was_out_of_order_is_no_fault(run: Run) -> None:
    run.messages, run.given_up = [], ["notify_contacts"]
    assert run.told(calm=False) == []

    run.given_up = ["scan_expiry"]

    assert run.told(calm=False) == ["0 messages of ends, of 1 jobs that have ended, came to /hook"]


def test_a_message_that_comes_twice_is_told_unless_its_function_was_killed(run: Run) -> None:
    run.messages.append(a_message())
    assert run.told() == ["message finished-1 came 2 times to /hook"]
    assert run.told(calm=False) == [], "events come twice in a storm, and answers are lost"

    run.killed = ["deploy_cdn: after a call"]
    assert run.told() != []
    run.killed = ["notify_contacts: after a call"]

    assert run.told() == []


def test_what_a_contact_has_taken_is_not_sent_there_again(run: Run) -> None:
    run.messages.append(a_message("/room"))
    assert run.told(calm=False) == ["message finished-1 was taken 2 times by the contact"]

    run.messages[-1] = replace(run.messages[-1], trouble="receiver busy")

    assert run.told(calm=False) == []


def test_a_lease_of_nobody_is_told(run: Run) -> None:
    run.leases = ["CDN/-/www.example.com"]
    assert run.told() == ["leases were not let go: CDN/-/www.example.com"]

    run.killed = ["deploy_cdn: after a call"]

    assert run.told() == []


@pytest.mark.parametrize(
    ("table", "what", "told"),
    [
        ("resources", "the index row of 'a' is missing", True),
        ("resource_domains", "it leads to no slot of that name; readers pass it over", False),
        ("leases", "its function ended without letting go", False),
    ],
)
def test_a_state_that_does_not_fit_together_is_told(run: Run, table: str, what: str, told: bool) -> None:
    run.findings = [Finding(table=table, key="x", what=what)]

    assert run.told(calm=False) == ([f"{table} x: {what}"] if told else [])


@pytest.mark.parametrize("text", ["-----BEGIN PRIVATE KEY-----", "aMIGHAgEAMBMGb"])
def test_a_private_key_is_found(run: Run, text: str) -> None:
    run.state = text
    assert run.told() == ["the state: a private key (1 lines of it)"]

    run.state, run.log = "", text

    assert run.told() == ["the functions' log: a private key (1 lines of it)"]


def test_a_kind_of_fault_that_never_struck_fails_where_there_were_runs_enough() -> None:
    struck = Counter(dict.fromkeys(OF_KILLS, 3))
    assert status_of(OF_KILLS, struck, runs=20, broken=0) == 0

    del struck["after a call"]

    assert status_of(OF_KILLS, struck, runs=20, broken=0) == 1
    assert status_of(OF_KILLS, struck, runs=2, broken=0) == 0, "it had hardly a chance"


def test_runs_in_which_something_did_not_hold_fail_and_so_do_none() -> None:
    assert status_of((), Counter(), runs=2, broken=1) == 1
    assert status_of((), Counter(), runs=0, broken=0) == 1


def test_a_worker_that_was_not_told_where_clients_meet_its_slot_is_known_by_another_of_it(run: Run) -> None:
    """A job that was planned while that could not be read has served the place all the same."""
    blind = a_worker(**DONE, worker_id=2, cert_identifier="8-cn-hangzhou")
    blind = blind.evolve(resource=blind.resource.evolve(endpoint="", domains=()))
    run.workers.append(blind)
    run.served[PLACE] = "newest"

    assert run.told(calm=False) == []
