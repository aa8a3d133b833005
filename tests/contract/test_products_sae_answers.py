"""SAE alone: what its answers tell of rules, and what they leave open."""

from __future__ import annotations

import re
from typing import Any

import pytest

from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError, UnreadableAnswerError
from shared.products.kit.catalogue import NO_CATALOGUE
from shared.products.kit.found import Unread
from tests.contract.answers import edit, put, take_out
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CERTIFICATES
from tests.contract.cases.sae import CASES
from tests.contract.walk import told_by

SAE = CASES[0]


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.SAE, SAE.estate, SAE.region)


def test_a_rule_without_certificate_reads_as_it_is_until_it_gets_one(server: Server) -> None:
    row = {"name": "bare", "region": SAE.region}
    bench = new_bench(server, CloudProduct.SAE, {"certificates": CERTIFICATES, "sae": [row]}, SAE.region)
    (slot,) = bench.slots().values()
    assert bench.adapter.read(slot) == slot

    bench.cloud.service("sae")._ingresses[0].certificates.append(bench.estate.identifier("old"))

    assert bench.adapter.read(slot) is None
    assert bench.carried() == {"bare:443/default": "old"}


def test_a_rule_without_a_name_is_called_by_its_description(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless(answer: dict[str, Any]) -> None:
        put(answer, "Data.IngressList[].Name", "")
        put(answer, "Data.IngressList[].Description", "the shop")

    edit(monkeypatch, bench.cloud, "ListIngresses", nameless)

    assert {slot.instance_name for slot in bench.adapter.discover(bench.region)} == {"the shop"}


def test_other_certificates_that_changed_their_places_are_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is the listener's default, so the order counts."""
    slot = bench.slot(SAE.slot)

    def reordered(answer: dict[str, Any]) -> None:
        if bench.count("UpdateIngress"):
            answer["Data"]["CertIds"] = ",".join(reversed(answer["Data"]["CertIds"].split(",")))

    edit(monkeypatch, bench.cloud, "DescribeIngress", reordered)

    with pytest.raises(CloudRejectedError, match=r"SettingsLost: .* Entries: "):
        bench.adapter.deploy(slot, bench.certificate("new"))


@pytest.mark.parametrize("label", [SAE.slot, "mail:443/default"])
def test_what_is_in_place_is_not_put_back(bench: Bench, label: str) -> None:
    slot = bench.slot(label)

    bench.adapter.restore(slot, bench.certificate("old"))

    assert bench.count("UpdateIngress") == 0


def test_rules_that_are_promised_and_not_shown_are_told_beside_those_that_are(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(monkeypatch, bench.cloud, "ListIngresses", lambda answer: answer["Data"].update(TotalSize=99))

    slots, unread, error = told_by(bench.adapter.found(bench.region))

    assert (len(slots), error) == (len(SAE.carried), None)
    assert unread
    assert all(re.match(r"ListIngresses: ListChanged: \d+ of 99 are shown", str(o.error)) for o in unread)
    assert {one.what for one in unread} == {"cn-hangzhou", "cn-hangzhou:test"}


def test_a_total_that_is_too_low_hides_no_rule(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it is said with a page that is full."""
    edit(monkeypatch, bench.cloud, "ListIngresses", lambda answer: answer["Data"].update(TotalSize=1))
    bench.adapter.adapter.page_size = 1  # type: ignore[misc]

    assert bench.carried() == SAE.carried


def test_a_rule_s_kind_says_which_of_its_fields_tells_its_certificates(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def both(answer: dict[str, Any]) -> None:
        for row in answer["Data"]["IngressList"]:
            if row.get("CertId"):
                row["CertIds"] = "1-cn-hangzhou"
            elif row.get("CertIds"):
                row["CertId"] = "1-cn-hangzhou"

    edit(monkeypatch, bench.cloud, "ListIngresses", both)

    assert bench.carried() == SAE.carried


@pytest.mark.parametrize("label", ["shop:443/additional/old", "mail:443/default"])
def test_a_certificate_that_cas_does_not_have_any_more_goes_back_by_what_the_rule_calls_it(
    bench: Bench, label: str
) -> None:
    slot, before = bench.slot(label), bench.carried()
    adapter = bench.adapter.adapter
    bench.cloud.service("sae").forgets = ("RequestTimeout",)
    adapter._catalogue = NO_CATALOGUE

    with pytest.raises(CloudRejectedError, match=r"SettingsLost: .* was put back, and so were they"):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert bench.carried() == before


def test_a_rule_without_entries_gets_none(server: Server) -> None:
    """Only its owner can give it the first one."""
    row = {"name": "bare", "region": SAE.region}
    bench = new_bench(server, CloudProduct.SAE, {"certificates": CERTIFICATES, "sae": [row]}, SAE.region)

    with pytest.raises(CloudRejectedError, match="has no entry in its rule"):
        bench.adapter.deploy(bench.slots()["bare:443/default"], bench.certificate("new"))

    assert bench.count("UpdateIngress") == 0


def test_older_answers_without_a_total_are_read_page_by_page(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(monkeypatch, bench.cloud, "ListIngresses", lambda answer: answer["Data"].pop("TotalSize"))

    assert bench.carried() == SAE.carried


def test_older_answers_without_pages_are_read_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page is the whole list, without a total."""
    first: dict[str, Any] = {}

    def whole(answer: dict[str, Any]) -> None:
        del answer["Data"]["TotalSize"]
        rows = answer["Data"]["IngressList"]
        answer["Data"]["IngressList"] = first.setdefault(rows[0]["NamespaceId"] if rows else "", rows)

    edit(monkeypatch, bench.cloud, "ListIngresses", whole)
    bench.adapter.adapter.page_size = 4  # type: ignore[misc]

    assert bench.carried() == SAE.carried


def test_older_answers_tell_the_kind_of_load_balancer_as_slb_type(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def older(answer: dict[str, Any]) -> None:
        for row in answer["Data"]["IngressList"]:
            row["SlbType"] = row.pop("LoadBalanceType")

    edit(monkeypatch, bench.cloud, "ListIngresses", older)

    assert bench.carried() == SAE.carried


def test_a_rule_on_another_kind_of_load_balancer_is_told_and_the_others_go_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another(answer: dict[str, Any]) -> None:
        for row in answer["Data"]["IngressList"]:
            if row["Name"] == "shop":
                row["LoadBalanceType"] = "odd"

    edit(monkeypatch, bench.cloud, "ListIngresses", another)
    found = list(bench.adapter.found(bench.region))

    (unread,) = (one for one in found if isinstance(one, Unread))
    assert "alb or clb was expected, not 'odd'" in str(unread.error)
    assert len(found) == 1 + len([label for label in SAE.carried if not label.startswith("shop")])


@pytest.mark.parametrize("name", ["IngressList", "Data"])
def test_a_namespace_without_a_list_has_no_rule(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    edit(
        monkeypatch,
        bench.cloud,
        "ListIngresses",
        lambda answer: take_out(answer, "Data" if name == "Data" else "Data.IngressList"),
    )
    edit(monkeypatch, bench.cloud, "ListIngresses", lambda answer: take_out(answer, "Data.TotalSize"))

    assert bench.slots() == {}


def test_a_description_without_data_is_not_a_rule_that_is_gone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = bench.slot(SAE.slot)
    edit(monkeypatch, bench.cloud, "DescribeIngress", lambda answer: answer.update(Data=None))

    with pytest.raises(UnreadableAnswerError, match=r"^DescribeIngress: .*Data: it is empty"):
        bench.adapter.read(slot)


@pytest.mark.parametrize("label", [SAE.slot, "mail:443/default"])
def test_rules_for_requests_in_another_order_or_of_a_renamed_application_are_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, label: str
) -> None:
    slot = bench.slot(label)
    rows = [{"AppId": f"app-{n}", "AppName": "a", "Domain": f"{n}.example.com", "Path": "/"} for n in (1, 2)]

    def moved(answer: dict[str, Any]) -> None:
        after = bool(bench.count("UpdateIngress"))
        answer["Data"]["Rules"] = [{**row, "AppName": f"a{after}"} for row in rows[:: -1 if after else 1]]

    edit(monkeypatch, bench.cloud, "DescribeIngress", moved)

    bench.deploy(slot, "new")


def test_a_rule_for_requests_that_went_with_the_change_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = bench.slot(SAE.slot)
    rule = {"AppId": "app-1", "Domain": "a.example.com", "Path": "/"}

    def lost(answer: dict[str, Any]) -> None:
        answer["Data"]["Rules"] = [] if bench.count("UpdateIngress") else [rule]

    edit(monkeypatch, bench.cloud, "DescribeIngress", lost)

    with pytest.raises(CloudRejectedError, match=r"SettingsLost: .* by hand: Rules \("):
        bench.adapter.deploy(slot, bench.certificate("new"))
