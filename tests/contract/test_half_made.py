"""An exchange of several calls that ends half way: what is put back, and what the worker says is off."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.jobs import WorkerResource
from shared.domain.states import WorkerStatus
from shared.services.rollback import to_roll_back
from shared.services.world import World
from tests.contract.answers import edit, take_out
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, IDENTIFIER, Case
from tests.contract.working import a_world, ask_for_rollback, carry_out, carry_out_all, planned
from tests.killing import Killing
from tests.meddling import Cut

W = WorkerStatus
LIST = "ListGatewayDomains"
DETACH, ATTACH = "DetachGatewayDomain", "AttachGatewayDomain"
PUT_BACK = "roll the job back, or"


@dataclass
class Account:
    """One slot of it is to be exchanged, by a worker."""

    case: Case
    bench: Bench
    world: World
    killing: Killing
    accept_outage: bool = False

    def planned(self, wanted: str = "new") -> None:
        planned(self.world, self.bench.slot(self.case.slot), IDENTIFIER[wanted])

    def cut_off_after(self, write: int) -> None:
        self.killing.begins(write)
        with pytest.raises(Cut):
            self.function()
        self.killing.begins()
        self.world.sleep(100)  # its lease runs out

    def function(self, *, refused: int = 0) -> WorkerResource:
        """It knows nothing but what is stored; its first writes are refused."""
        self.killing.refused = refused
        adapter = self.bench.adapter_with(seconds=0, accept_outage=self.accept_outage).adapter
        return carry_out(self.world, adapter)

    def rolled_back(self, *, refused: int = 0) -> WorkerResource:
        ask_for_rollback(self.world)
        self.killing.begins()
        return self.function(refused=refused)

    @property
    def as_before(self) -> bool:
        return self.bench.carried() == self.case.carried


def account(
    name: str, server: Server, folder: Path, patch: pytest.MonkeyPatch, **certificates: dict[str, Any]
) -> Account:
    """`certificates`: rows of the estate that are others than the case's."""
    case = next(case for case in CASES if case.name == name)
    estate = {**case.estate, "certificates": {**case.estate["certificates"], **certificates}}
    bench = new_bench(server, case.product, estate, case.region)
    return Account(case, bench, a_world(bench, server, folder / "state.db"), Killing(patch))


@pytest.fixture(params=["ALB", "NLB"])
def freed(
    request: pytest.FixtureRequest, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Account:
    """An additional certificate is taken off to become the default; the function is killed."""
    made = account(f"{request.param}-default", server, tmp_path, monkeypatch)
    made.planned("second")
    made.cut_off_after(1)
    return made


@pytest.fixture(params=["ALB", "NLB"])
def added(
    request: pytest.FixtureRequest, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Account:
    """The new certificate is beside the old one, which cannot be taken off."""
    made = account(f"{request.param}-additional", server, tmp_path, monkeypatch)
    made.planned()
    made.cut_off_after(1)
    return made


@pytest.fixture
def refusing(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    """A gateway that does not exchange certificates; an outage is accepted."""
    made = account("PAI", server, tmp_path, monkeypatch)
    made.bench.cloud.service("eas").replaces = False
    made.accept_outage = True
    made.planned()
    return made


def test_what_an_earlier_function_took_off_is_put_back_when_it_cannot_become_the_default(
    freed: Account,
) -> None:
    assert not freed.as_before

    worker = freed.function(refused=1)

    assert worker.status is W.ERROR
    assert freed.as_before
    assert PUT_BACK not in worker.reason


def test_what_cannot_be_put_back_is_named_and_a_rollback_makes_up_for_it(freed: Account) -> None:
    worker = freed.function(refused=2)
    lacks = f"the listener lacks {IDENTIFIER['second']}, an additional certificate before: {PUT_BACK} add it"
    assert worker.status is W.ERROR
    assert lacks in worker.reason

    worker = freed.rolled_back(refused=1)
    assert worker.status is W.ROLLBACK_ERROR
    assert lacks in worker.reason
    worker = freed.rolled_back()

    assert (worker.status, worker.reason) == (W.ROLLBACK_SUCCESS, "")
    assert freed.as_before


def test_a_listener_that_cannot_be_seen_may_lack_it(freed: Account) -> None:
    freed.bench.cloud.deny("*:ListListenerCertificates")

    worker = freed.function()

    assert worker.status is W.ERROR
    assert f"the listener may lack {IDENTIFIER['second']}, an additional" in worker.reason


def test_a_new_certificate_beside_the_old_one_is_told_and_taken_off_by_a_rollback(added: Account) -> None:
    worker = added.function(refused=1)
    assert worker.status is W.ERROR
    both = f"has both {IDENTIFIER['second']} and {IDENTIFIER['new']}: {PUT_BACK} take one off"
    assert both in worker.reason

    worker = added.rolled_back()

    assert (worker.status, worker.reason) == (W.ROLLBACK_SUCCESS, "")
    assert added.as_before


def test_a_new_certificate_that_several_slots_share_is_left_to_a_person_who_is_told_of_it(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = {"names": ["example.com", "*.example.com"], "key": "ecdsa-p256", "days": 100}
    made = account("ALB-additional", server, tmp_path, monkeypatch, other=same)
    made.planned()
    other = made.bench.slot("shop:443/additional/other")
    planned(made.world, other, IDENTIFIER["new"], 2)
    made.cut_off_after(1)
    made.killing.refused = 99
    carry_out_all(made.world, made.bench.adapter_with(seconds=0).adapter)
    for worker in made.world.workers.list(1):
        assert worker.status is W.ERROR
        made.world.workers.save(to_roll_back(worker, made.world.clock()))
    made.killing.begins()

    for worker in carry_out_all(made.world, made.bench.adapter_with(seconds=0).adapter):
        assert worker.status is W.ROLLBACK_ERROR
        assert "once, for several slots" in worker.reason
        assert f"; the listener has {IDENTIFIER['new']} beside it: take that off" in worker.reason


def test_a_certificate_that_was_there_before_the_job_is_not_taken_off_by_a_rollback(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another hand, after the discovery that the plan rests on."""
    made = account("ALB-additional", server, tmp_path, monkeypatch)
    made.planned()
    api, actions = made.bench.adapter.api, made.bench.adapter.actions
    slot = made.bench.slot(made.case.slot)
    params = {"ListenerId": slot.listener_id, "Certificates": [{"CertificateId": IDENTIFIER["new"]}]}
    add = actions["AssociateAdditionalCertificatesWithListener"]
    made.bench.client.call(api, add, params, region=made.bench.region)
    made.bench.settle(slot)
    before = made.bench.carried()
    made.killing.begins()
    worker = made.function(refused=1)
    assert (worker.status, made.killing.writes) == (W.ERROR, ["DissociateAdditionalCertificatesFromListener"])

    assert made.rolled_back().status is W.ROLLBACK_SUCCESS

    assert made.bench.carried() == before


def test_a_look_that_is_refused_between_detaching_and_attaching_is_made_again(refusing: Account) -> None:
    refusing.bench.cloud.faults.add(Fault(LIST, 403, "Forbidden", passing=2, times=2))

    worker = refusing.function()

    assert worker.status is W.SUCCESS, worker.reason
    assert refusing.killing.writes == [ATTACH, DETACH, ATTACH]


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("how", ["refused", "unreadable"])
def test_a_domain_that_cannot_be_seen_after_it_was_detached_is_attached_as_it_was(
    refusing: Account, monkeypatch: pytest.MonkeyPatch, killed: bool, how: str
) -> None:
    bench, blind = refusing.bench, [True]
    if killed:
        refusing.cut_off_after(2)

    def told(answer: dict[str, Any]) -> None:
        if blind and bench.count(DETACH):
            take_out(answer, "CustomDomains[].Type")

    if how == "refused":
        bench.cloud.faults.add(Fault(LIST, 403, "Forbidden", passing=0 if killed else 2, times=99))
    else:
        edit(monkeypatch, bench.cloud, LIST, told)

    worker = refusing.function()
    bench.cloud.faults.clear()
    blind.clear()

    assert refusing.as_before
    assert worker.status is W.ERROR
    assert "it was attached again with the certificate before, which cannot be seen" in worker.reason


def test_a_domain_that_is_off_and_can_neither_be_seen_nor_attached_is_told_and_put_back_by_a_rollback(
    refusing: Account,
) -> None:
    refusing.cut_off_after(2)
    refusing.bench.cloud.deny(f"*:{LIST}")
    worker = refusing.function(refused=1)

    own = IDENTIFIER["old"]
    assert worker.status is W.ERROR
    assert "its certificate before could not be put on again: " in worker.reason
    assert worker.reason.endswith(
        "; eas.example.com may be detached, and not served then:"
        f" roll the job back, or attach it with certificate {own} in the PAI console"
    )
    refusing.bench.cloud.denials.clear()
    assert refusing.rolled_back().status is W.ROLLBACK_SUCCESS
    assert refusing.as_before


def test_a_domain_that_is_off_and_cannot_be_attached_is_told(refusing: Account) -> None:
    refusing.cut_off_after(2)

    worker = refusing.function(refused=2)

    assert worker.status is W.ERROR
    assert "; eas.example.com is detached, so it is not served: roll the job back, or attach" in worker.reason


def test_a_domain_that_cannot_be_seen_and_is_attached_after_all_is_left_so(refusing: Account) -> None:
    refusing.cut_off_after(3)
    refusing.bench.cloud.deny(f"*:{LIST}")

    worker = refusing.function()

    assert worker.status is W.ERROR
    assert "it is attached, with which certificate cannot be seen" in worker.reason
    refusing.bench.cloud.denials.clear()
    assert refusing.bench.carried() == {**refusing.case.carried, refusing.case.slot: "new"}
