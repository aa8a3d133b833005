"""SAE alone: what its answers tell of rules, and what they leave open."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError, CloudUnavailableError
from tests.contract.answers import edit, put
from tests.contract.bench import Bench, bench
from tests.contract.cases import CERTIFICATES
from tests.contract.cases.sae import CASES

SAE = CASES[0]


@pytest.fixture
def it(server: Server) -> Bench:
    return bench(server, CloudProduct.SAE, SAE.estate, SAE.region)


def test_a_rule_without_certificate_reads_as_it_is_until_it_gets_one(server: Server) -> None:
    row = {"name": "bare", "region": SAE.region}
    it = bench(server, CloudProduct.SAE, {"certificates": CERTIFICATES, "sae": [row]}, SAE.region)
    (slot,) = it.slots().values()
    assert it.adapter.read(slot) == slot

    it.cloud.service("sae")._ingresses[0].certificates.append(it.estate.identifier("old"))

    assert it.adapter.read(slot) is None
    assert it.carried() == {"bare:443/default": "old"}


def test_a_rule_without_a_name_is_called_by_its_description(
    it: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless(answer: dict[str, Any]) -> None:
        put(answer, "Data.IngressList[].Name", "")
        put(answer, "Data.IngressList[].Description", "the shop")

    edit(monkeypatch, it.cloud, "ListIngresses", nameless)

    assert {slot.instance_name for slot in it.adapter.discover(it.region)} == {"the shop"}


def test_other_certificates_that_changed_their_places_are_told(
    it: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is the listener's default, so the order counts."""
    slot = it.slot(SAE.slot)

    def reordered(answer: dict[str, Any]) -> None:
        if it.count("UpdateIngress"):
            answer["Data"]["CertIds"] = ",".join(reversed(answer["Data"]["CertIds"].split(",")))

    edit(monkeypatch, it.cloud, "DescribeIngress", reordered)

    with pytest.raises(CloudRejectedError, match=r"SettingsLost: .* Entries: "):
        it.adapter.deploy(slot, it.certificate("new"))


@pytest.mark.parametrize("label", [SAE.slot, "mail:443/default"])
def test_what_is_in_place_is_not_put_back(it: Bench, label: str) -> None:
    slot = it.slot(label)

    it.adapter.restore(slot, it.certificate("old"))

    assert it.count("UpdateIngress") == 0


def test_a_list_that_ends_before_its_end_is_an_error(it: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(monkeypatch, it.cloud, "ListIngresses", lambda answer: answer["Data"].update(TotalSize=99))

    with pytest.raises(CloudUnavailableError, match=r"^ListIngresses: ListChanged: \d+ of 99 are shown \("):
        it.slots()


def test_a_rule_s_kind_says_which_of_its_fields_tells_its_certificates(
    it: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def both(answer: dict[str, Any]) -> None:
        for row in answer["Data"]["IngressList"]:
            if row.get("CertId"):
                row["CertIds"] = "1-cn-hangzhou"
            elif row.get("CertIds"):
                row["CertId"] = "1-cn-hangzhou"

    edit(monkeypatch, it.cloud, "ListIngresses", both)

    assert it.carried() == SAE.carried
