"""No certificate is exchanged at the cost of another setting: a row for each write that is compared."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from inspect import getsource
from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError
from shared.products import adapter_class, default_products
from shared.products.kinds import ManyKinds
from tests.contract.bench import Bench, bench
from tests.contract.cases import CASES, Case, apigateway_cloud_native

Settings = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """What the emulated `service` forgets with the certificate of a slot.

    `held`: the service's own record of the settings of the slot. `by_hand`: the product cannot set it
    with a certificate, so that its owner is told to.
    """

    case: str
    service: str
    setting: str
    held: Callable[[Any], Settings]
    path: str = ""  #: in the error, where it is not the setting's name
    by_hand: bool = False
    others: tuple[str, ...] = ()  #: what else can be set with a certificate, where it is not everything


def _waf(service: Any) -> Any:
    return service._instances["cn-hangzhou"]


def _listener(service: Any) -> Settings:
    return service._balancers[0].listeners[0].settings  # type: ignore[no-any-return]


def _sae(name: str) -> Callable[[Any], Settings]:
    return lambda service: next(row.settings for row in service._ingresses if row.name == name)


def _fc(name: str) -> Callable[[Any], Settings]:
    return lambda service: next(row.settings for row in service.domains if row.name == name)


def _functions(service: Any) -> Settings:
    return service._domains["www.example.com"].functions  # type: ignore[no-any-return]


ROWS = [
    Row(
        "WAF", "waf_openapi", "Http2Enabled", lambda s: _waf(s).domains[0].listen, "Listen.Http2Enabled", True
    ),
    Row(
        "WAF-default",
        "waf_openapi",
        "EnableTLSv3",
        lambda s: _waf(s).default_tls,
        others=("CipherSuite", "CustomCiphers", "TLSVersion"),
    ),
    Row("SLB-listener", "slb", "HealthCheckDomain", _listener),
    Row("SLB-extension", "slb", "HealthCheckDomain", _listener),
    Row("GA-default", "ga", "IdleTimeout", lambda s: s._accelerators[0].listeners[0].settings),
    Row("SAE-alb", "sae", "RequestTimeout", _sae("shop")),
    Row("SAE-clb", "sae", "RequestTimeout", _sae("mail")),
    Row("MSE", "mse", "TlsMin", lambda s: s._gateways[0].domains[0].settings, by_hand=True),
    Row(
        "APIGateway-classic",
        "cloudapi",
        "IsHttpRedirectToHttps",
        lambda s: s._groups[0].domains[0].settings,
        by_hand=True,
    ),
    Row(
        "APIGateway-cloud-native",
        "apig",
        "tlsMin",
        lambda s: s._domains[apigateway_cloud_native.CASES[0].slot].settings,
    ),
    Row("CDN", "cdn", "https_option", _functions, "https_option.http2", True),
    Row("DCDN", "dcdn", "https_tls_version", _functions, "https_tls_version.tls10", True),
    Row("VOD", "vod", "https_force", _functions, "https_force.enable", True),
    Row("LIVE", "live", "https_force", _functions, "https_force.enable", True),
    Row("FC-3.0", "fc", "tlsConfig", _fc("www.example.com"), "tlsConfig.minVersion"),
    Row("FC-2.0", "fc2", "routeConfig", _fc("old.example.com"), "routeConfig.routes", others=("protocol",)),
]
ANSWERS: dict[str, dict[str, Any]] = {
    "answered": {},
    "answer-lost": {"when": "after", "drop": True},
}
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.case)


def _case(row: Row) -> Case:
    return next(case for case in CASES if case.name == row.case)


def _bench(server: Server, row: Row) -> tuple[Bench, Callable[[], Settings]]:
    """The service is about to forget; and what it holds."""
    case = _case(row)
    it = bench(server, case.product, case.estate, case.region)
    service = it.cloud.service(row.service)
    service.forgets = (row.setting,)
    return it, lambda: dict(row.held(service))


def test_every_product_whose_settings_are_compared_has_a_row() -> None:
    """AWS has a suite of its own."""

    def compares(product: CloudProduct) -> bool:
        adapter = adapter_class(product)
        kinds = adapter.kinds.values() if issubclass(adapter, ManyKinds) else [adapter]
        modules = {
            base.__module__ for kind in kinds for base in kind.__mro__ if base.__module__ in sys.modules
        }
        return any(
            "with Unchanged(" in getsource(sys.modules[name]) for name in modules if "products" in name
        )

    assert {_case(row).product for row in ROWS} == set(filter(compares, default_products()))


@each_row
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_setting_lost_with_the_change_is_told_and_never_a_success(
    server: Server, row: Row, answer: dict[str, Any]
) -> None:
    (it, held), case = _bench(server, row), _case(row)
    slot, before = it.slot(case.slot), held()
    if answer:
        it.cloud.faults.add(Fault(case.writes, **answer))

    with pytest.raises(CloudRejectedError, match="SettingsLost") as told:
        it.adapter.deploy(slot, it.certificate("new"))

    path = row.path or row.setting
    assert f"{path}: " in str(told.value)
    assert " → None" in str(told.value)
    assert (f"set again by hand: {path}" in str(told.value)) == row.by_hand
    it.settle(slot)
    assert it.carried() == case.carried
    assert held() == {name: value for name, value in before.items() if name != row.setting or not row.by_hand}


@each_row
def test_every_setting_is_kept_by_a_change_that_takes_none_along(server: Server, row: Row) -> None:
    (it, held), case = _bench(server, row), _case(row)
    it.cloud.service(row.service).forgets = ()
    slot, before = it.slot(case.slot), held()

    it.deploy(slot, "new")

    assert held() == before


@pytest.mark.parametrize("row", [row for row in ROWS if not row.by_hand], ids=lambda row: row.case)
def test_every_setting_that_can_be_set_again_comes_back(server: Server, row: Row) -> None:
    """All of them are lost at once, and each is told."""
    (it, held), case = _bench(server, row), _case(row)
    slot, before = it.slot(case.slot), held()
    lost = {row.setting, *row.others} if row.others else {name for name, value in before.items() if value}
    it.cloud.service(row.service).forgets = tuple(lost)

    with pytest.raises(CloudRejectedError, match="SettingsLost") as told:
        it.adapter.deploy(slot, it.certificate("new"))

    assert {
        name for name in before if f"{name}: " in str(told.value) or f"{name}." in str(told.value)
    } >= lost
    it.settle(slot)
    assert held() == before
    assert "set again by hand" not in str(told.value)
    assert it.carried() == case.carried


def test_another_entry_of_a_list_that_went_with_the_change_comes_back(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = next(row for row in ROWS if row.case == "SAE-alb")
    (it, _), case = _bench(server, row), _case(row)
    service, slot = it.cloud.service("sae"), it.slot(case.slot)
    service.forgets = ()
    update = service.UpdateIngress

    def careless(call: Any) -> Any:
        monkeypatch.setattr(service, "UpdateIngress", update)
        answer = update(call)
        service._ingress(call).certificates.pop()
        return answer

    monkeypatch.setattr(service, "UpdateIngress", careless)
    with pytest.raises(CloudRejectedError, match=r"SettingsLost.*Entries"):
        it.adapter.deploy(slot, it.certificate("new"))

    assert it.carried() == case.carried
