"""DCDN, VOD, Live and Anti-DDoS as their official SDKs see them: what each refuses or hides."""

from __future__ import annotations

import re
from typing import Any

import pytest

from emulator.authority import Authority
from emulator.cloud import Cloud
from emulator.server import Server
from tests.functional.emulator.official import Clock, Official, populate
from tests.keys import traditional

_OLD = {"names": ["example.com", "*.example.com"], "key": "ecdsa-p256"}
ESTATE: dict[str, Any] = {
    "certificates": {"old": _OLD, "new": _OLD},
    "dcdn": [
        {"domain": "www.example.com", "certificate": "old"},
        {"domain": "er.example.com", "kind": "computing_routine"},
    ],
    "vod": [
        {"domain": "vod.example.com", "certificate": "old"},
        {"domain": "ill.example.com", "status": "configure_failed"},
    ],
    "live": [
        {"domain": "one.example.com", "certificate": "old"},
        {"domain": "two.example.com", "certificate": "old"},
        {"domain": "in.example.com", "kind": "liveEdge"},
    ],
    "ddos": [
        {"domain": "www.example.com", "certificate": "old"},
        {"domain": "plain.example.com", "https_ports": []},
    ],
}
PAIR = Authority().issue(["*.example.com"], key="ecdsa-p256")
PEM = {"SSLProtocol": "on", "CertType": "upload", "SSLPub": PAIR.certificate_pem}
PEM["SSLPri"] = traditional(PAIR.key_pem)


@pytest.fixture
def clock(cloud: Cloud) -> Clock:
    return populate(cloud, ESTATE)


def served(cloud: Cloud, service: str, name: str) -> str:
    (bundle,) = cloud.service(service).served("", name)
    return str(bundle.sha256)


def test_dcdn_hides_domains_of_edge_programs_unless_asked(clock: Clock, server: Server) -> None:
    dcdn = Official(server, "dcdn", "dcdn.aliyuncs.com")

    def names(**query: str) -> list[str]:
        return [row.domain_name for row in dcdn("DescribeDcdnUserDomains", **query).domains.page_data]

    assert names() == ["www.example.com"]
    assert names(WebSiteType="dynamic,computing_routine") == ["www.example.com", "er.example.com"]


@pytest.mark.parametrize("product", ["vod", "live"])
def test_a_page_has_fifty_domains_at_most(clock: Clock, server: Server, product: str) -> None:
    host = {"vod": "vod.cn-shanghai.aliyuncs.com", "live": "live.aliyuncs.com"}[product]
    official = Official(server, product, host)

    refusal = official.refusal(f"Describe{product.title()}UserDomains", PageSize=51)
    assert refusal == (400, "InvalidParameter")


def test_vod_refuses_some_changes_with_status_500(clock: Clock, server: Server) -> None:
    vod = Official(server, "vod", "vod.cn-shanghai.aliyuncs.com")
    foreign = Authority().issue(["*.example.com"], key="ecdsa-p256").key_pem

    ill = vod.refusal("SetVodDomainSSLCertificate", DomainName="ill.example.com", **PEM)
    wrong = vod.refusal(
        "SetVodDomainSSLCertificate", DomainName="vod.example.com", **{**PEM, "SSLPri": foreign}
    )

    assert ill == (500, "InvalidDomain.Configure_failed")
    assert wrong == (500, "PrivateKeyError")


def test_live_tells_names_and_no_ids(clock: Clock, server: Server) -> None:
    live = Official(server, "live", "live.aliyuncs.com")

    info = live("DescribeLiveDomainCertificateInfo", DomainName="one.example.com").cert_infos.cert_info[0]

    assert (info.cert_name, info.cert_type, info.sslprotocol) == ("old", "cas", "on")
    assert "BEGIN CERTIFICATE" in info.sslpub


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"CertName": "old"}, (400, "Certificate.Duplicated")),
        ({"CertType": "cas", "SSLPub": None}, (400, "SSLPub.MissingParameter")),
        (
            {"SSLPri": traditional(Authority().issue(["x.example.com"]).key_pem)},
            (400, "Certificate.MissMatch"),
        ),
        ({"SSLPri": PAIR.key_pem}, (400, "Certificate.MissMatch")),
        ({"DomainName": "three.example.com"}, (404, "InvalidDomain.NotFound")),
    ],
)
def test_live_refuses(clock: Clock, server: Server, change: dict[str, Any], refusal: tuple[int, str]) -> None:
    live = Official(server, "live", "live.aliyuncs.com")
    good = {"DomainName": "one.example.com", "CertName": "by-hand", **PEM}

    assert live.refusal("SetLiveDomainCertificate", **{**good, **change}) == refusal


def test_a_name_that_is_forced_on_live_exchanges_the_certificate_wherever_it_is(
    clock: Clock, server: Server, cloud: Cloud
) -> None:
    live = Official(server, "live", "live.aliyuncs.com")
    live("SetLiveDomainCertificate", DomainName="one.example.com", CertName="old", ForceSet="1", **PEM)
    clock.advance(cloud.settle_s)

    assert served(cloud, "live", "one.example.com") == served(cloud, "live", "two.example.com") == PAIR.sha256


def test_a_web_rule_tells_a_file_of_its_certificate_s_id_and_the_name(clock: Clock, server: Server) -> None:
    ddos = Official(server, "ddoscoo", "ddoscoo.cn-hangzhou.aliyuncs.com")

    first, plain = ddos("DescribeWebRules", PageSize=10).web_rules

    assert (first.user_cert_name, first.cert_region) == ("old", "cn-hangzhou")
    assert re.fullmatch(r"[0-9]+\.pem", first.cert_name)
    assert [proxy.proxy_type for proxy in plain.proxy_types] == ["http"]


@pytest.mark.parametrize(
    ("action", "params", "code"),
    [
        ("DescribeWebRules", {"PageSize": 11}, "InvalidParams"),
        ("AssociateWebCert", {"Domain": "www.example.com"}, "InvalidParams"),
        ("AssociateWebCert", {"Domain": "www.example.com", "CertId": 1}, "CertNotExist"),
        ("AssociateWebCert", {"Domain": "gone.example.com", "CertId": 1}, "DomainNotExist"),
        ("AssociateWebCert", {"Domain": "plain.example.com", "CertId": 1}, "InvalidParams"),
    ],
)
def test_anti_ddos_refuses(
    clock: Clock, server: Server, action: str, params: dict[str, Any], code: str
) -> None:
    ddos = Official(server, "ddoscoo", "ddoscoo.cn-hangzhou.aliyuncs.com")

    assert ddos.refusal(action, **params) == (400, code)
