"""What a product says of its own state, in answers that the emulated account does not come to give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from emulator.server import Server
from shared.errors import CloudRejectedError
from tests.contract.answers import edit, put
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, Case
from tests.contract.store import stored


@dataclass(frozen=True)
class Said:
    """An answer of `action` has `value` at `path`; and what that means."""

    case: str
    action: str
    path: str
    value: Any
    means: Any


def names(said: Said) -> str:
    return f"{said.case}-{said.path}={said.value}"


def a_bench(server: Server, said: Said) -> tuple[Bench, Case]:
    case = next(case for case in CASES if case.name == said.case)
    return new_bench(server, case.product, case.estate, case.region), case


def _each(case: str, action: str, path: str, values: dict[Any, Any]) -> list[Said]:
    return [Said(case, action, path, value, means) for value, means in values.items()]


LISTENER = {"Running": True, "Stopped": True, "Configuring": False, "Provisioning": False}
DOMAIN = {"online": True, "configuring": False, "checking": False}
SETTLED = [
    *_each("ALB-default", "ListListeners", "Listeners[].ListenerStatus", LISTENER),
    *_each("NLB-default", "ListListeners", "Listeners[].ListenerStatus", LISTENER),
    *_each(
        "APIGateway-cloud-native",
        "ListDomains",
        "data.items[].status",
        {"Published": True, "Updating": False},
    ),
    *_each("CDN", "DescribeCdnDomainDetail", "GetDomainDetailModel.DomainStatus", DOMAIN),
    *_each("DCDN", "DescribeDcdnDomainDetail", "DomainDetail.DomainStatus", DOMAIN),
    *_each(
        "ESA-hostname",
        "GetCustomHostname",
        "CustomHostnameModel.Status",
        {"active": True, "configuring": False},
    ),
    *_each("GA-default", "ListAccelerators", "Accelerators[].State", {"active": True, "configuring": False}),
    *_each("GA-default", "DescribeListener", "State", {"active": True, "updating": False}),
    *_each(
        "GA-default", "ListListenerCertificates", "Certificates[].State", {"active": True, "updating": False}
    ),
    *_each(
        "MSE",
        "ListGatewayDomain",
        "Data[].Status",
        {
            0: True,
            1: False,
            2: False,
            3: True,
            4: False,
            5: False,
            6: True,
            7: False,
            "3": True,
            "odd": False,
        },
    ),
    *_each(
        "PAI",
        "ListGatewayDomains",
        "CustomDomains[].CertificateStatus",
        {"Succeeded": True, "": True, "Creating": False},
    ),
    *_each("WAF", "DescribeDomainDetail", "Status", {1: True, 2: False, 3: False, 5: True}),
    Said("WAF", "DescribeDomainDetail", "CertDetail", {}, True),
    *_each(
        "WAF-port",
        "DescribeCloudResourceAccessPortDetails",
        "AccessPortDetails[].Status",
        {1: True, 2: False, 3: False, 4: True, 9: False},
    ),
    Said("WAF", "DescribeDomainDetail", "CertDetail", {"Id": "1-cn-hangzhou"}, False),
    Said("GA-default", "ListAccelerators", "Accelerators", [], False),
]
FAILED = [
    Said(
        "CDN",
        "DescribeCdnDomainDetail",
        "GetDomainDetailModel.DomainStatus",
        "configure_failed",
        "SetCdnDomainSSLCertificate: configure_failed: www.example.com (",
    ),
    Said(
        "PAI",
        "ListGatewayDomains",
        "CustomDomains[].CertificateStatus",
        "BindFailed",
        "AttachGatewayDomain: BindFailed: {slot} does not serve it (",
    ),
]


@pytest.mark.parametrize("said", SETTLED, ids=names)
def test_a_slot_is_settled_in_these_states_alone(
    server: Server, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, case = a_bench(server, said)
    slot = stored(bench, case)
    edit(monkeypatch, bench.cloud, said.action, lambda answer: put(answer, said.path, said.value))

    assert bench.adapter.settled(slot) is said.means


@pytest.mark.parametrize("said", FAILED, ids=names)
def test_a_change_that_failed_in_the_end_is_an_error(
    server: Server, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, case = a_bench(server, said)
    slot = stored(bench, case)
    edit(monkeypatch, bench.cloud, said.action, lambda answer: put(answer, said.path, said.value))

    with pytest.raises(CloudRejectedError) as failed:
        bench.adapter.settled(slot)

    begins = said.means.format(slot=slot.slot)
    assert str(failed.value)[: len(begins)] == begins


_MUTUAL = "the domain uses mutual TLS, whose CA cannot be read back; replace it in the console"
_DOMAINS = "CustomDomains.DomainItem[]"
HINDERED = [
    *(
        Said("APIGateway-classic", "DescribeApiGroup", f"{_DOMAINS}.{name}", value, _MUTUAL)
        for name, value in (
            ("SslVerifyDepth", 1),
            ("ClientCertSDnPassThrough", True),
            ("SslOcspEnable", "true"),
            ("SslOcspCacheEnable", "true"),
        )
    ),
    *(
        Said("APIGateway-classic", "DescribeApiGroup", f"{_DOMAINS}.DomainBindingStatus", status, told)
        for status, told in (
            ("BINDING", ""),
            ("BOUND", ""),
            ("UNBOUND", "the domain is UNBOUND in API Gateway; bind it first"),
        )
    ),
    *(
        Said("DDOS", "DescribeWebRules", f"WebRules[].{name}", value, told)
        for name, value, told in (
            ("GmCert", {"GmOnly": False}, ""),
            (
                "GmCert",
                {"GmOnly": True},
                "the rule serves SM2 certificates only; allow the others in the Anti-DDoS console",
            ),
        )
    ),
    Said(
        "WAF",
        "DescribeDomainDetail",
        "Listen.SM2AccessOnly",
        True,
        "the domain serves SM2 certificates only; allow the others in the WAF console",
    ),
    Said("WAF", "DescribeDomainDetail", "Status", 4, "the domain is being released"),
    Said(
        "WAF-port",
        "DescribeCloudResourceAccessPortDetails",
        "AccessPortDetails[].Status",
        4,
        "WAF is releasing the port",
    ),
    Said("WAF", "DescribeDomainDetail", "Status", 2, ""),
    *(
        Said("CDN", "DescribeUserDomains", "Domains.PageData[].DomainStatus", status, told)
        for status, told in (
            ("stopping", "the domain is stopping; bring it online first"),
            ("deleting", "the domain is deleting; bring it online first"),
        )
    ),
    Said(
        "GA-default",
        "ListListeners",
        "Listeners[].ServiceManaged",
        True,
        "another cloud product manages it; deploy through that product",
    ),
    *(
        Said(
            "ESA", "ListSites", "Sites[].Status", status, f"the site is {status}; bring it into service first"
        )
        for status in ("offline", "moved")
    ),
    *(
        Said("ESA-hostname", "GetCustomHostname", "CustomHostnameModel.Status", status, told)
        for status, told in (
            ("configuring", ""),
            ("pending", "the hostname is pending; bring it into service first"),
        )
    ),
    *(
        Said("MSE", "ListGatewayDomain", f"Data[].{name}", value, told)
        for name, value, told in (
            (
                "IsManaged",
                True,
                "a Kubernetes Ingress manages the domain; deploy to the Ingress's Secret instead",
            ),
            ("Status", 1, ""),
            ("Status", 4, ""),
        )
    ),
]


@pytest.mark.parametrize("said", HINDERED, ids=names)
def test_what_hinders_a_deployment_is_told(
    server: Server, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, case = a_bench(server, said)
    edit(monkeypatch, bench.cloud, said.action, lambda answer: put(answer, said.path, said.value))

    assert bench.slots()[case.slot].obstacle == said.means
