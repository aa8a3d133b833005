"""Which certificate a slot carries, by what an answer tells of it: id, store, fingerprint, name, or less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from emulator.server import Server
from shared.cloud.cas import Cas
from tests.contract.answers import edit, put, take_out
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, CERT_ID, Case
from tests.contract.store import stored

OLD = CERT_ID["old"]
HERE, ABROAD = "cn-hangzhou", "ap-southeast-1"
OTHER_LEAF = f"upload:cas-{OLD}-{HERE}"  #: our name, and another certificate
OURS = {"ServerCertificateName": f"cas-{OLD}-{HERE}"}


@dataclass(frozen=True)
class Told:
    """The answer of `action` has `fields` at `path`, instead of others; and what the slot carries then."""

    case: str
    action: str
    path: str
    fields: dict[str, Any]
    carries: str
    instead: tuple[str, ...] = ()

    def change(self, answer: dict[str, Any]) -> None:
        for name in self.instead:
            take_out(answer, f"{self.path}.{name}")
        for name, value in self.fields.items():
            put(answer, f"{self.path}.{name}", value)


def _family(case: str, action: str, fields: dict[str, Any], carries: str) -> Told:
    """Without the PEM, and without what else tells of the certificate."""
    others = ("CertId", "CertName", "CertType", "CertRegion", "SSLPub", "ServerCertificate")
    return Told(case, action, "CertInfos.CertInfo[]", fields, carries, others)


def _cdn(fields: dict[str, Any], carries: str) -> Told:
    return _family("CDN", "DescribeDomainCertificateInfo", fields, carries)


def _slb(fields: dict[str, Any], carries: str) -> Told:
    others = ("AliCloudCertificateId", "Fingerprint", "ServerCertificateName", "ExpireTime")
    path = "ServerCertificates.ServerCertificate[]"
    return Told("SLB-listener", "DescribeServerCertificates", path, fields, carries, others)


TOLD = [
    _cdn({"CertId": str(OLD), "CertType": "cas"}, "old"),
    _cdn({"CertId": str(OLD), "CertRegion": HERE}, "old"),
    _cdn({"CertId": str(OLD), "CertRegion": ABROAD}, f"{OLD}-{ABROAD}"),
    _cdn({"CertId": str(OLD), "CertType": "upload", "CertName": "old"}, "upload:old"),
    _cdn({"CertType": "cas", "CertName": "old"}, "old"),
    _cdn({"CertName": "old", "CertRegion": HERE}, "old"),
    _cdn({"CertName": "old", "CertRegion": ABROAD}, "cas:old"),
    _cdn({"CertName": "of nobody"}, "cas:of nobody"),
    _cdn({"CertType": "free", "CertName": "old"}, "free:old"),
    _cdn({"CertType": "upload"}, "upload:"),
    _family("LIVE", "DescribeLiveDomainCertificateInfo", {"CertId": OLD, "CertName": "new"}, "new"),
    _family("LIVE", "DescribeLiveDomainCertificateInfo", {"CertType": "upload", "CertName": "x"}, "upload:x"),
    Told(
        "DDOS", "DescribeWebRules", "WebRules[]", {"CertName": "old"}, "old", ("UserCertName", "CertRegion")
    ),
    Told("DDOS", "DescribeWebRules", "WebRules[]", {"CertName": "old", "UserCertName": "new"}, "upload:old"),
    Told("DDOS", "DescribeWebRules", "WebRules[]", {"CertName": "b", "UserCertName": "a"}, "upload:b"),
    Told("DDOS", "DescribeWebRules", "WebRules[]", {"UserCertName": "a"}, "upload:a", ("CertName",)),
    Told("DDOS", "DescribeWebRules", "WebRules[]", {"CertName": "old", "CertRegion": ABROAD}, "upload:old"),
    Told("ESA", "ListCertificates", "Result[]", {"CasId": OLD}, "old", ("Region",)),
    Told("ESA", "ListCertificates", "Result[]", {"CasId": 5}, f"5-{HERE}", ("Region",)),
    Told("ESA", "ListCertificates", "Result[]", {"CasId": OLD, "Region": ABROAD}, f"{OLD}-{ABROAD}"),
    Told("ESA-hostname", "GetCustomHostname", "CustomHostnameModel", {"CasId": str(OLD)}, "old"),
    Told("ESA-hostname", "GetCustomHostname", "CustomHostnameModel", {"CasId": 5}, f"5-{HERE}"),
    Told(
        "FC-3.0", "ListCustomDomains", "customDomains[].certConfig", {"certificate": "no PEM"}, "upload:c_old"
    ),
    Told(
        "FC-3.0",
        "ListCustomDomains",
        "customDomains[].certConfig",
        {"certificate": "no PEM"},
        "upload:?",
        ("certName",),
    ),
    Told("MSE", "ListGatewayDomain", "Data[]", {"CertIdentifier": str(OLD)}, "old"),
    Told("APIGateway-cloud-native", "ListDomains", "data.items[]", {"certIdentifier": str(OLD)}, "old"),
    Told("PAI", "ListGatewayDomains", "CustomDomains[]", {"CertificateId": OLD}, "old"),
    Told("PAI", "ListGatewayDomains", "CustomDomains[]", {"CertificateId": "5"}, f"5-{HERE}"),
    Told("WAF", "DescribeDomainDetail", "Listen", {"CertId": OLD}, "old"),
    Told("WAF-default", "DescribeDefaultHttps", "DefaultHttps", {"CertId": "5"}, f"5-{HERE}"),
    _slb({"AliCloudCertificateId": OLD}, "old"),
    _slb({"AliCloudCertificateId": "0", "ServerCertificateName": "mine"}, "upload:mine"),
    _slb({"AliCloudCertificateId": "5", "ServerCertificateName": "mine"}, f"5-{HERE}"),
    _slb({"ServerCertificateName": f"cas-{OLD}-{HERE}"}, "old"),
    _slb({"ServerCertificateName": f"cas-5-{HERE}"}, f"upload:cas-5-{HERE}"),
    _slb({**OURS, "Fingerprint": "AB:" * 19 + "AB"}, OTHER_LEAF),
    _slb({**OURS, "Fingerprint": "ab" * 32, "ExpireTime": "2030-01-01T00:00:00Z"}, OTHER_LEAF),
    _slb({"ServerCertificateName": f"cas-{OLD}-{HERE}", "Fingerprint": "ab" * 32}, "old"),
]


@pytest.mark.parametrize(
    "told", TOLD, ids=lambda told: f"{told.case}-{'-'.join(map(str, told.fields.values()))}-{told.carries}"
)
def test_a_certificate_is_known_by_what_is_told(
    server: Server, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = next(case for case in CASES if case.name == told.case)
    bench: Bench = new_bench(server, case.product, case.estate, case.region)
    edit(monkeypatch, bench.cloud, told.action, told.change)

    found = [
        slot for label, slot in bench.slots().items() if label == case.slot or slot.slot.endswith(case.slot)
    ]

    assert [bench.name_of(slot.cert_identifier) for slot in found] == [told.carries]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_certificate_is_known_and_its_deployment_seen_whatever_cas_s_fingerprint_is_of(
    server: Server, case: Case
) -> None:
    """The vendor's texts say of the certificate, or of its public key."""
    bench = new_bench(server, case.product, case.estate, case.region)
    bench.cloud.service("cas").choose(fingerprint="key")
    slot = bench.slot(case.slot)

    assert bench.carried() == case.carried
    after = bench.deploy(slot, "new")
    written = bench.count(case.writes)

    assert bench.name_of(after.cert_identifier) == "new"
    assert "new" in bench.carried().values()
    bench.deploy(after, "new")
    assert bench.count(case.writes) == written, "it is seen that it is there"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_certificate_that_cas_holds_twice_is_the_one_that_is_meant(server: Server, case: Case) -> None:
    """Where only the leaf is told, it is in place already; elsewhere the other id is another certificate."""
    bench = new_bench(server, case.product, case.estate, case.region)
    slot, name = stored(bench, case), case.carried[case.slot]
    bundle = bench.estate.bundle(name, bench.cloud.clock())
    twin = bench.cloud.service("cas").add("twin", HERE, bundle).identifier
    certificate = next(one for one in Cas(bench.client, HERE).list_certificates() if one.identifier == twin)

    successor = bench.adapter.successor(slot, certificate)

    if case.by_leaf:
        assert successor is not None
        assert successor.cert_identifier == twin
        bench.adapter.deploy(slot, certificate)
        assert bench.count(case.writes) == 0
    else:
        assert successor is None
