"""Settings of slots that a change of the certificate might lose: a row for each write that is compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.server import Server
from tests.contract.bench import Bench, new_bench
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
    return service.instances["cn-hangzhou"]


def _port(service: Any) -> Settings:
    return service.resources["cn-hangzhou"][0].ports[0].settings  # type: ignore[no-any-return]


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
    Row("WAF-port", "waf_openapi", "Http2Enabled", _port, by_hand=True),
    Row("WAF-extension", "waf_openapi", "TLSVersion", _port, by_hand=True),
    Row("SLB-listener", "slb", "HealthCheckDomain", _listener),
    Row("SLB-extension", "slb", "HealthCheckDomain", _listener),
    Row("NLB-default", "nlb", "IdleTimeout", lambda s: s._balancers[0].listeners[0].attributes),
    Row("GA-default", "ga", "IdleTimeout", lambda s: s._accelerators[0].listeners[0].settings),
    Row("SAE-alb", "sae", "RequestTimeout", _sae("shop")),
    Row("SAE-clb", "sae", "RequestTimeout", _sae("mail")),
    Row("MSE", "mse", "TlsMin", lambda s: s._gateways[1].domains[0].settings, by_hand=True),
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
    Row(
        "FC-2.0",
        "fc_open",
        "tlsConfig",
        _fc("old.example.com"),
        "tlsConfig.minVersion",
        others=("protocol", "routeConfig", "wafConfig"),
    ),
]


def case_of(row: Row) -> Case:
    return next(case for case in CASES if case.name == row.case)


def a_bench(server: Server, row: Row) -> tuple[Bench, Callable[[], Settings]]:
    """The service is about to forget; and what it holds."""
    case = case_of(row)
    bench = new_bench(server, case.product, case.estate, case.region)
    service = bench.cloud.service(row.service)
    service.forgets = (row.setting,)
    return bench, lambda: dict(row.held(service))
