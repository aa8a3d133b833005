"""CDN as its official SDK sees it: listings, certificates, changes that take time, refusals."""

from __future__ import annotations

import pytest

from emulator.authority import Authority
from emulator.cloud import Cloud
from emulator.server import Server
from tests.functional.emulator.official import Clock, Official, populate, sample

WWW = "www.example.com"


@pytest.fixture
def clock(cloud: Cloud) -> Clock:
    return populate(cloud)


@pytest.fixture
def cdn(clock: Clock, server: Server) -> Official:
    return Official(server, "cdn", "cdn.aliyuncs.com")


def cert_id(name: str) -> int:
    return sample().id_of(name)


def served(cloud: Cloud, name: str) -> str | None:
    """The SHA-256 of what CDN's edge serves for a name."""
    found = cloud.service("cdn").served("", name)
    return found[0].sha256 if found else None


def sha256(cloud: Cloud, name: str) -> str:
    return sample().bundle(name, cloud.clock()).sha256


def test_domains_are_paged(cdn: Official) -> None:
    pages = [cdn("DescribeUserDomains", PageNumber=page, PageSize=6) for page in (1, 2, 3)]
    rows = [row for page in pages for row in page.domains.page_data]

    assert [row.domain_name for row in rows] == [row.domain for row in sample().cdn]
    assert pages[0].total_count == len(rows) == 15
    assert {row.domain_name: row.ssl_protocol for row in rows}["video.example.com"] == "off"


def test_domains_are_searched_as_asked(cdn: Official) -> None:
    def names(**query: str) -> list[str]:
        page = cdn("DescribeUserDomains", PageSize=500, **query).domains.page_data
        return [row.domain_name for row in page]

    assert names(DomainName="example.net") == []
    assert names(DomainName="example.net", DomainSearchType="suf_match") == [
        "www.example.net",
        "js.static.example.net",
    ]
    assert names(DomainStatus="offline") == ["paused.example.com"]


def test_a_domain_tells_its_certificate(cdn: Official) -> None:
    def info(name: str) -> object:
        return cdn("DescribeDomainCertificateInfo", DomainName=name).cert_infos.cert_info[0]

    bound, upload, off = info(WWW), info("legacy.example.com"), info("video.example.com")

    assert (bound.cert_id, bound.cert_region) == (str(cert_id("shop")), "cn-hangzhou")
    assert (bound.cert_type, bound.server_certificate_status) == ("cas", "on")
    assert (upload.cert_type, upload.cert_id) == ("upload", None)
    assert (off.server_certificate_status, off.cert_id) == ("off", None)


def test_https_domains_tell_the_health_of_their_certificate(cdn: Official) -> None:
    page = cdn("DescribeCdnHttpsDomainList", PageSize=100)
    health = {row.domain_name: row.cert_status for row in page.cert_infos.cert_info}

    assert health[WWW] == "expire_soon"
    assert health["old.example.com"] == "expired"
    assert health["bücher.example"] == "ok"
    assert "video.example.com" not in health


def test_a_change_is_told_at_once_and_served_when_settled(cdn: Official, cloud: Cloud, clock: Clock) -> None:
    before = served(cloud, WWW)
    change = {"DomainName": WWW, "SSLProtocol": "on", "CertType": "cas"}
    cdn("SetCdnDomainSSLCertificate", **change, CertId=cert_id("shop-ecc"))
    info = cdn("DescribeDomainCertificateInfo", DomainName=WWW).cert_infos.cert_info[0]

    assert info.cert_id == str(cert_id("shop-ecc"))
    assert served(cloud, WWW) == before == sha256(cloud, "shop")
    assert cdn("DescribeCdnDomainDetail", DomainName=WWW).get_domain_detail_model.domain_status == (
        "configuring"
    )
    busy = cdn.refusal("SetCdnDomainSSLCertificate", **change, CertId=cert_id("shop"))
    assert busy == (403, "ServiceBusy")

    clock.advance(cloud.settle_s)

    assert served(cloud, WWW) == sha256(cloud, "shop-ecc")
    assert cdn("DescribeCdnDomainDetail", DomainName=WWW).get_domain_detail_model.domain_status == ("online")


def test_https_can_be_switched_on_and_off(cdn: Official, cloud: Cloud, clock: Clock) -> None:
    name = "video.example.com"
    on = {"DomainName": name, "SSLProtocol": "on", "CertType": "cas", "CertId": cert_id("shop")}
    cdn("SetCdnDomainSSLCertificate", **on)
    clock.advance(cloud.settle_s)
    assert served(cloud, name) == sha256(cloud, "shop")

    cdn("SetCdnDomainSSLCertificate", DomainName=name, SSLProtocol="off")
    clock.advance(cloud.settle_s)
    assert served(cloud, name) is None


def test_wildcard_and_idn_domains_are_found_by_either_form(cdn: Official, cloud: Cloud) -> None:
    assert served(cloud, "anything.example.com") == sha256(cloud, "shop")
    assert served(cloud, "m.example.com") == sha256(cloud, "shop-ecc"), "exact before wildcard"
    assert served(cloud, "xn--bcher-kva.example") == sha256(cloud, "books")
    for name in ("bücher.example", "xn--bcher-kva.example"):
        cdn("DescribeCdnDomainDetail", DomainName=name)


def test_a_pem_pair_can_be_uploaded(cdn: Official, cloud: Cloud, clock: Clock) -> None:
    pair = Authority().issue([WWW], key="ecdsa-p256")
    cdn(
        "SetCdnDomainSSLCertificate",
        DomainName=WWW,
        SSLProtocol="on",
        CertType="upload",
        CertName="by-hand",
        SSLPub=pair.certificate_pem,
        SSLPri=pair.key_pem,
    )
    clock.advance(cloud.settle_s)

    assert served(cloud, WWW) == pair.sha256
    assert "PRIVATE KEY" not in repr(list(cloud.calls))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"DomainName": "nobody.example.com"}, (404, "InvalidDomain.NotFound")),
        ({"SSLProtocol": "yes"}, (400, "InvalidSSLProtocol.ValueNotSupported")),
        ({"CertRegion": "cn-beijing"}, (400, "Abs.CertRegion.ValueNotSupported")),
        ({"CertRegion": "ap-southeast-1"}, (404, "Certificate.NotFound")),
        ({"CertId": 4711}, (404, "Certificate.NotFound")),
        ({"CertId": None}, (400, "Certificate.MissingParameter")),
        ({"CertId": sample().id_of("brand-net")}, (400, "Certificate.MissMatch")),
        ({"CertId": sample().id_of("offline-key")}, (400, "Certificate.PrivateKeyNotFound")),
        ({"CertType": "upload"}, (400, "SSLPub.MissingParameter")),
        ({"CertType": "upload", "SSLPub": "x"}, (400, "Certificate.MissingParameter")),
        ({"CertType": "free"}, (400, "InvalidParameter")),
        ({"DomainName": "paused.example.com"}, (403, "IllegalOperation")),
        ({"DomainName": "a.b.example.com"}, (400, "Certificate.MissMatch")),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    cdn: Official, cloud: Cloud, change: dict[str, object], refusal: tuple[int, str]
) -> None:
    good = {
        "DomainName": WWW,
        "SSLProtocol": "on",
        "CertType": "cas",
        "CertId": cert_id("shop-ecc"),
    }

    assert cdn.refusal("SetCdnDomainSSLCertificate", **{**good, **change}) == refusal
    assert served(cloud, WWW) == sha256(cloud, "shop")
