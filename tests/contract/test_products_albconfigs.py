"""ACK's AlbConfigs alone: listeners that move meanwhile, and who is the default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator.server import Server
from emulator.services.ack.cluster_kinds import ALBCONFIGS, Target
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError, NotYetEffectiveError
from shared.products.kit.changes import Change
from tests.contract.bench import Bench, new_bench
from tests.contract.cases.ack import ESTATE
from tests.contract.clusters import a_bench, before_the_patch, edit, shop, stored

FRONT = "shop/front:443/default"


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.ACK, ESTATE, "cn-hangzhou")


def listeners(bench: Bench, name: str = "front") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop(bench).store.get(Target(ALBCONFIGS, "", name))["spec"]["listeners"]
    return found


def albconfig(bench: Bench, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    edit(
        bench,
        lambda item: {**item, "spec": {**item["spec"], "listeners": change(item["spec"]["listeners"])}},
        Target(ALBCONFIGS, "", "front"),
    )


def test_a_listener_that_moved_meanwhile_is_found_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = bench.slot(FRONT)
    before_the_patch(monkeypatch, lambda: albconfig(bench, lambda rows: rows[1:]))

    bench.deploy(slot, "new")

    names = [bench.name_of(row["CertificateId"]) for row in listeners(bench)[0]["certificates"]]
    assert names == ["new", "other", "second"]
    assert bench.count("PatchAlbConfig", code="Invalid") == 1


def test_all_else_of_an_albconfig_stays(bench: Bench) -> None:
    before = listeners(bench)

    bench.deploy(bench.slot(FRONT), "new")

    after = listeners(bench)
    assert after[1].pop("certificates")[0].pop("CertificateId") == bench.estate.identifier("new")
    before[1] = {name: value for name, value in before[1].items() if name != "certificates"}
    assert after == before


def test_a_change_is_settled_when_the_controller_says_so(bench: Bench) -> None:
    bench.cloud.settle_s = 30
    slot = bench.slot(FRONT)
    assert bench.adapter.settled(slot)

    with pytest.raises(NotYetEffectiveError):
        bench.adapter_with(seconds=0.05).deploy(slot, bench.certificate("new"))

    assert bench.count("PatchAlbConfig") == 1
    assert not bench.adapter.settled(slot)


def test_a_certificate_that_the_listener_has_already_stands_there_once(bench: Bench) -> None:
    bench.deploy(bench.slot(FRONT), "second")

    assert {label: name for label, name in bench.carried().items() if label.startswith("shop/front:443")} == {
        FRONT: "second",
        "shop/front:443/additional/other": "other",
    }


def test_two_additional_certificates_may_become_one(bench: Bench) -> None:
    first, second = (bench.slot(f"shop/front:443/additional/{name}") for name in ("other", "second"))
    first = first.evolve(domains=second.domains)

    bench.deploy(first, "new")
    bench.deploy(second, "new")

    assert {label for label in bench.slots() if label.startswith("shop/front:443")} == {
        FRONT,
        "shop/front:443/additional/new",
    }


def test_all_slots_of_a_listener_are_exchanged_by_a_look_and_a_patch_each(bench: Bench) -> None:
    labels = (FRONT, "shop/front:443/additional/other", "shop/front:443/additional/second")
    slots = [bench.slot(label) for label in labels]
    new = bench.certificate("new")
    bench.cloud.calls.clear()

    bench.adapter.driven(*(Change(slot.evolve(domains=slots[0].domains), new) for slot in slots))

    assert {name for label, name in bench.carried().items() if label.startswith("shop/front:443")} == {"new"}
    assert bench.count("PatchAlbConfig") == len(slots)
    assert bench.count("GetCertificateDetail") == 1


def test_the_default_of_newer_controllers_is_the_default(bench: Bench) -> None:
    own = {"kind": "CertIdentifier", "certificateId": bench.estate.identifier("old")}
    others = [{"CertificateId": bench.estate.identifier("other")}]
    row = {"port": 443, "protocol": "HTTPS", "defaultCertificate": own, "certificates": others}
    albconfig(bench, lambda rows: [row])

    bench.deploy(bench.slot(FRONT), "new")

    assert {label: name for label, name in bench.carried().items() if label.startswith("shop/front")} == {
        FRONT: "new",
        "shop/front:443/additional/other": "other",
    }
    assert listeners(bench)[0]["defaultCertificate"]["kind"] == "CertIdentifier"


def test_without_a_mark_the_first_certificate_is_the_default(bench: Bench) -> None:
    identifiers = [bench.estate.identifier(name) for name in ("other", "old")]
    rows = [{"CertificateId": identifier} for identifier in identifiers]
    albconfig(bench, lambda _: [{"port": 443, "protocol": "HTTPS", "certificates": rows}])

    assert bench.carried()[FRONT] == "other"
    assert bench.carried()["shop/front:443/additional/old"] == "old"


def front(server: Server, *certificates: dict[str, Any], **more: Any) -> Bench:
    """One AlbConfig whose listener 443 has just these entries."""
    bench = a_bench(server, albconfigs=[{"name": "front", "listeners": [{"port": 443, "default": "old"}]}])
    listener = {"port": 443, "protocol": "HTTPS", "certificates": list(certificates), **more}
    edit(
        bench,
        lambda item: {**item, "spec": {**item["spec"], "listeners": [listener]}},
        Target(ALBCONFIGS, "", "front"),
    )
    return bench


@pytest.mark.parametrize(
    "marks", [(False, True), (None, True), (True, True)], ids=["the other", "only the other", "both"]
)
def test_marks_that_name_another_default_than_the_first_entry_are_refused(
    server: Server, marks: tuple[bool | None, bool]
) -> None:
    """The controller takes the first, whatever is marked."""
    bench = a_bench(server)
    identifiers = [bench.estate.identifier(name) for name in ("other", "old")]
    rows = [
        {"CertificateId": one} | ({} if mark is None else {"IsDefault": mark})
        for one, mark in zip(identifiers, marks, strict=True)
    ]
    bench = front(server, *rows)

    assert bench.carried() == {FRONT: "other", "shop/front:443/additional/old": "old"}
    slot = bench.slot(FRONT)
    assert "the controller takes the first" in slot.obstacle
    with pytest.raises(
        CloudRejectedError, match="PatchAlbConfig: NotDeployable: an entry other than the first"
    ):
        bench.adapter.deploy(slot, bench.certificate("other-too"))
    assert bench.count("PatchAlbConfig") == 0


def test_an_entry_without_a_certificate_before_the_others_is_refused(server: Server) -> None:
    bench = a_bench(server)
    bench = front(server, {"IsDefault": True}, {"CertificateId": bench.estate.identifier("old")})

    assert bench.carried() == {FRONT: "old"}
    assert bench.slot(FRONT).obstacle


@pytest.mark.parametrize("status", ["Associated", "Associating"])
def test_alb_itself_is_asked_where_the_status_tells_no_certificates(
    server: Server, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    """As of QUIC."""
    bench = a_bench(server)
    old, new = bench.estate.identifier("old"), bench.estate.identifier("new")
    bench = front(server, {"CertificateId": old}, protocol="QUIC")
    (slot,) = bench.slots().values()
    slot = slot.evolve(domains=bench.certificate("new").names)
    alb = bench.cloud.service("alb")
    listener = {"ListenerId": "lsn-1", "ListenerPort": 443, "ListenerProtocol": "QUIC"}
    row = {"CertificateId": new, "IsDefault": True, "Status": status}
    monkeypatch.setattr(alb, "ListListeners", lambda call: {"Listeners": [listener]})
    monkeypatch.setattr(alb, "ListListenerCertificates", lambda call: {"Certificates": [row]})
    adapter = bench.adapter_with(seconds=10 if status == "Associated" else 0.4)

    if status == "Associated":
        adapter.deploy(slot, bench.certificate("new"))
    else:
        with pytest.raises(NotYetEffectiveError):
            adapter.deploy(slot, bench.certificate("new"))

    (asked,) = {
        str(call.params["LoadBalancerIds"]) for call in bench.cloud.calls if call.action == "ListListeners"
    }
    assert "alb-" in asked


def test_a_certificate_that_stands_on_a_listener_twice_is_one_slot_by_its_first_place(server: Server) -> None:
    bench = a_bench(server)
    old, other = ({"CertificateId": bench.estate.identifier(name)} for name in ("old", "other"))
    bench = front(server, old, other, old, other)

    assert bench.carried() == {"shop/front:443/default": "old", "shop/front:443/additional/other": "other"}
    bench.deploy(bench.slot("shop/front:443/default"), "new")
    assert bench.name_of(listeners(bench)[0]["certificates"][0]["CertificateId"]) == "new"


@pytest.mark.parametrize("listeners", [None, [], [{"port": 443}], [{"port": 80, "protocol": "HTTP"}]])
def test_an_albconfig_without_https_listeners_has_no_slots(server: Server, listeners: Any) -> None:
    bench = front(server)
    spec = {"listeners": listeners}
    edit(bench, lambda item: {**item, "spec": spec}, Target(ALBCONFIGS, "", "front"))

    assert bench.slots() == {}


def test_a_listener_is_settled_when_its_status_shows_all_certificates_and_the_default(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The controller stands still meanwhile."""
    listener = {"port": 443, "default": "old", "additional": ["other"]}
    bench = a_bench(server, albconfigs=[{"name": "front", "listeners": [listener]}])
    slot = bench.slot("shop/front:443/default")
    status = stored(bench, ALBCONFIGS, "", "front")["status"]["loadBalancer"]
    monkeypatch.setattr(shop(bench), "reconcile", lambda *_: None)
    (row,) = status["listeners"]
    rows = row["certificates"]

    for certificates, settled in (
        (rows, True),
        ([*rows, {"certificateId": "7-cn-hangzhou", "isDefault": False}], True),
        ([one for one in rows if one["isDefault"]], False),
        ([{**one, "isDefault": False} for one in rows], False),
        ([{"certificateId": one["certificateId"]} for one in rows], False),
        (None, False),
    ):
        status["listeners"] = [{**row, "portAndProtocol": "80/HTTP"}, {**row, "certificates": certificates}]
        assert bench.adapter.settled(slot) is settled
    status["listeners"] = []
    assert not bench.adapter.settled(slot)


def test_an_albconfig_gets_no_certificate_that_cas_does_not_have(server: Server) -> None:
    bench = front(server, {"CertificateId": "1-cn-hangzhou"})
    (slot,) = bench.slots().values()
    slot = slot.evolve(domains=bench.certificate("new").names)

    with pytest.raises(CloudRejectedError, match=r"^PatchAlbConfig: NotFound\.Certificate: "):
        bench.adapter.deploy(slot, bench.certificate("new").evolve(cert_id=2))

    assert bench.count("PatchAlbConfig") == 0


def test_an_additional_certificate_that_stands_there_twice_is_exchanged_once(server: Server) -> None:
    bench = a_bench(server)
    old, other = ({"CertificateId": bench.estate.identifier(name)} for name in ("old", "other"))
    bench = front(server, old, other, other)

    bench.deploy(bench.slot("shop/front:443/additional/other"), "other-too")

    names = [bench.name_of(row["CertificateId"]) for row in listeners(bench)[0]["certificates"]]
    assert names == ["old", "other-too"]
