"""FC alone: no key is needed or leaks, two APIs list the same domain, regions without it."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudDeniedError, CloudRejectedError, CloudUnavailableError
from shared.products.kit.changes import Change
from shared.products.kit.found import Unread
from shared.products.kit.settings import changed
from tests.contract.answers import edit, take_out
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CERTIFICATES
from tests.contract.cases.fc import ESTATE

VERSIONS = {"fc": "www.example.com", "fc-open": "old.example.com"}
REGION = "cn-hangzhou"


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.FC, ESTATE, REGION)


def settings(bench: Bench, slot: CloudResource) -> dict[str, object]:
    domains = bench.cloud.service("fc").domains
    found = (d for d in domains if (d.name, d.region) == (slot.resource_id, slot.region))
    return dict(next(found).settings)


def test_settings_are_put_back_also_where_the_old_key_is_unknown(server: Server) -> None:
    certificates = {**CERTIFICATES, "foreign": {**CERTIFICATES["old"], "in_cas": False}}
    row = {"domain": "www.example.com", "region": REGION, "certificate": "foreign"}
    bench = new_bench(server, CloudProduct.FC, {"certificates": certificates, "fc": [row]}, REGION)
    slot = bench.slot("www.example.com")
    before = settings(bench, slot)
    assert slot.cert_identifier.startswith("sha256:")
    bench.cloud.service("fc").forgets = ("tlsConfig",)

    with pytest.raises(CloudRejectedError, match="the new one stays"):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert changed(before, settings(bench, slot)) == {}


SECRET = "s3cret-of-a-user"


def with_a_password(bench: Bench) -> CloudResource:
    """A domain whose visitors need one, which goes with the change."""
    service = bench.cloud.service("fc")
    service.domains[0].settings["authConfig"] = {"authType": "basic", "authInfo": SECRET}
    service.forgets = ("authConfig",)
    return bench.slot("www.example.com")


def test_a_password_that_was_lost_comes_back_and_is_told_by_nobody(bench: Bench) -> None:
    slot = with_a_password(bench)
    before = settings(bench, slot)

    with pytest.raises(CloudRejectedError, match=r"authConfig.authInfo: 'digest:.*so were they") as told:
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert changed(before, settings(bench, slot)) == {}
    assert SECRET not in str(told.value)


def test_a_password_that_another_function_saw_is_set_again_by_hand(bench: Bench) -> None:
    slot = with_a_password(bench)
    new = bench.certificate("new")
    (look,) = bench.adapter.look([Change(slot, new)])
    assert look is not None
    before = look.settings
    bench.adapter.advance([(Change(slot, new), look)])
    bench.adapter = bench.adapter_with(seconds=5)

    with pytest.raises(CloudRejectedError, match=r"by hand: authConfig.authInfo, authConfig.authType[ ,]"):
        bench.adapter.driven(Change(slot, new, begun=True, before=before))

    assert SECRET not in repr(before)
    assert bench.carried()["www.example.com"] == "old"


@pytest.mark.parametrize("service", VERSIONS)
def test_lists_without_order_that_are_told_in_another_are_no_lost_setting(
    bench: Bench, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = bench.slot(VERSIONS[service])
    bench.cloud.service("fc").domains[0].settings["corsConfig"]["allowOrigins"] = [
        "*.example.com",
        "*.example.org",
    ]

    def turn_round(answer: dict[str, Any]) -> None:
        if bench.count("UpdateCustomDomain"):
            answer["routeConfig"]["routes"][0]["methods"].reverse()
            answer.get("corsConfig", {}).get("allowOrigins", []).reverse()

    edit(monkeypatch, bench.cloud, "GetCustomDomain", turn_round)
    bench.deploy(slot, "new")

    assert bench.carried()[slot.resource_id] == "new"


def test_a_domain_that_both_apis_list_is_one_slot_of_3_0(bench: Bench) -> None:
    kinds = {label: slot.kind for label, slot in bench.slots().items()}

    assert kinds["both.example.com"] == "3.0"
    assert (kinds["www.example.com"], kinds["old.example.com"]) == ("3.0", "2.0")


def test_a_name_of_cas_that_fc_would_refuse_does_not_matter(bench: Bench) -> None:
    odd = bench.certificate("new").evolve(name="2026 *.example.com")

    bench.adapter.deploy(bench.slot("www.example.com"), odd)

    assert bench.carried()["www.example.com"] == "new"


@pytest.mark.parametrize("service", VERSIONS)
def test_no_key_is_in_what_is_logged_or_recorded(
    bench: Bench, service: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    slot = bench.slot(VERSIONS[service])
    bench.cloud.faults.add(Fault("UpdateCustomDomain", status=400, code="InvalidArgument", api=service))

    with pytest.raises(CloudRejectedError) as refused:
        bench.adapter.deploy(slot, bench.certificate("new"))
    bench.deploy(slot, "new")

    texts = [caplog.text, repr(bench.cloud.calls), str(refused.value), repr(bench.slots())]
    assert not any("PRIVATE" in text or "BEGIN" in text for text in texts)


def test_a_region_without_the_service_fails_alone_and_says_why(bench: Bench) -> None:
    not_enabled = "FC service is not enabled for current user."
    bench.cloud.faults.add(
        Fault("ListCustomDomains", 403, "AccessDenied", region="cn-beijing", api="fc", message=not_enabled)
    )

    with pytest.raises(CloudDeniedError, match=not_enabled):
        bench.slots("cn-beijing")
    assert bench.slots()


def test_an_account_without_2_0_has_its_domains_of_3_0(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    not_enabled = "FC service is not enabled for current user."
    bench.cloud.faults.add(
        Fault("ListCustomDomains", 403, "AccessDenied", api="fc-open", message=not_enabled)
    )

    assert set(bench.slots()) >= {"www.example.com", "both.example.com"}
    (record,) = [one for one in caplog.records if "2.0 is not enabled" in one.message]
    assert record.__dict__["region"] == REGION


def test_2_0_that_may_not_be_read_is_an_error(bench: Bench) -> None:
    bench.cloud.faults.add(Fault("ListCustomDomains", 403, "AccessDenied", api="fc-open"))

    with pytest.raises(CloudDeniedError):
        bench.slots()


def test_2_0_that_may_not_be_read_hides_no_domain_of_3_0(bench: Bench) -> None:
    bench.cloud.faults.add(Fault("ListCustomDomains", 403, "AccessDenied", api="fc-open"))

    found = list(bench.adapter.found(REGION))

    assert [one.what for one in found if isinstance(one, Unread)] == ["kind 2.0"]
    assert {one.kind for one in found if not isinstance(one, Unread)} == {"3.0"}


def test_a_domain_of_3_0_that_cannot_be_read_is_not_taken_for_one_of_2_0(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(
        monkeypatch,
        bench.cloud,
        "ListCustomDomains",
        lambda answer: [
            row.update(protocol=["odd"])
            for row in answer["customDomains"]
            if row["domainName"] == "both.example.com" and bench.cloud.calls[-1].api.lower() == "fc"
        ],
    )

    found = list(bench.adapter.found(REGION))

    assert "both.example.com" in {one.what for one in found if isinstance(one, Unread)}
    assert "both.example.com" not in {one.resource_id for one in found if not isinstance(one, Unread)}


def test_2_0_is_not_asked_where_it_never_was(bench: Bench) -> None:
    assert bench.slots("ap-southeast-7") == {}
    assert {call.api.lower() for call in bench.cloud.calls} == {"fc"}


def test_a_lost_connection_to_2_0_is_told_without_its_address(bench: Bench) -> None:
    bench.cloud.faults.add(Fault("ListCustomDomains", api="fc-open", drop=True, times=4))

    with pytest.raises(CloudUnavailableError) as lost:
        bench.slots()

    assert "http" not in str(lost.value)
    assert lost.value.__cause__ is None
    assert lost.value.__context__ is None or "http" not in str(lost.value.__context__)


def test_domains_that_are_left_out_are_none(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(monkeypatch, bench.cloud, "ListCustomDomains", lambda answer: take_out(answer, "customDomains"))

    assert bench.slots() == {}


def test_a_domain_that_cannot_be_read_hides_no_other(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = set(bench.slots())

    def spoil(answer: dict[str, Any]) -> None:
        for row in answer["customDomains"]:
            if row["domainName"] == "www.example.com":
                row["certConfig"] = ["odd"]

    edit(monkeypatch, bench.cloud, "ListCustomDomains", spoil)
    found = list(bench.adapter.found(REGION))

    assert {one.what for one in found if isinstance(one, Unread)} == {"www.example.com"}
    seen = {one.resource_id for one in found if not isinstance(one, Unread)}
    assert seen == whole - {"www.example.com"}
