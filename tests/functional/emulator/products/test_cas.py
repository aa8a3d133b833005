"""CAS as its official SDK sees it: its stores, listings, uploads that are refused for a reason."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from emulator.authority import Authority
from emulator.bundles import Bundle
from emulator.cloud import Cloud
from emulator.estate import parse_estate
from emulator.server import Server
from tests.functional.emulator.official import Official, populate
from tests.keys import key_pem

HOST = "cas.aliyuncs.com"


@pytest.fixture
def cas(cloud: Cloud, server: Server) -> Official:
    populate(cloud)
    return Official(server, "cas", HOST)


def test_a_listing_is_paged_and_tells_status_and_key(cas: Official) -> None:
    pages = [cas("ListCertificates", CurrentPage=page, ShowSize=4) for page in (1, 2, 3, 4)]
    rows = {row.certificate_name: row for page in pages for row in page.certificate_list}

    assert pages[0].total_count == len(rows) == 10
    assert [len(page.certificate_list) for page in pages] == [4, 4, 2, 0]
    assert rows["shop"].certificate_status == "willExpire"
    assert rows["shop"].cert_identifier == f"{rows['shop'].certificate_id}-cn-hangzhou"
    assert rows["shop"].not_after > 10**12
    assert rows["retired"].certificate_status == "expired"
    assert rows["leaked"].certificate_status == "revoked"
    assert rows["offline-key"].exist_private_key is False
    assert rows["books"].algorithm == "ECC"
    assert {"ALB", "CDN", "OSS"} <= set(rows["shop"].using_product_list)
    assert rows["national"].algorithm == "SM2"
    assert not {"hand-made", "own-ca"} & set(rows)


def test_the_stores_are_apart(cas: Official, server: Server) -> None:
    other = Official(server, "cas", "cas.ap-southeast-1.aliyuncs.com")
    rows = other("ListCertificates").certificate_list

    assert [row.certificate_name for row in rows] == ["singapore"]
    assert rows[0].cert_identifier.endswith("-ap-southeast-1")
    assert cas.refusal("GetCertificateDetail", CertificateId=int(rows[0].certificate_id)) == (
        400,
        "NotFound",
    )


def test_a_third_host_is_a_store_of_its_own_and_any_other_abroad_is_the_second(
    cas: Official, server: Server
) -> None:
    def at(region: str) -> Official:
        return Official(server, "cas", f"cas.{region}.aliyuncs.com")

    bundle = Authority().issue(["eu.example.com"], key="ecdsa-p256")
    pair = {"Cert": bundle.certificate_pem, "Key": bundle.key_pem}
    added = at("eu-central-1")("UploadUserCertificate", Name="eu", **pair).cert_id

    def names(official: Official) -> list[str]:
        return [row.certificate_name for row in official("ListCertificates", ShowSize=100).certificate_list]

    assert (
        at("eu-central-1")("GetCertificateDetail", CertificateId=added).cert_identifier
        == f"{added}-eu-central-1"
    )
    assert (names(at("eu-central-1")), names(at("me-east-1"))) == (["eu"], names(at("ap-southeast-1")))
    assert "eu" not in names(cas) + names(at("ap-southeast-1"))


def test_filters_narrow_a_listing(cas: Official) -> None:
    def names(**filters: str) -> set[str]:
        found = cas("ListCertificates", ShowSize=100, **filters).certificate_list
        return {row.certificate_name for row in found}

    assert names(CertificateStatus="expired") == {"retired"}
    assert names(CertificateSource="TEST") == {"books"}
    assert names(Keyword="api-v2") == {"net-api"}


def test_orders_show_certificates_or_purchases(cas: Official) -> None:
    certificates = cas("ListUserCertificateOrder", OrderType="CERT").certificate_order_list
    uploads = cas("ListUserCertificateOrder", OrderType="UPLOAD").certificate_order_list
    bought = cas("ListUserCertificateOrder", OrderType="BUY").certificate_order_list

    assert "retired" not in {row.name for row in certificates}, "an empty status means valid ones"
    assert "own-ca" in {row.name for row in certificates}, "which the newer list lacks"
    assert all(row.upload for row in uploads)
    assert {row.name: row.status for row in bought}["leaked"] == "REVOKED"
    assert all(row.certificate_id is None and row.order_id for row in bought)


SOLD = {
    "old": {"source": "BUY", "instance": "shop", "age": 100, "days": 20, "validation": "OV"},
    "new": {"source": "BUY", "instance": "shop", "age": 1, "days": 150, "validation": "OV"},
    "ev": {"source": "BUY", "validation": "EV", "names": ["*.example.com", "example.com"]},
    "trial": {"source": "TEST"},
    "own": {"validation": "EV"},
    "abroad": {"source": "BUY", "store": "ap-southeast-1"},
}


@pytest.fixture
def sold(server: Server) -> Official:
    quick = {"names": ["example.com"], "key": "ecdsa-p256"}
    rows = {name: {**quick, **changes} for name, changes in SOLD.items()}
    server.cloud.load(parse_estate({"certificates": rows}))
    return Official(server, "cas", HOST)


def test_instances_are_what_was_sold_each_with_its_latest_certificate(sold: Official) -> None:
    rows = {row.certificate_name: row for row in sold("ListInstances").instance_list}
    listed = {row.certificate_name: row for row in sold("ListCertificates").certificate_list}

    assert set(rows) == {"new", "ev", "trial"}
    assert {name: row.certificate_type for name, row in rows.items()} == {
        **{"new": "OV", "ev": "EV", "trial": "DV"}
    }
    assert {name: row.instance_type for name, row in rows.items()} == {
        **{"new": "BUY", "ev": "BUY", "trial": "TEST"}
    }
    for name, row in rows.items():
        assert row.instance_id == listed[name].instance_id
        assert row.cert_identifier == listed[name].cert_identifier
        assert row.certificate_not_after == listed[name].not_after // 1000
    assert listed["old"].instance_id == listed["new"].instance_id != listed["ev"].instance_id
    assert (rows["ev"].full_domain_count, rows["ev"].wildcard_domain_count) == (1, 1)
    assert rows["ev"].key_algorithm == "ECC_256"


def test_instances_are_paged_and_filtered(sold: Official) -> None:
    def names(**asked: object) -> list[str]:
        return [row.certificate_name for row in sold("ListInstances", **asked).instance_list]

    page = sold("ListInstances", ShowSize=2)
    assert (page.total_count, len(page.instance_list), page.show_size) == (3, 2, 2)
    assert set(names(ShowSize=2) + names(ShowSize=2, CurrentPage=2)) == {"new", "ev", "trial"}
    assert names(CertificateType="EV") == ["ev"]
    assert names(InstanceType="TEST") == ["trial"]
    assert sold.refusal("ListInstances", ShowSize=101) == (400, "InvalidParameter")


def test_orders_tell_the_level_that_was_bought(sold: Official) -> None:
    bought = sold("ListUserCertificateOrder", OrderType="BUY").certificate_order_list

    assert {row.name: row.cert_type for row in bought} == {"old": "OV", "new": "OV", "ev": "EV"}


def test_details_give_the_key_only_when_asked(cas: Official) -> None:
    cert_id = int(cas("ListCertificates", Keyword="net-api").certificate_list[0].certificate_id)
    full = cas("GetUserCertificateDetail", CertId=cert_id)
    filtered = cas("GetUserCertificateDetail", CertId=cert_id, CertFilter=True)
    public = cas("GetCertificateDetail", CertificateId=cert_id)

    assert key_pem(load_pem_private_key(full.key.encode(), None)) == full.key, "PKCS #8, in PEM"
    assert full.cert.count("BEGIN CERTIFICATE") == len(full.cert_chain) == 2
    assert filtered.key is None
    assert filtered.cert is None
    assert filtered.cert_identifier == public.cert_identifier == f"{cert_id}-cn-hangzhou"
    assert public.certificate_chain_list[0].subject == "api.example.net"


def test_an_sm2_certificate_has_two_pairs_of_its_own(cas: Official) -> None:
    cert_id = int(cas("ListCertificates", Keyword="national").certificate_list[0].certificate_id)
    detail = cas("GetUserCertificateDetail", CertId=cert_id)

    assert (detail.algorithm, detail.cert, detail.key) == ("SM2", None, None)
    assert detail.sign_cert
    assert detail.encrypt_private_key


def test_an_upload_can_be_read_back_and_deleted(cas: Official) -> None:
    bundle = Authority().issue(["new.example.com"], key="ecdsa-p256")
    upload = {"Name": "new", "Cert": bundle.certificate_pem, "Key": bundle.key_pem}
    cert_id = cas("UploadUserCertificate", **upload).cert_id

    assert cas("GetUserCertificateDetail", CertId=cert_id).sha_2 == bundle.sha256
    assert cas.refusal("UploadUserCertificate", **upload) == (400, "NameRepeat")
    cas("DeleteUserCertificate", CertId=cert_id)
    assert cas.refusal("GetUserCertificateDetail", CertId=cert_id) == (400, "NotFound")


def test_a_certificate_in_use_is_deleted_where_nothing_protects_it(cas: Official, cloud: Cloud) -> None:
    cert_id = int(cas("ListCertificates", Keyword="net-api").certificate_list[0].certificate_id)

    cloud.service("cas").choose(protect_used=True)
    refused = cas.refusal("DeleteUserCertificate", CertId=cert_id)
    cloud.service("cas").choose(protect_used=False)
    cas("DeleteUserCertificate", CertId=cert_id)

    assert refused == (400, "InvalidStatus.DeleteProtection")
    assert cas.refusal("DeleteUserCertificate", CertId=cert_id) == (400, "NotFound")


def test_a_bad_upload_is_refused_for_its_reason(cas: Official) -> None:
    good = Authority().issue(["new.example.com"], key="ecdsa-p256")
    other = Authority().issue(["other.example.com"], key="ecdsa-p256")
    old = Authority().issue(["new.example.com"], key="ecdsa-p256", days=-1, age=9)
    assert good.key_pem is not None
    locked = load_pem_private_key(good.key_pem.encode(), None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
    )
    cases = [
        (good.certificate_pem, other.key_pem, "NotMatch.CertificateAndPrivateKey"),
        (good.certificate_pem, locked.decode(), "PrivateKeyFormatException"),
        ("nonsense", good.key_pem, "CertificateFormatException"),
        (good.certificate_pem + other.certificate_pem, good.key_pem, "CertificateChainNotMatch"),
        (old.certificate_pem, old.key_pem, "CertificateExpired"),
        (good.certificate_pem, None, "MissingParameter"),
    ]

    for cert, key, code in cases:
        given = {"Name": "bad", "Cert": cert} | ({"Key": key} if key else {})
        assert cas.refusal("UploadUserCertificate", **given) == (400, code)


def test_no_private_key_is_left_in_the_log_of_calls(cas: Official, cloud: Cloud) -> None:
    bundle = Authority().issue(["new.example.com"], key="ecdsa-p256")
    cas("UploadUserCertificate", Name="n", Cert=bundle.certificate_pem, Key=bundle.key_pem)

    assert "PRIVATE KEY" not in repr(list(cloud.calls))


def test_contacts_are_those_of_the_estate(cas: Official) -> None:
    assert [row.name for row in cas("ListContact").contact_list] == ["Web operations", "On call"]
    assert cas("ListContact", Keyword="call").total_count == 1


def chain(cas: Official, bundle: Bundle) -> list[tuple[str, str]]:
    """Of an upload, as subjects and issuers."""
    pair = {"Cert": bundle.certificate_pem, "Key": bundle.key_pem}
    cert_id = cas("UploadUserCertificate", Name=bundle.serial, **pair).cert_id
    detail = cas("GetCertificateDetail", CertificateId=cert_id)
    return [(link.subject, link.issuer) for link in detail.certificate_chain_list]


def test_a_detail_has_the_chain_that_was_uploaded(cas: Official) -> None:
    def issue(authority: Authority, **options: bool) -> Bundle:
        return authority.issue(["a.example.com"], key="ecdsa-p256", **options)

    private = Authority("private")

    assert chain(cas, issue(private)) == [
        ("a.example.com", "certdeploy Internal TLS CA"),
        ("certdeploy Internal TLS CA", "certdeploy Internal Root CA"),
    ]
    assert chain(cas, issue(private, leaf_only=True)) == [("a.example.com", "certdeploy Internal TLS CA")]
    assert chain(cas, issue(private, self_signed=True)) == [("a.example.com", "a.example.com")]


def test_how_a_chain_is_told_can_be_chosen(cas: Official, cloud: Cloud) -> None:
    bundle = Authority().issue(["a.example.com"], key="ecdsa-p256", validation="OV")
    other = Authority().issue(["a.example.com"], key="ecdsa-p256", validation="OV")

    cloud.service("cas").choose(chain_leaf=False)
    assert chain(cas, bundle) == [("certdeploy Local TLS CA", "certdeploy Local Root CA")]

    cloud.service("cas").choose(chain_leaf=True, chain_names="whole")
    assert chain(cas, other) == [
        ("O=Example Ltd,CN=a.example.com", "CN=certdeploy Local TLS CA"),
        ("CN=certdeploy Local TLS CA", "CN=certdeploy Local Root CA"),
    ]


@pytest.mark.parametrize(("source", "number"), [("BUY", 30001), ("UPLOAD", None)])
def test_the_owner_of_an_ov_certificate_is_told(
    cas: Official, cloud: Cloud, source: str, number: int
) -> None:
    rows = {
        level: {"names": [f"{level}.example.com"], "key": "ecdsa-p256", "source": source, "validation": level}
        for level in ("DV", "OV", "EV")
    }
    cloud.load(parse_estate({"certificates": rows}))

    orders = cas("ListUserCertificateOrder", OrderType="CERT").certificate_order_list
    owners = {row.name: row.org_name for row in orders}
    numbers = {
        row.name: cas("GetCertificateDetail", CertificateId=row.certificate_id).company_id for row in orders
    }

    assert owners == {"DV": "", "OV": "Example Ltd", "EV": "Example Ltd"}
    assert numbers == {"DV": None, "OV": number, "EV": number}
