"""PAI alone: a gateway that does not exchange certificates, both sides of the network, bare ids."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.edge import offered
from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudBusyError, CloudRejectedError, CloudUnavailableError, UnreadableAnswerError
from shared.products.kit.changes import Carries, Change
from shared.products.kit.exchange import End
from shared.products.kit.found import Unread
from tests.contract.answers import edit, put, take_out
from tests.contract.bench import Bench, new_bench
from tests.contract.cases.pai import CASES, ESTATE, gateway
from tests.contract.driven import Driven

PAI = CASES[0]
DETACH, ATTACH = "DetachGatewayDomain", "AttachGatewayDomain"


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.PAI, ESTATE, "cn-hangzhou")


@pytest.fixture
def refusing(bench: Bench) -> Bench:
    bench.cloud.service("eas").replaces = False
    return bench


def with_outage(bench: Bench) -> Driven:
    return bench.adapter_with(seconds=5, accept_outage=True)


def expected(slot: CloudResource, name: str) -> dict[str, str]:
    return {**PAI.carried, slot.resource_id: name}


def test_a_refused_exchange_says_that_an_outage_must_be_accepted(refusing: Bench) -> None:
    with pytest.raises(
        CloudRejectedError,
        match=r": it does not exchange certificates; accept a short outage in the job \(--accept-outage\) \(",
    ):
        refusing.adapter.deploy(refusing.slot(PAI.slot), refusing.certificate("new"))

    assert refusing.count(DETACH) == 0
    assert refusing.carried() == PAI.carried


@pytest.mark.parametrize(
    ("code", "message", "taken"),
    [
        ("DomainAlreadyAttached", "no", True),
        ("Duplicated.Domain", "no", True),
        ("DomainConflict", "no", True),
        ("Odd", "The domain exists.", True),
        ("Odd", "EXIST", True),
        ("CertificateNotExist", "no", False),
        ("Odd", "the certificate does not exist", False),
        ("Odd", "it doesn't exist", False),
        ("Odd", "no", False),
    ],
)
def test_only_a_refusal_because_the_domain_is_there_is_one_that_an_outage_gets_over(
    bench: Bench, code: str, message: str, taken: bool
) -> None:
    slot = bench.slot(PAI.slot)
    bench.cloud.faults.add(Fault(ATTACH, status=400, code=code, message=message))

    with pytest.raises(CloudRejectedError, match=rf"^{ATTACH}: {code}: ") as refused:
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert ("--accept-outage" in str(refused.value)) is taken
    assert (f": {message} (" in str(refused.value)) is not taken
    assert bench.carried() == PAI.carried


def test_an_accepted_outage_detaches_and_attaches_this_side_alone(refusing: Bench) -> None:
    slot = refusing.slot(PAI.slot)

    with_outage(refusing).deploy(slot, refusing.certificate("new"))

    assert refusing.carried() == expected(slot, "new")


def test_where_the_exchange_works_nothing_is_detached(bench: Bench) -> None:
    with_outage(bench).deploy(bench.slot(PAI.slot), bench.certificate("new"))

    assert bench.count(DETACH) == 0


def test_another_refusal_is_no_reason_to_detach(refusing: Bench) -> None:
    refusing.cloud.faults.add(Fault(ATTACH, 404, "CertificateNotFound", message="it does not exist"))

    with pytest.raises(CloudRejectedError, match="CertificateNotFound"):
        with_outage(refusing).deploy(refusing.slot(PAI.slot), refusing.certificate("new"))

    assert refusing.count(DETACH) == 0


def test_if_attaching_fails_after_detaching_the_old_certificate_is_back_at_once(refusing: Bench) -> None:
    slot, broken = refusing.slot(PAI.slot), refusing.certificate("new").evolve(cert_id=1)
    refusing.cloud.faults.add(Fault(ATTACH, 409, "DomainAlreadyExists"))

    with pytest.raises(CloudRejectedError, match="CertificateNotFound"):
        with_outage(refusing).deploy(slot, broken)

    assert refusing.count(DETACH) == 1
    assert refusing.carried() == PAI.carried


def test_a_detachment_whose_answer_is_lost_is_made_good_by_attaching_again(refusing: Bench) -> None:
    slot, adapter = refusing.slot(PAI.slot), with_outage(refusing)
    refusing.cloud.faults.add(Fault(DETACH, when="after"))

    adapter.deploy(slot, refusing.certificate("new"))

    assert refusing.carried() == expected(slot, "new")
    assert refusing.count(DETACH) == 1


def test_a_deployment_that_ended_while_detached_is_resumed(refusing: Bench) -> None:
    slot = refusing.slot(PAI.slot)
    domains = refusing.cloud.service("eas")._gateways[0].domains
    domains[:] = [d for d in domains if (d.name, d.type) != ("eas.example.com", "internet")]
    assert refusing.adapter.read(slot) is None

    refusing.adapter.driven(Change(slot, refusing.certificate("new"), begun=True))

    assert refusing.carried() == expected(slot, "new")


def test_a_domain_that_left_before_anything_was_begun_is_gone(refusing: Bench) -> None:
    slot = refusing.slot(PAI.slot)
    refusing.cloud.service("eas")._gateways[0].domains.clear()

    (outcome,) = with_outage(refusing).outcomes(Change(slot, refusing.certificate("new")))

    assert outcome.end is End.GONE
    assert refusing.count(ATTACH) == 0


def test_if_attaching_gets_no_answer_after_detaching_there_is_one_outage_only(refusing: Bench) -> None:
    """The old certificate is back; that it is tried again is for a later attempt."""
    slot = refusing.slot(PAI.slot)
    refusing.cloud.faults.add(Fault(ATTACH, passing=1))

    with pytest.raises(CloudBusyError, match="has its old certificate again"):
        with_outage(refusing).deploy(slot, refusing.certificate("new"))

    assert refusing.count(DETACH) == 1
    assert refusing.carried() == PAI.carried


def test_a_certificate_that_could_not_be_bound_before_is_exchanged_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = bench.slot(PAI.slot)

    def fail(answer: dict[str, Any]) -> None:
        if not bench.count(ATTACH):
            put(answer, "CustomDomains[].CertificateStatus", "BindFailed")

    edit(monkeypatch, bench.cloud, "ListGatewayDomains", fail)

    bench.adapter.deploy(slot, bench.certificate("new"))

    assert bench.carried() == expected(slot, "new")


def test_a_slot_of_each_domain_is_seen_by_one_call(bench: Bench) -> None:
    slots = [slot for slot in bench.slots().values() if slot.writer == bench.slot(PAI.slot).writer]
    new = bench.certificate("new")
    bench.cloud.calls.clear()

    looks = bench.adapter.look([Change(slot, new) for slot in slots])

    assert len(slots) > 1
    assert [look.carries for look in looks if look] == [Carries.EXPECTED] * len(slots)
    assert bench.count("ListGatewayDomains") == 1


def test_a_detachment_that_never_came_about_leaves_the_domain_as_it_is(refusing: Bench) -> None:
    refusing.cloud.faults.add(Fault(DETACH))

    with pytest.raises(CloudUnavailableError, match=f"^{DETACH}: "):
        with_outage(refusing).deploy(refusing.slot(PAI.slot), refusing.certificate("new"))

    assert refusing.count(ATTACH) == 1
    assert refusing.carried() == PAI.carried


def test_a_deployment_that_cannot_be_resumed_leaves_the_old_certificate(refusing: Bench) -> None:
    slot = refusing.slot(PAI.slot)
    domains = refusing.cloud.service("eas")._gateways[0].domains
    domains[:] = [d for d in domains if (d.name, d.type) != ("eas.example.com", "internet")]
    refusing.cloud.faults.add(Fault(ATTACH, status=400, code="Odd.Refusal"))

    with pytest.raises(CloudRejectedError, match=rf"^{ATTACH}: Odd\.Refusal: "):
        refusing.adapter.driven(Change(slot, refusing.certificate("new"), begun=True))

    assert refusing.carried() == PAI.carried


def test_a_gateway_that_is_gone_has_no_successors(bench: Bench) -> None:
    slot, new = bench.slot(PAI.slot), bench.certificate("new")
    bench.cloud.faults.add(Fault("ListGatewayDomains", status=404, code="GatewayNotFound"))

    assert bench.adapter.successor(slot, new) is None


def test_only_the_internet_side_can_be_met(bench: Bench) -> None:
    slots = bench.slots()
    public, private = slots[PAI.slot], slots[f"{gateway('models')}/eas.example.com/intranet"]

    assert private.endpoint == ""
    served = offered(bench.cloud, public.endpoint, "eas.example.com")
    assert served
    assert served[0].sha256.lower() == bench.estate.bundle("old", bench.cloud.clock()).sha256.lower()


def test_domains_that_are_left_out_are_none(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(monkeypatch, bench.cloud, "ListGatewayDomains", lambda answer: take_out(answer, "CustomDomains"))

    assert bench.slots() == {}


def test_a_row_that_cannot_be_told_is_not_taken_for_a_domain_that_left(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = bench.slot(PAI.slot)
    edit(monkeypatch, bench.cloud, "ListGatewayDomains", lambda a: take_out(a, "CustomDomains[].Type"))

    with pytest.raises(UnreadableAnswerError, match=r"CustomDomains.0.Type: it is missing"):
        bench.adapter.deploy(slot, bench.certificate("new"))
    assert bench.count(ATTACH) == 0


def test_a_gateway_that_cannot_be_read_hides_no_other(bench: Bench) -> None:
    bench.cloud.faults.add(Fault("ListGatewayDomains", status=403, code="Forbidden"))

    found = list(bench.adapter.found(bench.region))

    assert len([one for one in found if isinstance(one, Unread)]) == 1
    assert [one for one in found if not isinstance(one, Unread)]
