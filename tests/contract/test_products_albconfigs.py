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
from tests.contract.bench import Bench, bench
from tests.contract.cases.ack import ESTATE
from tests.contract.clusters import a_bench, before_the_patch, edit, shop, stored

FRONT = "shop/front:443/default"


@pytest.fixture
def it(server: Server) -> Bench:
    return bench(server, CloudProduct.ACK, ESTATE, "cn-hangzhou")


def listeners(it: Bench, name: str = "front") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop(it).store.get(Target(ALBCONFIGS, "", name))["spec"]["listeners"]
    return found


def albconfig(it: Bench, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    edit(
        it,
        lambda item: {**item, "spec": {**item["spec"], "listeners": change(item["spec"]["listeners"])}},
        Target(ALBCONFIGS, "", "front"),
    )


def test_a_listener_that_moved_meanwhile_is_found_again(it: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    slot = it.slot(FRONT)
    before_the_patch(monkeypatch, lambda: albconfig(it, lambda rows: rows[1:]))

    it.deploy(slot, "new")

    names = [it.name_of(row["CertificateId"]) for row in listeners(it)[0]["certificates"]]
    assert names == ["new", "other", "second"]
    assert it.count("PatchAlbConfig", code="Invalid") == 1


def test_all_else_of_an_albconfig_stays(it: Bench) -> None:
    before = listeners(it)

    it.deploy(it.slot(FRONT), "new")

    after = listeners(it)
    assert after[1].pop("certificates")[0].pop("CertificateId") == it.estate.identifier("new")
    before[1] = {name: value for name, value in before[1].items() if name != "certificates"}
    assert after == before


def test_a_change_is_settled_when_the_controller_says_so(it: Bench) -> None:
    it.cloud.settle_s = 30
    slot = it.slot(FRONT)
    assert it.adapter.settled(slot)

    with pytest.raises(NotYetEffectiveError):
        it.adapter_with(seconds=0.05).deploy(slot, it.certificate("new"))

    assert it.count("PatchAlbConfig") == 1
    assert not it.adapter.settled(slot)


def test_a_certificate_that_the_listener_has_already_stands_there_once(it: Bench) -> None:
    it.deploy(it.slot(FRONT), "second")

    assert {label: name for label, name in it.carried().items() if label.startswith("shop/front:443")} == {
        FRONT: "second",
        "shop/front:443/additional/other": "other",
    }


def test_two_additional_certificates_may_become_one(it: Bench) -> None:
    first, second = (it.slot(f"shop/front:443/additional/{name}") for name in ("other", "second"))
    first = first.evolve(domains=second.domains)

    it.deploy(first, "new")
    it.deploy(second, "new")

    assert {label for label in it.slots() if label.startswith("shop/front:443")} == {
        FRONT,
        "shop/front:443/additional/new",
    }


def test_all_slots_of_a_listener_are_exchanged_by_a_look_and_a_patch_each(it: Bench) -> None:
    labels = (FRONT, "shop/front:443/additional/other", "shop/front:443/additional/second")
    slots = [it.slot(label) for label in labels]
    new = it.certificate("new")
    it.cloud.calls.clear()

    it.adapter.driven(*(Change(slot.evolve(domains=slots[0].domains), new) for slot in slots))

    assert {name for label, name in it.carried().items() if label.startswith("shop/front:443")} == {"new"}
    assert it.count("PatchAlbConfig") == len(slots)
    assert it.count("GetCertificateDetail") == 1


def test_the_default_of_newer_controllers_is_the_default(it: Bench) -> None:
    own = {"kind": "CertIdentifier", "certificateId": it.estate.identifier("old")}
    others = [{"CertificateId": it.estate.identifier("other")}]
    row = {"port": 443, "protocol": "HTTPS", "defaultCertificate": own, "certificates": others}
    albconfig(it, lambda rows: [row])

    it.deploy(it.slot(FRONT), "new")

    assert {label: name for label, name in it.carried().items() if label.startswith("shop/front")} == {
        FRONT: "new",
        "shop/front:443/additional/other": "other",
    }
    assert listeners(it)[0]["defaultCertificate"]["kind"] == "CertIdentifier"


def test_without_a_mark_the_first_certificate_is_the_default(it: Bench) -> None:
    identifiers = [it.estate.identifier(name) for name in ("other", "old")]
    rows = [{"CertificateId": identifier} for identifier in identifiers]
    albconfig(it, lambda _: [{"port": 443, "protocol": "HTTPS", "certificates": rows}])

    assert it.carried()[FRONT] == "other"
    assert it.carried()["shop/front:443/additional/old"] == "old"


def front(server: Server, *certificates: dict[str, Any], **more: Any) -> Bench:
    """One AlbConfig whose listener 443 has just these entries."""
    it = a_bench(server, albconfigs=[{"name": "front", "listeners": [{"port": 443, "default": "old"}]}])
    listener = {"port": 443, "protocol": "HTTPS", "certificates": list(certificates), **more}
    edit(
        it,
        lambda item: {**item, "spec": {**item["spec"], "listeners": [listener]}},
        Target(ALBCONFIGS, "", "front"),
    )
    return it


def test_the_entry_that_is_marked_is_the_default_and_an_empty_one_is_none(server: Server) -> None:
    it = a_bench(server)
    old, other = it.estate.identifier("old"), it.estate.identifier("other")
    it = front(
        server, {"IsDefault": False}, {"CertificateId": other}, {"CertificateId": old, "IsDefault": True}
    )

    assert it.carried() == {"shop/front:443/default": "old", "shop/front:443/additional/other": "other"}
    it.deploy(it.slot("shop/front:443/default"), "new")
    assert it.carried() == {"shop/front:443/default": "new", "shop/front:443/additional/other": "other"}


def test_a_certificate_that_stands_on_a_listener_twice_is_one_slot_by_its_first_place(server: Server) -> None:
    it = a_bench(server)
    old, other = ({"CertificateId": it.estate.identifier(name)} for name in ("old", "other"))
    it = front(server, old, other, old, other)

    assert it.carried() == {"shop/front:443/default": "old", "shop/front:443/additional/other": "other"}
    it.deploy(it.slot("shop/front:443/default"), "new")
    assert it.name_of(listeners(it)[0]["certificates"][0]["CertificateId"]) == "new"


@pytest.mark.parametrize("listeners", [None, [], [{"port": 443}], [{"port": 80, "protocol": "HTTP"}]])
def test_an_albconfig_without_https_listeners_has_no_slots(server: Server, listeners: Any) -> None:
    it = front(server)
    spec = {"listeners": listeners}
    edit(it, lambda item: {**item, "spec": spec}, Target(ALBCONFIGS, "", "front"))

    assert it.slots() == {}


def test_a_listener_is_settled_when_its_status_shows_all_certificates_and_the_default(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The controller stands still meanwhile."""
    listener = {"port": 443, "default": "old", "additional": ["other"]}
    it = a_bench(server, albconfigs=[{"name": "front", "listeners": [listener]}])
    slot = it.slot("shop/front:443/default")
    status = stored(it, ALBCONFIGS, "", "front")["status"]["loadBalancer"]
    monkeypatch.setattr(shop(it), "reconcile", lambda *_: None)
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
        assert it.adapter.settled(slot) is settled
    status["listeners"] = []
    assert not it.adapter.settled(slot)


def test_an_albconfig_gets_no_certificate_that_cas_does_not_have(server: Server) -> None:
    it = front(server, {"CertificateId": "1-cn-hangzhou"})
    (slot,) = it.slots().values()
    slot = slot.evolve(domains=it.certificate("new").names)

    with pytest.raises(CloudRejectedError, match=r"^PatchAlbConfig: NotFound\.Certificate: "):
        it.adapter.deploy(slot, it.certificate("new").evolve(cert_id=2))

    assert it.count("PatchAlbConfig") == 0


def test_an_additional_certificate_that_stands_there_twice_is_exchanged_once(server: Server) -> None:
    it = a_bench(server)
    old, other = ({"CertificateId": it.estate.identifier(name)} for name in ("old", "other"))
    it = front(server, old, other, other)

    it.deploy(it.slot("shop/front:443/additional/other"), "other-too")

    names = [it.name_of(row["CertificateId"]) for row in listeners(it)[0]["certificates"]]
    assert names == ["old", "other-too"]
