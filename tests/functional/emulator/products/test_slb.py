"""SLB as its official SDK sees it: the refusals of the store, and what a listener serves by name."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.authority import Authority
from emulator.cloud import Cloud
from emulator.edge import Edge, offered
from emulator.estate import parse_estate
from emulator.server import Server
from shared.cloud.tls import handshake
from tests.contract.bench import certificates
from tests.functional.emulator.official import PACKAGES, Official
from tests.keys import traditional

HERE = {"RegionId": "cn-hangzhou"}
UPLOAD = {**HERE, "ServerCertificateName": "copy"}


@pytest.fixture
def slb(cloud: Cloud, server: Server, monkeypatch: pytest.MonkeyPatch) -> Official:
    monkeypatch.setitem(PACKAGES, "slb", "slb20140515")
    extensions = [
        {"domain": "img.example.com", "certificate": "second"},
        {"domain": "css.example.com", "certificate": "second", "rule": False},
    ]
    listener = {"port": 443, "certificate": "old", "extensions": extensions}
    far = {"name": "far", "region": "cn-beijing", "listeners": [{"port": 443, "certificate": "second"}]}
    shop = {"name": "shop", "region": "cn-hangzhou", "listeners": [listener]}
    cloud.load(
        parse_estate(
            {
                "regions": ["cn-hangzhou", "cn-beijing"],
                "certificates": certificates("old", "second", "third"),
                "slb": [shop, far],
            }
        )
    )
    return Official(server, "slb", "slb.aliyuncs.com")


def balancer(slb: Official, **where: Any) -> Any:
    found = slb("DescribeLoadBalancers", **{**HERE, **where})
    return found.load_balancers.load_balancer[0]


def listener(slb: Official) -> dict[str, Any]:
    return {**HERE, "LoadBalancerId": balancer(slb).load_balancer_id, "ListenerPort": 443}


def test_an_id_of_another_region_s_store_is_not_found(slb: Official) -> None:
    far = slb("DescribeServerCertificates", RegionId="cn-beijing").server_certificates.server_certificate[0]

    refusal = slb.refusal(
        "SetLoadBalancerHTTPSListenerAttribute",
        **listener(slb),
        ServerCertificateId=far.server_certificate_id,
    )

    assert refusal == (404, "ServerCertificateId.NotFound")


def test_a_bound_certificate_is_not_deleted(slb: Official) -> None:
    [bound, *_] = slb("DescribeServerCertificates", **HERE).server_certificates.server_certificate

    refusal = slb.refusal("DeleteServerCertificate", **HERE, ServerCertificateId=bound.server_certificate_id)

    assert refusal == (400, "CertificateAndPrivateKeyIsRefered")


def test_a_protocol_in_capitals_finds_nothing(slb: Official) -> None:
    def found(protocol: str) -> int:
        return int(slb("DescribeLoadBalancerListeners", **HERE, ListenerProtocol=protocol).total_count)

    assert (found("https"), found("HTTPS")) == (1, 0)


def test_a_key_of_another_certificate_and_a_blank_line_are_refused(slb: Official) -> None:
    one, other = (Authority().issue(["a.example.com"], key="ecdsa-p256", key_slot=slot) for slot in "ab")
    assert one.key_pem != other.key_pem
    mixed = {"ServerCertificate": one.certificate_pem, "PrivateKey": traditional(other.key_pem)}
    blank = {
        "ServerCertificate": one.certificate_pem.replace("-----\n-----", "-----\n\n-----", 1),
        "PrivateKey": traditional(one.key_pem).replace("-----\n", "-----\n\n", 1),
    }

    assert slb.refusal("UploadServerCertificate", **UPLOAD, **mixed)[1] == "CertificateNotMatchPrivateKey"
    assert (
        slb.refusal("UploadServerCertificate", **UPLOAD, **blank)[1] == "InvalidParameter.ServerCertificate"
    )


@pytest.mark.parametrize("wrong", ["1", "2-cn-hangzhou"])
def test_a_reference_that_cas_does_not_know_is_refused(slb: Official, wrong: str) -> None:
    reference = {"AliCloudCertificateId": wrong, "AliCloudCertificateRegionId": "cn-hangzhou"}

    refusal = slb.refusal("UploadServerCertificate", **UPLOAD, **reference)

    assert refusal == (400, "InvalidParameter.AliCloudCertificateId")


def test_the_edge_serves_an_extension_by_its_name_where_a_rule_has_it(slb: Official, cloud: Cloud) -> None:
    at = f"{balancer(slb).address}:443"
    bundles = {row.name: row.bundle for row in cloud.service("slb")._certificates.values()}
    served = {name: offered(cloud, at, name) for name in ("", "img.example.com", "css.example.com")}

    assert served == {
        "": (bundles["old"],),
        "img.example.com": (bundles["second"],),
        "css.example.com": (bundles["old"],),
    }


def test_our_client_meets_the_listener_at_its_address(slb: Official, cloud: Cloud) -> None:
    bundle = next(row.bundle for row in cloud.service("slb")._certificates.values() if row.name == "second")
    at = f"{balancer(slb).address}:443"

    with Edge(cloud) as edge:
        leaf = handshake(at, "img.example.com", via=edge.address, algorithm=None)

    assert leaf.sha256.upper() == bundle.sha256
