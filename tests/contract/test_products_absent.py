"""What an answer does not tell is left empty, and costs no slot: a row for each field that may be absent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from emulator.server import Server
from shared.domain.resources import CloudResource
from tests.contract.answers import edit, take_out
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES

pytestmark = pytest.mark.ordinary_answers("each field is told otherwise by the test itself")

NAMELESS: dict[str, Any] = {"instance_name": ""}
UNMET: dict[str, Any] = {"endpoint": ""}
ENDLESS: dict[str, Any] = {"cert_not_after": None}


@dataclass(frozen=True)
class Row:
    """`paths` that an answer of `action` lacks, and what all slots are without it (of a `kind` only)."""

    case: str
    action: str
    paths: str
    without: dict[str, Any] = field(default_factory=dict)
    kind: str = ""


_DOMAIN = "CustomDomains.DomainItem[]."
_INFO = "CertInfos.CertInfo[]."
ROWS = [
    *(
        Row(f"{name}-default", "ListLoadBalancers", f"LoadBalancers[].{path}", without)
        for name in ("ALB", "NLB")
        for path, without in (("DNSName", UNMET), ("LoadBalancerName", NAMELESS), ("Tags", {}))
    ),
    Row("APIGateway-classic", "DescribeApiGroup", "GroupName", NAMELESS),
    Row("APIGateway-classic", "DescribeApiGroup", "SubDomain", UNMET),
    Row("APIGateway-classic", "DescribeApiGroup", f"{_DOMAIN}CertificateValidEnd"),
    Row("APIGateway-classic", "DescribeApiGroup", f"{_DOMAIN}CertificateName"),
    Row("APIGateway-classic", "DescribeApiGroup", f"{_DOMAIN}CustomDomainType"),
    Row("APIGateway-classic", "DescribeApiGroup", f"{_DOMAIN}DomainBindingStatus"),
    Row("APIGateway-cloud-native", "ListGateways", "data.items[].loadBalancers", UNMET),
    Row("APIGateway-cloud-native", "ListGateways", "data.items[].loadBalancers[].address", UNMET),
    Row("APIGateway-cloud-native", "ListGateways", "data.items[].loadBalancers[].addressType", UNMET),
    Row("APIGateway-cloud-native", "ListDomains", "data.items[].createFrom code"),
    Row("APIGateway-cloud-native", "ListGateways", "code"),
    Row("CDN", "DescribeUserDomains", "Domains.PageData[].Cname", UNMET),
    Row("DCDN", "DescribeDcdnUserDomains", "Domains.PageData[].Cname", UNMET),
    Row("LIVE", "DescribeLiveUserDomains", "Domains.PageData[].Cname", UNMET),
    Row("VOD", "DescribeVodUserDomains", "Domains.PageData[].Cname", UNMET),
    Row("CDN", "DescribeDomainCertificateInfo", f"{_INFO}CertExpireTime"),
    Row("CDN", "DescribeDomainCertificateInfo", f"{_INFO}CertRegion {_INFO}CertType {_INFO}CertName"),
    Row("DCDN", "DescribeDcdnDomainCertificateInfo", f"{_INFO}CertId {_INFO}CertRegion"),
    Row("LIVE", "DescribeLiveDomainCertificateInfo", f"{_INFO}CertType {_INFO}CertName"),
    Row("LIVE", "DescribeLiveDomainCertificateInfo", f"{_INFO}CertExpireTime"),
    Row("DDOS", "DescribeWebRules", "WebRules[].Cname", UNMET),
    Row("DDOS", "DescribeWebRules", "WebRules[].CertName WebRules[].CertRegion WebRules[].GmCert"),
    Row("DDOS", "DescribeWebRules", "WebRules[].UserCertName WebRules[].ProxyEnabled"),
    Row("ESA", "ListCertificates", "Result[].NotAfter", ENDLESS, "site"),
    Row("ESA", "ListCertificates", "Result[].Region Result[].PubAlg"),
    Row("ESA", "GetCustomHostname", "CustomHostnameModel.RecordName", UNMET, "hostname"),
    Row("ESA", "ListCustomHostnames", "Hostnames[].RecordName"),
    Row("FC-3.0", "ListCustomDomains", "customDomains[].accountId", UNMET),
    Row("GA-default", "ListAccelerators", "Accelerators[].Name", NAMELESS),
    Row("GA-default", "ListAccelerators", "Accelerators[].DnsName", UNMET),
    Row("GA-default", "ListAccelerators", "Accelerators[].ServiceManaged"),
    Row("GA-default", "ListListeners", "Listeners[].ServiceManaged"),
    Row("MSE", "ListGateway", "Data.Result[].Name", NAMELESS),
    Row("MSE", "ListGateway", "Data.Result[].Slb Data.Result[].InternetSlb", UNMET),
    Row("MSE", "ListGateway", "Data.Result[].InternetSlb[].SlbIp", UNMET),
    Row("MSE", "ListGatewayDomain", "Data[].CertBeforeDate"),
    Row("MSE", "ListGatewayDomain", "Data[].Status Data[].Type Data[].IsManaged"),
    Row("PAI", "ListGateway", "Gateways[].GatewayName", NAMELESS),
    Row("PAI", "ListGateway", "Gateways[].InternetDomain", UNMET),
    Row("SAE-alb", "DescribeNamespaceList", "Data[].RegionId"),
    Row("SAE-alb", "ListIngresses", "Data.IngressList[].Name Data.IngressList[].Description", NAMELESS),
    Row("SAE-alb", "ListIngresses", "Data.IngressList[].SlbId", {**UNMET, "instance_id": ""}),
    Row("SAE-alb", "ListLoadBalancers", "LoadBalancers[].DNSName", UNMET, "alb"),
    Row("SAE-alb", "ListLoadBalancers", "LoadBalancers[].AddressType", UNMET, "alb"),
    Row("SAE-alb", "DescribeLoadBalancers", "LoadBalancers.LoadBalancer[].Address", UNMET, "clb"),
    Row("SLB-listener", "DescribeLoadBalancers", "LoadBalancers.LoadBalancer[].Address", UNMET),
    Row("SLB-listener", "DescribeLoadBalancers", "LoadBalancers.LoadBalancer[].LoadBalancerName", NAMELESS),
    Row("SLB-listener", "DescribeLoadBalancers", "LoadBalancers.LoadBalancer[].LoadBalancerStatus"),
    Row("SLB-listener", "DescribeLoadBalancers", "LoadBalancers.LoadBalancer[].Tags"),
    Row("SLB-listener", "DescribeLoadBalancerHTTPSListenerAttribute", "Status"),
    Row("WAF", "DescribeDomainDetail", "Cname", UNMET),
    Row("WAF", "DescribeDomainDetail", "Listen.SM2AccessOnly"),
    Row("WAF", "DescribeInstance", "Status"),
    Row("WAF-port", "DescribeCloudResources", "CloudResources[].ResourceInstanceIp", UNMET, "port"),
    Row("WAF-port", "DescribeCloudResources", "CloudResources[].HttpsPortCount"),
    Row(
        "WAF-port",
        "DescribeCloudResourceAccessPortDetails",
        "AccessPortDetails[].Status AccessPortDetails[].Protocol",
    ),
]


def found(bench: Bench) -> dict[str, CloudResource]:
    return {slot.slot: slot for slot in bench.adapter.discover(bench.region)}


@pytest.mark.parametrize("name", dict.fromkeys(row.case for row in ROWS))
def test_what_is_not_told_is_left_empty_and_everything_else_stays(server: Server, name: str) -> None:
    case = next(case for case in CASES if case.name == name)
    bench = new_bench(server, case.product, case.estate, case.region)
    told = found(bench)

    for row in [row for row in ROWS if row.case == name]:
        taken = dict.fromkeys(row.paths.split(), 0)

        def shortened(answer: dict[str, Any], taken: dict[str, int] = taken) -> None:
            for path in taken:
                taken[path] += take_out(answer, path)

        with pytest.MonkeyPatch.context() as patch:
            edit(patch, bench.cloud, row.action, shortened)
            assert found(bench) == {
                name: slot.evolve(**(row.without if row.kind in ("", slot.kind) else {}))
                for name, slot in told.items()
            }, row
        assert all(taken.values()), f"was never told: {taken}"
