"""What `make chaos` finds out after a run: each thing that does not hold is told."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.domain.jobs import Handshake, Verification
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus
from shared.products import supported_products
from shared.state.check import Finding, Looked
from tests.builders import NOW, a_job, a_worker
from tests.chaos.__main__ import OF_KILLS, status_of
from tests.chaos.checks import Clean, Meddled, violations
from tests.chaos.ground import Ground
from tests.chaos.places import Places
from tests.receiver import Message

PLACE = ("cdn", "www.example.com:443", "www.example.com")
ELSEWHERE = ("cdn", "www.example.org:443", "www.example.org")
BEFORE: Places = {PLACE: "old", ELSEWHERE: "other"}
CLEAN = Clean(BEFORE, {"cdn.http2": "True"}, Counter({"Cdn Set": 1}), {})
DONE = {"status": WorkerStatus.SUCCESS, "previous_cert_identifier": "1-cn-hangzhou"}


class Service:
    def __init__(self, **settings: object) -> None:
        self.__dict__.update(settings)


def a_message(target: str = "/hook", id_: str = "finished-1", raw: bytes = b"{}") -> Message:
    return Message("POST", {"x-certdeploy-id": id_}, raw, target)


class Run:
    """One in which everything held, until a test changes it."""

    def __init__(self) -> None:
        self.served: Places = {PLACE: "new", ELSEWHERE: "other"}
        self.job = a_job(status=JobStatus.SUCCESS, finish_announced=True)
        self.workers = [a_worker(**DONE)]
        self.messages = [a_message(), a_message("/room")]
        self.written = Counter({"Cdn Set": 1})
        self.http2 = True
        self.state = self.log = ""
        self.killed: list[str] = []
        self.given_up: list[str] = []
        self.findings: list[Finding] = []
        self.leases: list[str] = []
        self.products = supported_products()

    def told(self, meddled: Meddled | None = None, *, calm: bool = True) -> list[str]:
        world = SimpleNamespace(
            jobs=SimpleNamespace(list=lambda: [self.job], due=lambda now: []),
            workers=SimpleNamespace(list=lambda job_id: self.workers),
        )
        cloud: Any = SimpleNamespace(
            lock=nullcontext(), services={"cdn": Service(http2=self.http2)}, written=self.written, calls=[]
        )
        ground = SimpleNamespace(
            world=world,
            cloud=cloud,
            clock=lambda: NOW,
            served=lambda: self.served,
            products=self.products,
            old="1-cn-hangzhou",
            prints=lambda: {
                "1-cn-hangzhou": "old",
                "7-cn-hangzhou": "new",
                "8-cn-hangzhou": "newest",
                "6-cn-hangzhou": "between",
            },
            receiver=SimpleNamespace(messages=self.messages),
            platform=SimpleNamespace(sent=[], killed=self.killed, given_up=self.given_up),
            check=lambda: Looked(rows={}, findings=tuple(self.findings)),
            leases=lambda: self.leases,
            private=lambda: ["-----BEGIN\nMIGHAgEAMBMG\n-----END"],
            state_as_text=lambda: self.state,
            new_in_log=lambda: self.log,
        )
        return violations(cast(Ground, ground), CLEAN, meddled or Meddled(), calm=calm)


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


def test_what_somebody_put_there_is_no_fault_unless_a_success_was_proved_after_it(run: Run) -> None:
    run.served[PLACE] = "old"
    proof = Verification(read_back=True, handshake=Handshake.SERVED, at=NOW)
    run.workers = [a_worker(**DONE, verification=proof)]
    by_hand = Meddled(by_hand={PLACE: {"old": NOW}})
    assert run.told(by_hand) == []

    by_hand.by_hand[PLACE]["old"] -= timedelta(minutes=3)
    (told,) = run.told(by_hand)

    assert told.startswith("CDN/-/www.example.com is success of ")
    by_hand.jumped = True
    assert run.told(by_hand) == []


@pytest.mark.parametrize(("product", "true"), [(CloudProduct.CDN, False), (CloudProduct.AWS, True)])
def test_an_imported_certificate_of_aws_that_nothing_uses_any_more_needs_no_handshake(
    run: Run, product: CloudProduct, true: bool
) -> None:
    run.served[PLACE] = "old"
    slot = a_worker().resource.evolve(product=product)
    proof = Verification(read_back=True, handshake=Handshake.NOT_TRIED, at=NOW)
    run.workers = [a_worker(**DONE, resource=slot, verification=proof)]
    told = run.told(Meddled(by_hand={PLACE: {"old": NOW - timedelta(minutes=3)}}))

    assert (told == []) is true


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


def test_what_somebody_put_there_is_replaced_only_by_a_job_that_saw_it(run: Run) -> None:
    by_hand = Meddled(by_hand={PLACE: {"newest": NOW}})
    assert run.told(by_hand) == [f"{PLACE} was changed by hand, and written over by CDN/-/www.example.com"]

    by_hand.raced.add(PLACE)
    assert run.told(by_hand) == []
    by_hand.raced.clear()
    saw = run.workers[0].resource.evolve(cert_identifier="8-cn-hangzhou")
    run.workers = [a_worker(**{**DONE, "previous_cert_identifier": "8-cn-hangzhou"}, resource=saw)]

    assert run.told(by_hand) == []


def test_what_a_job_saw_that_somebody_put_there_may_be_replaced_by_a_later_one(run: Run) -> None:
    by_hand = Meddled(by_hand={PLACE: {"newest": NOW}})
    saw = run.workers[0].resource.evolve(cert_identifier="8-cn-hangzhou")
    run.workers += [a_worker(43, **{**DONE, "cert_identifier": "6-cn-hangzhou"}, resource=saw)]

    assert run.told(by_hand, calm=False) == []


def test_a_rule_is_written_to_its_listener_whatever_somebody_put_there(run: Run) -> None:
    rule = run.workers[0].resource.evolve(product=CloudProduct.SAE)
    run.workers = [a_worker(**DONE, resource=rule)]

    assert run.told(Meddled(by_hand={PLACE: {"newest": NOW}})) == []


def test_an_imported_certificate_of_aws_may_be_used_where_its_slot_does_not_tell(run: Run) -> None:
    place = ("aws", "d.cloudfront.net:443", "us.example.com")
    run.served[place] = "new"
    assert any("in no plan" in told for told in run.told())

    imported = run.workers[0].resource.evolve(product=CloudProduct.AWS)
    run.workers += [a_worker(43, **DONE, resource=imported)]

    assert any("in no plan" in told for told in run.told()), "nobody has given it another one"
    assert run.told(Meddled(by_hand={place: {"newest": NOW}})) == []


def test_what_carried_the_old_one_and_no_plan_took_up_is_told_where_all_products_are_looked_after(
    run: Run,
) -> None:
    run.workers = []
    run.served[PLACE] = "old"
    assert run.told() == [f"{PLACE} was left out of the plan"]

    run.products = run.products[1:]
    assert run.told() == []
