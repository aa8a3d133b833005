"""OSS beside its certificates, and what it says it does not emulate, through the vendor's clients."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import alibabacloud_oss_v2 as oss
import oss2
import oss2.models
import pytest
import requests

from emulator.cloud import Cloud
from emulator.server import Server
from tests.functional.emulator.official import Clock, populate, sample

BUCKET, DOMAIN = "shop-assets", "assets.example.com"


@pytest.fixture
def clock(cloud: Cloud) -> Clock:
    return populate(cloud)


@pytest.fixture
def auth(clock: Clock, server: Server) -> Any:
    return oss2.Auth(server.cloud.key.access_key_id, server.cloud.key.access_key_secret)


@pytest.fixture
def bucket(auth: Any, server: Server) -> Any:
    return oss2.Bucket(auth, server.endpoint, BUCKET)


@pytest.fixture
def v2(clock: Clock, server: Server) -> oss.Client:
    key = server.cloud.key
    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(
        key.access_key_id, key.access_key_secret
    )
    config.region, config.endpoint, config.retry_max_attempts = "cn-hangzhou", server.endpoint, 1
    return oss.Client(config)


def new_domain(name: str = "new.example.com") -> Any:
    return oss.BucketCnameConfiguration(cname=oss.Cname(domain=name))


def domains(v2: oss.Client) -> set[str]:
    return {row.domain for row in v2.list_cname(oss.ListCnameRequest(bucket=BUCKET)).cnames}


def code(call: Any, *arguments: Any) -> tuple[int, str]:
    with pytest.raises(oss.exceptions.OperationError) as caught:
        call(*arguments)
    error = caught.value.unwrap()
    assert isinstance(error, oss.exceptions.ServiceError)
    return error.status_code, error.code


def test_both_clients_read_a_bucket_s_information(v2: oss.Client, bucket: Any) -> None:
    info = v2.get_bucket_info(oss.GetBucketInfoRequest(bucket=BUCKET)).bucket_info
    older = bucket.get_bucket_info()

    assert (info.name, info.location, info.acl) == (BUCKET, "oss-cn-hangzhou", "private")
    assert (older.name, older.acl.grant, older.storage_class) == (BUCKET, "private", "Standard")
    assert older.extranet_endpoint == info.extranet_endpoint == "oss-cn-hangzhou.aliyuncs.com"
    assert older.owner.id == info.owner.id


def test_both_clients_read_where_a_bucket_is(v2: oss.Client, bucket: Any) -> None:
    found = v2.get_bucket_location(oss.GetBucketLocationRequest(bucket=BUCKET))

    assert found.location == bucket.get_bucket_location().location == "oss-cn-hangzhou"
    missing = oss.GetBucketLocationRequest(bucket="no-such-bucket")
    assert code(v2.get_bucket_location, missing) == (404, "NoSuchBucket")


def test_the_regions_are_told(v2: oss.Client) -> None:
    rows = v2.describe_regions(oss.DescribeRegionsRequest()).region_info
    one = v2.describe_regions(oss.DescribeRegionsRequest(regions="oss-cn-hangzhou")).region_info

    assert {row.region for row in rows} >= {f"oss-{row.region}" for row in sample().oss}
    assert [row.internet_endpoint for row in one] == ["oss-cn-hangzhou.aliyuncs.com"]


def test_a_domain_is_bound_with_a_token_and_taken_off(v2: oss.Client, clock: Clock) -> None:
    put = oss.PutCnameRequest(bucket=BUCKET, bucket_cname_configuration=new_domain())
    assert code(v2.put_cname, put) == (403, "NeedVerifyDomainOwnership")

    asked = oss.CreateCnameTokenRequest(bucket=BUCKET, bucket_cname_configuration=new_domain())
    first, again = (v2.create_cname_token(asked).cname_token for _ in range(2))
    told = v2.get_cname_token(oss.GetCnameTokenRequest(bucket=BUCKET, cname="new.example.com")).cname_token
    assert first.token
    assert (first.token, first.expire_time) == (again.token, again.expire_time)
    assert (told.token, told.bucket, told.cname) == (first.token, BUCKET, "new.example.com")

    v2.put_cname(put)
    assert "new.example.com" in domains(v2)
    delete = oss.DeleteCnameRequest(bucket=BUCKET, bucket_cname_configuration=new_domain())
    v2.delete_cname(delete)
    assert "new.example.com" not in domains(v2)
    assert code(v2.delete_cname, delete) == (404, "NoSuchCname")

    clock.advance(73 * 3600)
    assert code(v2.put_cname, put) == (403, "NeedVerifyDomainOwnership")


def test_the_older_client_binds_and_takes_off_as_well(bucket: Any) -> None:
    token = bucket.create_bucket_cname_token("new.example.com")
    bucket.put_bucket_cname(oss2.models.PutBucketCnameRequest("new.example.com"))
    bucket.delete_bucket_cname(DOMAIN)

    names = {row.domain for row in bucket.list_bucket_cname().cname}
    assert token.token == bucket.get_bucket_cname_token("new.example.com").token
    assert "new.example.com" in names
    assert DOMAIN not in names


def test_a_sub_resource_that_is_not_emulated_is_no_list_of_buckets(
    auth: Any, v2: oss.Client, bucket: Any
) -> None:
    refused = (501, "NotImplemented")
    assert code(v2.list_cloud_boxes, oss.ListCloudBoxesRequest()) == refused
    assert code(v2.list_buckets, oss.ListBucketsRequest(tag_key="a", tag_value="b")) == refused
    assert code(v2.get_bucket_stat, oss.GetBucketStatRequest(bucket=BUCKET)) == refused
    assert code(v2.list_objects, oss.ListObjectsRequest(bucket=BUCKET)) == refused
    assert code(v2.get_object_acl, oss.GetObjectAclRequest(bucket=BUCKET, key="a/b")) == refused
    for call in (bucket.get_bucket_lifecycle, bucket.get_bucket_logging, bucket.get_bucket_website):
        with pytest.raises(oss2.exceptions.ServerError) as caught:
            call()
        assert (caught.value.status, caught.value.code) == refused


def test_a_signature_of_the_second_kind_is_refused_in_the_form_of_oss(server: Server, clock: Clock) -> None:
    key = server.cloud.key
    second = oss2.make_auth(key.access_key_id, key.access_key_secret, oss2.AUTH_VERSION_2)

    with pytest.raises(oss2.exceptions.ServerError) as caught:
        oss2.Service(second, server.endpoint).list_buckets()

    assert (caught.value.status, caught.value.code) == (501, "NotImplemented")
    assert "V2" in caught.value.message


def test_a_presigned_address_and_an_unsigned_one_are_refused_in_the_form_of_oss(
    bucket: Any, server: Server
) -> None:
    host = {"Host": f"{BUCKET}.oss-cn-hangzhou.aliyuncs.com"}
    signed = requests.get(bucket.sign_url("GET", "a.txt", 60), timeout=5)
    unsigned = requests.get(f"{server.endpoint}/?cname", headers=host, timeout=5)
    foreign = requests.get(f"{server.endpoint}/", headers=host | {"Authorization": "Bearer x"}, timeout=5)

    told = [
        (answer.status_code, ET.fromstring(answer.text).findtext("Code"))
        for answer in (signed, unsigned, foreign)
    ]
    assert told == [(501, "NotImplemented"), (403, "AccessDenied"), (400, "InvalidArgument")]
    assert all(answer.headers["x-oss-request-id"] for answer in (signed, unsigned, foreign))
