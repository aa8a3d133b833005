"""OSS through the vendor's two unmodified clients: buckets, custom domains, their certificates."""

from __future__ import annotations

from typing import Any

import alibabacloud_oss_v2 as oss
import oss2
import oss2.models
import pytest

from emulator.authority import Authority
from emulator.cloud import Cloud
from emulator.server import Server
from tests.functional.emulator.official import Clock, populate, sample
from tests.functional.emulator.products.oss_clients import client

BUCKET, DOMAIN = "shop-assets", "assets.example.com"


@pytest.fixture
def clock(cloud: Cloud) -> Clock:
    return populate(cloud)


@pytest.fixture
def v2(clock: Clock, server: Server) -> oss.Client:
    return client(server)


def put(v2: oss.Client, domain: str = DOMAIN, bucket: str = BUCKET, **certificate: Any) -> None:
    configuration = oss.CertificateConfiguration(**certificate) if certificate else None
    cname = oss.Cname(domain=domain, certificate_configuration=configuration)
    v2.put_cname(
        oss.PutCnameRequest(
            bucket=bucket,
            bucket_cname_configuration=oss.BucketCnameConfiguration(cname=cname),
        )
    )


def refusal(*arguments: Any, **certificate: Any) -> tuple[int, str, str]:
    with pytest.raises(oss.exceptions.OperationError) as caught:
        put(*arguments, **certificate)
    error = caught.value.unwrap()
    assert isinstance(error, oss.exceptions.ServiceError)
    return error.status_code, error.code, error.ec


def certificate(v2: oss.Client, domain: str = DOMAIN, bucket: str = BUCKET) -> Any:
    rows = v2.list_cname(oss.ListCnameRequest(bucket=bucket)).cnames
    return next(row.certificate for row in rows if row.domain == domain)


def served(cloud: Cloud, domain: str = DOMAIN) -> str | None:
    found = cloud.service("oss").served("", domain)
    return found[0].sha256 if found else None


def test_buckets_of_all_regions_are_listed_by_pages(v2: oss.Client) -> None:
    first = v2.list_buckets(oss.ListBucketsRequest(max_keys=3))
    second = v2.list_buckets(oss.ListBucketsRequest(max_keys=3, marker=first.next_marker))
    rows = [*first.buckets, *second.buckets]

    assert (first.is_truncated, second.is_truncated) == (True, False)
    assert {row.name: row.region for row in rows} == {row.bucket: row.region for row in sample().oss}
    assert rows[0].extranet_endpoint == f"oss-{rows[0].region}.aliyuncs.com"


def test_a_domain_tells_its_certificate(v2: oss.Client) -> None:
    found = certificate(v2)

    assert (found.cert_id, found.type) == (sample().identifier("shop"), "CAS")
    assert found.valid_end_date.endswith("GMT")
    assert certificate(client_of(v2, "cn-shanghai"), "files.example.com", "shop-backups") is None


def client_of(v2: oss.Client, region: str) -> oss.Client:
    """The same account's client for another region."""
    options = v2._client._config
    options.region = region
    return oss.Client(options)


def test_a_certificate_is_rotated_against_the_one_in_place(
    v2: oss.Client, cloud: Cloud, clock: Clock
) -> None:
    old, new = sample().identifier("shop"), sample().identifier("shop-ecc")
    before = served(cloud)
    put(v2, cert_id=new, previous_cert_id=old)

    assert certificate(v2).cert_id == new
    assert served(cloud) == before
    clock.advance(cloud.settle_s)
    assert served(cloud) == sample().bundle("shop-ecc", clock()).sha256
    assert refusal(v2, cert_id=new, previous_cert_id=old) == (
        400,
        "InvalidArgument",
        "0018-00000209",
    )


def test_the_other_domains_of_the_bucket_stay(v2: oss.Client) -> None:
    put(v2, cert_id=sample().identifier("shop-ecc"), force=True)

    assert certificate(v2).cert_id == sample().identifier("shop-ecc")
    assert certificate(v2, "media.example.com").cert_id == sample().identifier("shop")


def test_a_certificate_can_be_taken_off(v2: oss.Client, cloud: Cloud, clock: Clock) -> None:
    put(v2, delete_certificate=True)
    clock.advance(cloud.settle_s)

    assert certificate(v2) is None
    assert served(cloud) is None


def test_a_pem_pair_is_registered_in_cas(v2: oss.Client, cloud: Cloud) -> None:
    pair = Authority().issue([DOMAIN], key="ecdsa-p256")
    put(v2, certificate=pair.certificate_pem, private_key=pair.key_pem, force=True)
    found = certificate(v2)

    assert found.type == "Upload"
    assert cloud.service("cas").find(found.cert_id).bundle.sha256 == pair.sha256
    assert "PRIVATE KEY" not in repr(list(cloud.calls))


def test_a_change_that_makes_no_sense_is_refused(v2: oss.Client, cloud: Cloud) -> None:
    good = sample().identifier("shop-ecc")
    other = Authority().issue(["example.net"], key="ecdsa-p256")
    invalid = (400, "InvalidArgument", "")

    assert refusal(v2, cert_id=good) == invalid, "neither PreviousCertId nor Force"
    assert refusal(v2, cert_id=str(sample().id_of("shop-ecc")), force=True) == invalid
    assert refusal(v2, cert_id=sample().identifier("brand-net"), force=True) == invalid
    assert refusal(v2, cert_id=sample().identifier("offline-key"), force=True) == invalid
    assert refusal(v2, private_key=other.key_pem, force=True)[2] == "0018-00000210"
    assert refusal(v2, certificate=other.certificate_pem, private_key=other.key_pem, force=True) == invalid
    assert refusal(v2, "new.example.com")[1] == "NeedVerifyDomainOwnership"
    assert refusal(v2, "a.static.example.net")[1] == "CnameAlreadyExists"
    assert refusal(v2, DOMAIN, "no-such-bucket")[:2] == (404, "NoSuchBucket")
    assert certificate(v2).cert_id == sample().identifier("shop")


def test_a_bucket_is_reached_through_its_own_region(v2: oss.Client, server: Server) -> None:
    wrong = client(server, "cn-beijing")

    assert refusal(wrong, cert_id=sample().identifier("shop-ecc"), force=True)[:2] == (
        403,
        "AccessDenied",
    )


def test_a_certificate_needs_rights_in_cas_too(v2: oss.Client, cloud: Cloud) -> None:
    cloud.deny("yundun-cert:CreateSSLCertificate")

    assert refusal(v2, cert_id=sample().identifier("shop-ecc"), force=True)[1] == "AccessDenied"


def test_the_older_client_is_served_as_well(clock: Clock, server: Server) -> None:
    key = server.cloud.key
    auth = oss2.Auth(key.access_key_id, key.access_key_secret)
    bucket = oss2.Bucket(auth, server.endpoint, BUCKET)
    new = sample().identifier("shop-ecc")
    names = [row.name for row in oss2.Service(auth, server.endpoint).list_buckets().buckets]
    bucket.put_bucket_cname(
        oss2.models.PutBucketCnameRequest(
            DOMAIN, oss2.models.CertInfo(new, previous_cert_id=sample().identifier("shop"))
        )
    )
    found = {row.domain: row.certificate.cert_id for row in bucket.list_bucket_cname().cname}

    assert names == sorted(row.bucket for row in sample().oss)
    assert found[DOMAIN] == new
