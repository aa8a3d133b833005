"""No certificate is exchanged at the cost of another setting: a row for each write that is compared."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.errors import CloudRejectedError
from shared.products.kit.changes import Change
from shared.products.kit.settings import changed
from tests.contract.answers import edit, put
from tests.contract.bench import new_bench
from tests.contract.cases import CASES, Case
from tests.contract.settings import ROWS, Row, a_bench, case_of
from tests.contract.store import stored


def up(value: Any) -> bool:
    """Whether a setting is told in any case: flags that are down may be left out."""
    return any(map(up, value.values())) if isinstance(value, dict) else bool(value)


each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.case)
#: Where settings can be set again, all of them are lost at once with an answer, in a test of their own.
LOST = [(row, "answer too") for row in ROWS] + [(row, "setting") for row in ROWS if row.by_hand]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_kind_of_slot_whose_settings_are_compared_has_a_row(server: Server, case: Case) -> None:
    """And no other has. AWS has a suite of its own."""
    bench = new_bench(server, case.product, case.estate, case.region)

    look = bench.adapter.seen(stored(bench, case), bench.certificate("new"))

    assert look is not None
    kind = case.name.removesuffix("-first")
    assert (look.settings is not None) == (kind in {row.case for row in ROWS})


@pytest.mark.parametrize(("row", "lost"), LOST, ids=lambda one: one.case if isinstance(one, Row) else one)
def test_a_setting_lost_with_the_change_is_told_and_never_a_success(
    server: Server, row: Row, lost: str
) -> None:
    (bench, held), case = a_bench(server, row), case_of(row)
    slot, before = stored(bench, case), held()
    if lost == "answer too":
        bench.cloud.faults.add(Fault(case.writes, when="after", drop=True))

    with pytest.raises(CloudRejectedError, match="SettingsLost") as told:
        bench.adapter.deploy(slot, bench.certificate("new"))

    begins = tuple(f"{action}: SettingsLost: {slot.slot}: " for action in (case.writes, "deploy"))
    assert str(told.value).startswith(begins)
    path = row.path or row.setting
    assert f"{path}: " in str(told.value)
    assert " → None" in str(told.value)
    assert (f"set again by hand: {path}" in str(told.value)) == row.by_hand
    bench.settle(slot)
    assert bench.carried() == case.carried
    left = {name: value for name, value in before.items() if name != row.setting or not row.by_hand}
    assert changed(left, held()) == {}


@each_row
def test_every_setting_is_kept_by_a_change_that_takes_none_along(server: Server, row: Row) -> None:
    (bench, held), case = a_bench(server, row), case_of(row)
    bench.cloud.service(row.service).forgets = ()
    slot, before = stored(bench, case), held()

    bench.deploy(slot, "new")

    assert changed(before, held()) == {}


@pytest.mark.parametrize("row", [row for row in ROWS if not row.by_hand], ids=lambda row: row.case)
def test_every_setting_that_can_be_set_again_comes_back(server: Server, row: Row) -> None:
    """All of them are lost at once, and each is told."""
    (bench, held), case = a_bench(server, row), case_of(row)
    slot, before = stored(bench, case), held()
    lost = {row.setting, *row.others} if row.others else set(before)
    lost = {name for name in lost if up(before[name])}
    bench.cloud.service(row.service).forgets = tuple(lost)

    with pytest.raises(CloudRejectedError, match="SettingsLost") as told:
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert {
        name for name in before if f"{name}: " in str(told.value) or f"{name}." in str(told.value)
    } >= lost
    bench.settle(slot)
    assert changed(before, held()) == {}, "a flag that is down is sent again where it was told"
    assert "set again by hand" not in str(told.value)
    assert bench.carried() == case.carried


#: Where a setting would be told that was not there before.
PLACES = {
    "APIGateway-classic": ("DescribeApiGroup", "CustomDomains.DomainItem[].WildcardDomainPatterns"),
    "APIGateway-cloud-native": ("GetDomain", "data.tlsCipherSuitesConfig.Odd"),
    "FC-2.0": ("GetCustomDomain", "routeConfig.Odd"),
    "FC-3.0": ("GetCustomDomain", "routeConfig.Odd"),
    "GA-default": ("DescribeListener", "XForwardedForConfig.Odd"),
    "MSE": ("ListGatewayDomain", "Data[].TlsCipherSuitesConfig.Odd"),
    "SAE-alb": ("DescribeIngress", "Data.CorsConfig.Odd"),
    "SAE-clb": ("DescribeIngress", "Data.CorsConfig.Odd"),
    "WAF": ("DescribeDomainDetail", "Redirect.WebServerType"),
}


@pytest.mark.parametrize("row", [row for row in ROWS if row.case in PLACES], ids=lambda row: row.case)
def test_a_setting_that_came_with_the_change_is_told_and_the_change_taken_back(
    server: Server, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bench, _), case = a_bench(server, row), case_of(row)
    bench.cloud.service(row.service).forgets = ()
    slot = stored(bench, case)
    action, path = PLACES[row.case]

    def change(answer: dict[str, Any]) -> None:
        if bench.count(case.writes):
            put(answer, path, True)

    edit(monkeypatch, bench.cloud, action, change)
    name = path.rpartition(".")[2]
    told = rf"SettingsLost.*{name}: None → True;.* by hand: .*{name} \("
    with pytest.raises(CloudRejectedError, match=told):
        bench.adapter.deploy(slot, bench.certificate("new"))

    bench.settle(slot)
    assert bench.carried() == case.carried


#: What goes with the certificate, or is the call's own; and what moves by itself, so that it is told.
PASSING = {
    "ALB-default": ("ListListeners", "Listeners[].", "", "GzipEnabled Odd"),
    "APIGateway-classic": (
        "DescribeApiGroup",
        "CustomDomains.DomainItem[].",
        "CertificateValidStart CertificateValidEnd",
        "DomainCNAMEStatus DomainLegalStatus DomainRemark Odd",
    ),
    "APIGateway-cloud-native": (
        "GetDomain",
        "data.",
        "certName issuer sans algorithm notBeforeTimestamp notAfterTimstamp certDetailStatus"
        " certDetailErrorCode certDetailErrorMessage notAfterTimestamp updateTimestamp updatetimestamp",
        "statisticsInfo",
    ),
    "DDOS": ("DescribeWebRules", "WebRules[].", "CertExpireTime", "Http2Enable Odd"),
    "FC-2.0": ("GetCustomDomain", "", "RequestId lastModifiedTime", "Odd"),
    "FC-3.0": ("GetCustomDomain", "", "RequestId lastModifiedTime", "Odd subdomainCount"),
    "GA-default": ("DescribeListener", "", "RequestId", "AclType CreateTime Odd"),
    "MSE": ("ListGatewayDomain", "Data[].", "CertBeforeDate GmtModified", "Comment Odd"),
    "NLB-default": ("ListListeners", "Listeners[].", "", "Odd"),
    "SAE-alb": ("DescribeIngress", "Data.", "", "CreatedBySae Name NamespaceId Odd SlbType"),
    "SAE-clb": ("DescribeIngress", "Data.", "", "CreatedBySae Name NamespaceId Odd SlbType"),
    "SLB-extension": (
        "DescribeLoadBalancerHTTPSListenerAttribute",
        "",
        "RequestId",
        "BackendServerPort Odd SecurityStatus Status",
    ),
    "WAF": ("DescribeDomainDetail", "", "RequestId CertDetail.Name", "Cname Listen.Odd Odd Redirect.Odd"),
    "WAF-default": ("DescribeDefaultHttps", "DefaultHttps.", "", "Odd"),
    "SLB-listener": (
        "DescribeLoadBalancerHTTPSListenerAttribute",
        "",
        "RequestId",
        "BackendServerPort Odd SecurityStatus Status",
    ),
}


@pytest.mark.parametrize("case", [case for case in CASES if case.name in PASSING], ids=lambda case: case.name)
def test_what_goes_with_the_certificate_or_moves_by_itself_is_no_lost_setting(
    server: Server, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is neither certificate nor compared is told by its name."""
    bench = new_bench(server, case.product, case.estate, case.region)
    slot = stored(bench, case)
    action, path, passing, told = PASSING[case.name]

    def change(answer: dict[str, Any]) -> None:
        if bench.count(case.writes):
            for name in (*passing.split(), *told.split()):
                put(answer, f"{path}{name}", "7")

    edit(monkeypatch, bench.cloud, action, change)
    outcome = bench.adapter.deploy(slot, bench.certificate("new"))

    assert bench.adapter.successor(slot, bench.certificate("new")) is not None
    assert outcome.also_changed == tuple(told.split())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.ordinary_answers("a field that comes and goes has moved")
def test_a_change_of_the_certificate_alone_has_moved_nothing_else(server: Server, case: Case) -> None:
    bench = new_bench(server, case.product, case.estate, case.region)

    outcome = bench.adapter.deploy(stored(bench, case), bench.certificate("new"))

    assert outcome.also_changed == ()


def test_another_entry_of_a_list_that_went_with_the_change_comes_back(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = next(row for row in ROWS if row.case == "SAE-alb")
    (bench, _), case = a_bench(server, row), case_of(row)
    service, slot = bench.cloud.service("sae"), stored(bench, case)
    service.forgets = ()
    update = service.UpdateIngress

    def careless(call: Any) -> Any:
        monkeypatch.setattr(service, "UpdateIngress", update)
        answer = update(call)
        service._ingress(call).certificates.pop()
        return answer

    monkeypatch.setattr(service, "UpdateIngress", careless)
    with pytest.raises(CloudRejectedError, match=r"SettingsLost.*Entries"):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert bench.carried() == case.carried


def test_what_the_job_put_in_another_entry_stays_when_a_list_is_taken_back(
    server: Server,
) -> None:
    """The first entry is looked at again after the second one was exchanged, by a later function."""
    row = next(row for row in ROWS if row.case == "SAE-alb")
    (bench, _), case = a_bench(server, row), case_of(row)
    bench.cloud.service("sae").forgets = ()
    slots, adapter = bench.slots(), bench.adapter
    slot, second, new = slots[case.slot], slots["shop:443/additional/second"], bench.certificate("new")
    (look,) = adapter.look([Change(slot, new)])
    bench.deploy(slot, "new")
    bench.deploy(second, "other-too")
    moved = {second.cert_identifier: bench.estate.identifier("other-too")}
    assert look is not None
    change = Change(slot, new, begun=True, before={**(look.settings or {}), "IdleTimeout": 7}, moved=moved)

    (outcome,) = adapter.outcomes(change)

    assert "SettingsLost" in str(outcome.error)
    assert "Entries" not in str(outcome.error)
    expected = {name for label, name in case.carried.items() if label != "shop:443/additional/second"}
    assert set(bench.carried().values()) == {*expected, "other-too"}
