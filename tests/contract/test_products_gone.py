"""A slot that left while what held it stays: it reads as gone, has no successor, and takes nothing."""

from __future__ import annotations

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.products.kit.changes import Change
from shared.products.kit.exchange import End
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, Case
from tests.contract.store import stored


@pytest.mark.parametrize("case", [case for case in CASES if case.away], ids=lambda case: case.name)
def test_a_slot_that_left_alone_is_gone_and_takes_nothing(case: Case, server: Server) -> None:
    bench: Bench = new_bench(server, case.product, case.estate, case.region)
    assert case.away is not None
    slot, new = case.away(stored(bench, case)), bench.certificate("new")

    assert bench.adapter.read(slot) is None
    assert bench.adapter.successor(slot, new) is None
    (outcome,) = bench.adapter.outcomes(Change(slot, new))

    assert outcome.end is End.GONE
    assert bench.count(case.writes) == 0
    assert bench.carried() == case.carried


#: How the products say that a slot, or what holds it, is not there, by the action that is asked.
CODES = [
    ("ACK-secret", "GetSecret", ("NotFound",)),
    ("ACK-albconfig", "GetAlbConfig", ("NotFound",)),
    ("ALB-default", "ListListenerCertificates", ("ResourceNotFound.Listener",)),
    ("NLB-default", "ListListenerCertificates", ("ResourceNotFound.listener",)),
    ("APIGateway-classic", "DescribeApiGroup", ("NotFoundApiGroup", "InvalidGroupId.NotFound")),
    ("APIGateway-classic", "DescribeDomain", ("NotFoundDomain",)),
    ("APIGateway-cloud-native", "GetDomain", ("DatabaseError.RecordNotFound",)),
    ("CDN", "DescribeDomainCertificateInfo", ("InvalidDomain.NotFound",)),
    ("DCDN", "DescribeDcdnDomainCertificateInfo", ("InvalidDomain.NotFound",)),
    ("LIVE", "DescribeLiveDomainCertificateInfo", ("InvalidDomain.NotFound",)),
    ("VOD", "DescribeVodDomainCertificateInfo", ("InvalidDomain.NotFound",)),
    ("DDOS", "DescribeWebRules", ("DomainNotExist",)),
    ("ESA", "ListCertificates", ("ActiveSiteNotExist",)),
    ("ESA-hostname", "ListCustomHostnames", ("ActiveSiteNotExist",)),
    ("FC-3.0", "GetCustomDomain", ("DomainNameNotFound",)),
    ("FC-2.0", "GetCustomDomain", ("DomainNameNotFound",)),
    ("GA-default", "ListListenerCertificates", ("NotExist.Accelerator", "NotExist.Listener")),
    ("OSS", "ListCname", ("NoSuchBucket",)),
    ("PAI", "ListGatewayDomains", ("GatewayNotFound", "InvalidGateway.NotFound")),
    ("SAE-alb", "DescribeIngress", ("InvalidParameter.WithMessage",)),
    (
        "SLB-listener",
        "DescribeLoadBalancerHTTPSListenerAttribute",
        ("InvalidLoadBalancerId.NotFound", "ListenerNotFound"),
    ),
    ("WAF", "DescribeDomainDetail", ("DomainNotExist", "InstanceNotExist")),
    ("WAF-default", "DescribeDefaultHttps", ("InstanceNotExist",)),
    ("WAF-port", "DescribeCloudResourceAccessPortDetails", ("InstanceNotExist", "Waf.Instance.ValidFaild")),
]


@pytest.mark.parametrize(("name", "action", "codes"), CODES)
def test_a_slot_is_gone_by_each_code_that_says_so(
    server: Server, name: str, action: str, codes: tuple[str, ...]
) -> None:
    case = next(case for case in CASES if case.name == name)
    bench = new_bench(server, case.product, case.estate, case.region)
    slot = stored(bench, case)

    for code in codes:
        bench.adapter = bench.adapter_with(seconds=5)
        bench.cloud.faults.add(Fault(action, status=404, code=code))
        assert bench.adapter.read(slot) is None, code
