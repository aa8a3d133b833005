"""ALB and NLB: the slots of a listener are exchanged together, by as few changes of it as they take."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.server import Server
from emulator.services.kit.settling import Settling
from shared.domain.resources import CloudProduct
from shared.errors import CloudError
from shared.products.kit.changes import Carries, Change
from shared.products.kit.exchange import End, Outcome
from tests.contract.answers import edit, put, stuck
from tests.contract.bench import Bench, certificates, new_bench

ADD, UPDATE = "AssociateAdditionalCertificatesWithListener", "UpdateListenerAttribute"
OLD = ("a", "b", "c", "d")  #: in service: the default, and additional ones
NEW = ("a2", "b2", "c2", "d2")
LISTENERS: list[dict[str, Any]] = [
    {"port": 443, "default": "a", "additional": [*OLD[1:], "other"]},
    {"port": 444, "default": "a"},
]


@pytest.fixture(params=[CloudProduct.ALB, CloudProduct.NLB])
def bench(request: pytest.FixtureRequest, server: Server) -> Bench:
    protocol = "HTTPS" if request.param is CloudProduct.ALB else "TCPSSL"
    listeners = [{**listener, "protocol": protocol} for listener in LISTENERS]
    row = {"name": "shop", "region": "cn-hangzhou", "listeners": listeners}
    names = certificates(*OLD, *NEW) | certificates("other", domain="example.net")
    return new_bench(
        server, request.param, {"certificates": names, request.param.value.lower(): [row]}, "cn-hangzhou"
    )


def exchanged(bench: Bench, wanted: dict[str, str]) -> list[Outcome]:
    """On the first listener, by the names of certificates: what is in service, and what is to be."""
    slots = {bench.name_of(slot.cert_identifier): slot for slot in bench.slots().values() if slot.port == 443}
    return bench.adapter.outcomes(
        *(Change(slots[old], bench.certificate(new)) for old, new in wanted.items())
    )


def jobs_asked_for(bench: Bench) -> int:
    return bench.count("ListAsynJobs") + bench.count("GetJobStatus")


def writes(bench: Bench) -> list[tuple[str, list[str]]]:
    """Each accepted change of the listener: its first word, and the certificates that it named."""
    found = []
    for call in bench.cloud.calls:
        listed = next((call.params[name] for name in _LISTS if name in call.params), None)
        if listed and call.action != "ListListenerCertificates" and not call.code:
            texts = [one["CertificateId"] if isinstance(one, dict) else one for one in listed]
            word = call.action.partition("Listener")[0].partition("Additional")[0]
            found.append(
                (word.replace("Disassociate", "Dissociate"), [bench.name_of(text) for text in texts])
            )
    return found


_LISTS = ("Certificates", "CertificateIds", "AdditionalCertificateIds")


def in_service(bench: Bench) -> tuple[str, set[str]]:
    """The first listener's default certificate, and its additional ones that are not `other`."""
    found = {label: name for label, name in bench.carried().items() if label.startswith("shop:443/")}
    default = found.pop("shop:443/default")
    return default, set(found.values()) - {"other"}


def test_all_certificates_of_a_listener_are_exchanged_by_three_changes(bench: Bench) -> None:
    outcomes = exchanged(bench, dict(zip(OLD, NEW, strict=True)))

    assert {outcome.end for outcome in outcomes} == {End.DONE}
    assert writes(bench) == [
        ("Update", ["a2"]),
        ("Associate", ["b2", "c2", "d2"]),
        ("Dissociate", ["b", "c", "d"]),
    ]
    assert in_service(bench) == ("a2", {"b2", "c2", "d2"})
    assert [bench.name_of(o.look.slot.cert_identifier) for o in outcomes if o.look] == list(NEW)
    assert {call.code for call in bench.cloud.calls} == {""}, "a call met the busy listener"
    assert jobs_asked_for(bench) == 0, "the listener showed it"


def test_what_one_certificate_replaces_is_taken_off_when_that_is_the_default(bench: Bench) -> None:
    exchanged(bench, dict.fromkeys(OLD, "a2"))

    assert writes(bench) == [("Update", ["a2"]), ("Dissociate", ["b", "c", "d"])]
    assert in_service(bench) == ("a2", set())


def test_a_certificate_that_several_additional_slots_get_is_added_once(bench: Bench) -> None:
    exchanged(bench, dict.fromkeys(OLD[1:], "a2"))

    assert writes(bench) == [("Associate", ["a2"]), ("Dissociate", ["b", "c", "d"])]


def test_no_call_names_more_certificates_than_it_takes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(bench.adapter.adapter), "most_per_call", 2)
    monkeypatch.setattr(type(bench.cloud.service(bench.product.value.lower())), "most_per_call", 2)

    exchanged(bench, dict(zip(OLD, NEW, strict=True)))

    assert [len(names) for _, names in writes(bench)] == [1, 2, 1, 2, 1]
    assert in_service(bench) == ("a2", {"b2", "c2", "d2"})


def test_where_all_new_ones_find_no_room_beside_the_old_ones_each_is_exchanged_alone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = bench.cloud.service(bench.product.value.lower())
    monkeypatch.setattr(service, "quota", lambda balancer: 5)  # one more than there are

    outcomes = exchanged(bench, dict(zip(OLD[1:], NEW[1:], strict=True)))

    assert {outcome.end for outcome in outcomes} == {End.DONE}
    assert [names for _, names in writes(bench)] == [["b2"], ["b"], ["c2"], ["c"], ["d2"], ["d"]]


def test_a_certificate_that_is_refused_hinders_no_other(bench: Bench) -> None:
    unknown = bench.certificate("c2").evolve(cert_id=1)
    slots = {name: bench.slot(f"shop:443/additional/{name}") for name in OLD[1:]}
    wanted = {"b": bench.certificate("b2"), "c": unknown, "d": bench.certificate("d2")}

    outcomes = bench.adapter.outcomes(*(Change(slots[name], new) for name, new in wanted.items()))

    assert [outcome.end for outcome in outcomes] == [End.DONE, End.FAILED, End.DONE]
    assert in_service(bench) == ("a", {"b2", "c", "d2"})


def test_an_old_certificate_that_another_slot_is_to_have_stays(bench: Bench) -> None:
    """Whichever of the two is looked at first."""
    outcomes = exchanged(bench, {"b": "b2", "c": "b", "d": "a2"})

    assert {outcome.end for outcome in outcomes} == {End.DONE}
    assert in_service(bench) == ("a", {"b2", "b", "a2"})
    assert writes(bench) == [("Associate", ["b2", "a2"]), ("Dissociate", ["c", "d"])]


@pytest.mark.ordinary_answers("only a job that is named can be asked for")
def test_a_change_that_fails_in_the_end_is_told_of_the_slots_that_it_was_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once; what else waits for the listener is gone on with."""
    monkeypatch.setattr(type(bench.adapter.adapter), "most_per_call", 2)
    it_fails(bench, monkeypatch, hidden=monkeypatch)

    outcomes = exchanged(bench, dict(zip(OLD, NEW, strict=True)))

    assert [outcome.end for outcome in outcomes] == [End.DONE, End.FAILED, End.FAILED, End.DONE]
    for outcome in outcomes[1:3]:
        assert isinstance(outcome.error, CloudError)
        assert (outcome.error.action, outcome.error.cloud_code) == (ADD, "Failed")
    assert jobs_asked_for(bench) == 1


@pytest.mark.ordinary_answers("only a job that is named can be asked for")
def test_a_change_that_failed_is_made_anew_by_the_next_try(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {"b": "b2", "c": "c2"}
    with monkeypatch.context() as patch:
        it_fails(bench, monkeypatch, hidden=patch)
        exchanged(bench, wanted)
    listener = bench.cloud.service(bench.product.value.lower())._balancers[0].listeners[0]
    failed = {bench.estate.identifier(name) for name in wanted.values()}
    listener.certificates = Settling(listener.certificates.value.without(failed))

    assert {outcome.end for outcome in exchanged(bench, wanted)} == {End.DONE}
    assert in_service(bench) == ("a", {"b2", "c2", "d"})


def it_fails(bench: Bench, patch: pytest.MonkeyPatch, hidden: pytest.MonkeyPatch) -> None:
    """The job that is to add b2 and c2, which are not shown meanwhile."""
    failing = {bench.estate.identifier("b2"), bench.estate.identifier("c2")}

    def without(answer: dict[str, Any]) -> None:
        answer["Certificates"] = [
            row for row in answer["Certificates"] if row["CertificateId"] not in failing
        ]

    for action, path in (("ListAsynJobs", "Jobs[].Status"), ("GetJobStatus", "Status")):
        edit(patch, bench.cloud, action, lambda told, path=path: put(told, path, "Failed"))
    edit(hidden, bench.cloud, "ListListenerCertificates", without)


def test_a_listener_that_does_not_show_a_change_whose_job_cannot_be_asked_for_is_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers have come without the job."""
    edit(monkeypatch, bench.cloud, UPDATE, lambda answer: answer.pop("JobId"))
    stuck(
        monkeypatch,
        bench.cloud,
        "ListListenerCertificates",
        until=lambda: bench.count("ListListenerCertificates") > 6,
    )

    (outcome,) = exchanged(bench, {"a": "a2"})

    assert outcome.end is End.DONE
    assert jobs_asked_for(bench) == 0
    assert bench.count(UPDATE) == 1


def test_a_listener_that_its_list_does_not_have_is_busy_and_not_gone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = bench.slot("shop:443/default")
    edit(monkeypatch, bench.cloud, "ListListeners", lambda answer: answer["Listeners"].clear())

    assert not bench.adapter.settled(slot)
    assert bench.adapter.read(slot) is not None


def test_a_listener_that_leaves_while_it_is_changed_is_gone(bench: Bench) -> None:
    slot = bench.slot("shop:443/default")
    bench.cloud.settle_s = 30
    going = bench.adapter.started(slot, bench.certificate("a2"))
    bench.cloud.service(bench.product.value.lower())._balancers[0].listeners.clear()

    with pytest.raises(StopIteration) as done:
        next(going)

    assert [outcome.end for outcome in done.value.value] == [End.GONE]


def test_what_is_not_there_while_somebody_else_changes_the_listener_is_not_gone_yet(bench: Bench) -> None:
    slot = bench.slot("shop:443/additional/b")
    params = {"ListenerId": slot.listener_id, "ListenerDescription": "touched"}
    bench.cloud.settle_s = 30
    bench.client.call(bench.adapter.api, bench.adapter.actions[UPDATE], params, region=bench.region)
    gone = slot.evolve(cert_identifier="7-cn-hangzhou")

    (look,) = bench.adapter.look([Change(gone, bench.certificate("b2"))])

    assert look is not None
    assert not look.settled


def test_a_listener_that_somebody_else_changes_tells_what_it_carries(bench: Bench) -> None:
    slot = bench.slot("shop:443/default")
    params = {"ListenerId": slot.listener_id, "ListenerDescription": "touched"}
    bench.cloud.settle_s = 30
    bench.client.call(bench.adapter.api, bench.adapter.actions[UPDATE], params, region=bench.region)

    (look,) = bench.adapter.look([Change(slot, bench.certificate("a2"))])

    assert (look.settled, look.carries, look.slot.cert_identifier) == (
        False,
        Carries.EXPECTED,
        bench.estate.identifier("a"),
    )


def test_a_state_that_was_read_for_another_listener_before_the_change_tells_nothing_after_it(
    bench: Bench,
) -> None:
    bench.cloud.settle_s = 30
    one = Change(bench.slot("shop:444/default"), bench.certificate("a2"))
    other = Change(bench.slot("shop:443/additional/b"), bench.certificate("c"))  # which is there: b goes
    adapter = bench.adapter.adapter
    adapter.look([one])
    (seen,) = adapter.look([other])
    for _ in range(2):  # it is told what was read for the other one, then asks anew
        adapter.look([one])

    adapter.advance([(other, seen)])

    (after,) = adapter.look([other])
    assert not after.settled


def test_listeners_in_work_are_asked_for_in_one_call(bench: Bench) -> None:
    changes = [Change(bench.slot(f"shop:{port}/default"), bench.certificate("a2")) for port in (443, 444)]
    for change in changes * 2:
        bench.adapter.look([change])

    named = [len(c.params["ListenerIds"]) for c in bench.cloud.calls if "ListenerIds" in c.params]
    assert named[-2:] == [2, 2]
    assert len(named) == 3, "the second listener was told what was read for the first one, too"
