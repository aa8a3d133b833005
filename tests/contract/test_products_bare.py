"""A slot without certificate: it has no successor, and is told from one that has its certificate by now."""

from __future__ import annotations

import pytest

from emulator.server import Server
from tests.contract.answers import edit, take_out
from tests.contract.bench import new_bench
from tests.contract.cases import CASES, Case
from tests.contract.store import stored

#: By kind of slot: what of which answer tells that there is a certificate.
BARE = {
    "APIGateway-classic": ("DescribeApiGroup", "CustomDomains.DomainItem[].CertificateId"),
    "APIGateway-cloud-native": ("GetDomain", "data.certIdentifier"),
    "CDN": ("DescribeDomainCertificateInfo", "CertInfos.CertInfo"),
    "DCDN": ("DescribeDcdnDomainCertificateInfo", "CertInfos.CertInfo"),
    "FC-3.0": ("GetCustomDomain", "certConfig"),
    "LIVE": ("DescribeLiveDomainCertificateInfo", "CertInfos.CertInfo"),
    "MSE": ("ListGatewayDomain", "Data[].CertIdentifier"),
    "PAI": ("ListGatewayDomains", "CustomDomains[].CertificateId"),
    "SAE-clb": ("DescribeIngress", "Data.CertId"),
    "SLB-listener": ("DescribeLoadBalancerHTTPSListenerAttribute", "ServerCertificateId"),
    "SLB-extension": (
        "DescribeLoadBalancerHTTPSListenerAttribute",
        "DomainExtensions.DomainExtension[].ServerCertificateId",
    ),
    "VOD": ("DescribeVodDomainCertificateInfo", "CertInfos.CertInfo"),
    "WAF": ("DescribeDomainDetail", "Listen.CertId"),
    "WAF-default": ("DescribeDefaultHttps", "DefaultHttps"),
}


@pytest.mark.parametrize("case", [case for case in CASES if case.name in BARE], ids=lambda case: case.name)
def test_a_slot_that_lost_its_certificate_reads_as_a_bare_one(
    case: Case, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = new_bench(server, case.product, case.estate, case.region)
    slot = stored(bench, case)
    action, path = BARE[case.name]
    edit(monkeypatch, bench.cloud, action, lambda answer: take_out(answer, path))

    now = bench.adapter.read(slot)

    assert now is not None
    assert (now.https, now.cert_identifier) == (False, "")
    assert bench.adapter.successor(slot, bench.certificate("old")) is None


@pytest.mark.parametrize("case", [case for case in CASES if case.name in BARE], ids=lambda case: case.name)
def test_a_bare_slot_that_got_its_certificate_since_is_one_with_https(case: Case, server: Server) -> None:
    bench = new_bench(server, case.product, case.estate, case.region)
    bare = stored(bench, case).evolve(https=False, cert_identifier="")
    certificate = bench.certificate(case.carried[case.slot])

    now, successor = bench.adapter.read(bare), bench.adapter.successor(bare, certificate)

    for slot in (now, successor):
        assert slot is not None
        assert (slot.https, slot.cert_identifier) == (True, certificate.identifier)


@pytest.mark.parametrize(
    "case", {id(case.estate): case for case in CASES}.values(), ids=lambda case: case.name
)
def test_a_slot_without_certificate_has_no_successor_but_the_one_that_it_gets(
    case: Case, server: Server
) -> None:
    """Also where the product keeps certificates apart from what serves them, and has this one."""
    bench = new_bench(server, case.product, case.estate, case.region)
    bench.deploy(stored(bench, case), "new")
    bare = [slot for label, slot in bench.slots().items() if not case.carried.get(label, "-")]

    assert bare
    for slot in bare:
        for name in ("new", "old"):
            assert bench.adapter.successor(slot, bench.certificate(name)) is None
