"""Buckets and objects that requests make, through the vendor's two unmodified clients of OSS."""

from __future__ import annotations

import alibabacloud_oss_v2 as oss
import oss2
import pytest

from emulator.cloud import Cloud
from emulator.server import Server
from tests.functional.emulator.products.oss_clients import client
from tests.functional.emulator.products.oss_clients import refusal_of as code

BUCKET = "certdeploy-code"


@pytest.fixture
def v2(cloud: Cloud, server: Server) -> oss.Client:
    made = client(server)
    made.put_bucket(oss.PutBucketRequest(bucket=BUCKET, acl="private"))
    return made


def put(v2: oss.Client, key: str, body: bytes = b"content") -> None:
    v2.put_object(oss.PutObjectRequest(bucket=BUCKET, key=key, body=body))


def test_a_bucket_is_made_once_and_is_private(v2: oss.Client, server: Server) -> None:
    v2.put_bucket(oss.PutBucketRequest(bucket=BUCKET))
    elsewhere = client(server, "cn-shanghai")

    assert v2.is_bucket_exist(BUCKET)
    assert not v2.is_bucket_exist("no-such-bucket")
    assert v2.get_bucket_acl(oss.GetBucketAclRequest(bucket=BUCKET)).acl == "private"
    assert [row.name for row in v2.list_buckets(oss.ListBucketsRequest()).buckets] == [BUCKET]
    again = oss.PutBucketRequest(bucket=BUCKET)
    assert code(elsewhere.put_bucket, again) == (409, "BucketAlreadyExists")


def test_an_object_is_what_was_put(v2: oss.Client) -> None:
    put(v2, "folder/ä b+.zip", b"\x00\xff" * 1000)

    got = v2.get_object(oss.GetObjectRequest(bucket=BUCKET, key="folder/ä b+.zip"))
    head = v2.head_object(oss.HeadObjectRequest(bucket=BUCKET, key="folder/ä b+.zip"))

    assert got.body.content == b"\x00\xff" * 1000
    assert (head.content_length, head.etag) == (2000, got.etag)
    assert v2.is_object_exist(BUCKET, "folder/ä b+.zip")
    assert not v2.is_object_exist(BUCKET, "folder/none")
    missing = oss.GetObjectRequest(bucket=BUCKET, key="none")
    assert code(v2.get_object, missing) == (404, "NoSuchKey")
    nowhere = oss.PutObjectRequest(bucket="no-such-bucket", key="a", body=b"")
    assert code(v2.put_object, nowhere) == (404, "NoSuchBucket")


def test_an_object_is_kept_from_being_written_over_where_that_is_asked(v2: oss.Client) -> None:
    put(v2, "a", b"first")
    second = oss.PutObjectRequest(bucket=BUCKET, key="a", body=b"second", forbid_overwrite=True)

    assert code(v2.put_object, second) == (409, "FileAlreadyExists")
    assert v2.get_object(oss.GetObjectRequest(bucket=BUCKET, key="a")).body.content == b"first"


def test_objects_are_listed_in_pages_by_prefix(v2: oss.Client) -> None:
    for key in ("code/b c", "code/a", "code/ä", "other"):
        put(v2, key)

    first = v2.list_objects_v2(oss.ListObjectsV2Request(bucket=BUCKET, prefix="code/", max_keys=2))
    token = first.next_continuation_token
    rest = v2.list_objects_v2(
        oss.ListObjectsV2Request(bucket=BUCKET, prefix="code/", max_keys=2, continuation_token=token)
    )

    assert [row.key for row in (*first.contents, *rest.contents)] == ["code/a", "code/b c", "code/ä"]
    assert (first.is_truncated, rest.is_truncated, rest.key_count) == (True, False, 1)


def test_a_bucket_is_deleted_when_nothing_is_in_it(v2: oss.Client) -> None:
    put(v2, "a")
    assert code(v2.delete_bucket, oss.DeleteBucketRequest(bucket=BUCKET)) == (409, "BucketNotEmpty")

    for _ in range(2):
        v2.delete_object(oss.DeleteObjectRequest(bucket=BUCKET, key="a"))
    v2.delete_bucket(oss.DeleteBucketRequest(bucket=BUCKET))

    assert not v2.is_bucket_exist(BUCKET)


def test_the_older_client_puts_and_gets_as_well(v2: oss.Client, server: Server) -> None:
    key = server.cloud.key
    bucket = oss2.Bucket(
        oss2.Auth(key.access_key_id, key.access_key_secret), server.endpoint, BUCKET, is_path_style=True
    )

    bucket.put_object("a/b", b"older")

    assert bucket.get_object("a/b").read() == b"older"
    assert bucket.object_exists("a/b")
    assert not bucket.object_exists("a/c")
    assert [row.key for row in oss2.ObjectIteratorV2(bucket)] == ["a/b"]


def test_what_would_not_be_a_whole_object_is_not_emulated(v2: oss.Client) -> None:
    put(v2, "a")
    part = oss.GetObjectRequest(bucket=BUCKET, key="a", range_header="bytes=0-1")
    copy = oss.CopyObjectRequest(bucket=BUCKET, key="b", source_key="a")
    grouped = oss.ListObjectsV2Request(bucket=BUCKET, delimiter="/")

    for call, request in ((v2.get_object, part), (v2.copy_object, copy), (v2.list_objects_v2, grouped)):
        assert code(call, request) == (501, "NotImplemented")
