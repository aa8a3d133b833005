"""The bucket and the objects that a stack's functions are made from.

The bucket's name follows from account and region, and nobody but the account may own it, read or write it:
what lies there runs with the rights of the functions' roles.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from shared.cloud.api import Action
from shared.cloud.oss import Oss
from shared.errors import CloudRejectedError, InvalidRequestError, SettingsError

_PUT_BUCKET: Final = Action("PutBucket")
_GET_ACL: Final = Action("GetBucketAcl")
_HEAD: Final = Action("HeadObject")
_PUT: Final = Action("PutObject")
_READ: Final = Action("GetObject")
_LIST: Final = Action("ListObjects")
_PAGE: Final = 1000
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
FOLDER: Final = "certdeploy/"  #: of the objects' keys


@dataclass(frozen=True)
class Stored:
    """An object as it is in a bucket, if it is the one that is meant. `digest`: its MD5, which OSS tells."""

    key: str
    size: int  #: bytes
    digest: str


@dataclass(frozen=True)
class Piece:
    """What is uploaded: `kind` is "code", "layer", "layer-aws" or "release", its key tells its content."""

    kind: str
    key: str
    content: bytes = field(repr=False)

    @classmethod
    def of(cls, kind: str, path: Path) -> "Piece":
        return cls(kind, f"{FOLDER}{path.name}", path.read_bytes())

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)

    @cached_property
    def stored(self) -> Stored:
        return Stored(self.key, self.size, hashlib.md5(self.content, usedforsecurity=False).hexdigest())


def bucket_of(account: str, region: str) -> str:
    """Names of buckets are the same for all accounts, so it has the account's id."""
    return f"certdeploy-{account}-{region}"


def check_bucket(name: str | None) -> None:
    """Raises InvalidRequestError: no bucket can have it. Source: the vendor's page of bucket names."""
    if name is not None and not _NAME.fullmatch(name):
        raise InvalidRequestError(
            f"--bucket {name[:70]}: a bucket's name has 3 to 63 small letters, digits and hyphens,"
            " and no hyphen at an end"
        )


class Store(Oss):
    """Objects of one bucket in one region. Errors as in `OpenApi.call`."""

    def is_there(self, bucket: str, region: str) -> bool:
        """Whether the account has it.

        Raises:
            SettingsError: it has it elsewhere, or others may write to it.
        """
        found = next((one for one in self.list_buckets() if one.name == bucket), None)
        if found is None:
            return False
        if (where := str(found.region or found.location).removeprefix("oss-")) != region:
            raise SettingsError(f"the bucket {bucket} is in {where}, not in {region}; name another one")
        import alibabacloud_oss_v2 as sdk

        told = self._call(_GET_ACL, region, "get_bucket_acl", sdk.GetBucketAclRequest(bucket=bucket))
        if told.acl != "private":
            raise SettingsError(
                f"the bucket {bucket} is {told.acl or 'not private'}: whoever writes to it decides what the"
                " functions do; make it private, or name another one"
            )
        return True

    def make(self, bucket: str, region: str) -> None:
        """Raises SettingsError: another account has it."""
        import alibabacloud_oss_v2 as sdk

        try:
            self._call(_PUT_BUCKET, region, "put_bucket", sdk.PutBucketRequest(bucket=bucket, acl="private"))
        except CloudRejectedError as error:
            if error.cloud_code != "BucketAlreadyExists":
                raise
        else:
            return
        raise SettingsError(f"the bucket {bucket} belongs to another account; name one with --bucket")

    def put(self, bucket: str, region: str, piece: Piece) -> None:
        import alibabacloud_oss_v2 as sdk

        request = sdk.PutObjectRequest(bucket=bucket, key=piece.key, body=piece.content)
        self._call(_PUT, region, "put_object", request)

    def has(self, bucket: str, region: str, meant: Stored) -> bool:
        """By size and digest: a name alone says what somebody meant to put there."""
        import alibabacloud_oss_v2 as sdk

        try:
            told: Any = self._call(
                _HEAD, region, "head_object", sdk.HeadObjectRequest(bucket=bucket, key=meant.key)
            )
        except CloudRejectedError as error:
            if _is_missing(error):
                return False
            raise
        return told.content_length == meant.size and str(told.etag).strip('"').lower() == meant.digest

    def get(self, bucket: str, region: str, key: str) -> bytes | None:
        """The object's content; None: there is none, or no bucket."""
        import alibabacloud_oss_v2 as sdk

        try:
            told: Any = self._call(_READ, region, "get_object", sdk.GetObjectRequest(bucket=bucket, key=key))
        except CloudRejectedError as error:
            if _is_missing(error):
                return None
            raise
        return bytes(told.body.read())

    def keys(self, bucket: str, region: str, prefix: str) -> Iterator[tuple[str, datetime]]:
        """Of the objects whose key begins so, each with the time of its last upload."""
        import alibabacloud_oss_v2 as sdk

        token: str | None = None
        while True:
            request = sdk.ListObjectsV2Request(
                bucket=bucket, prefix=prefix, max_keys=_PAGE, continuation_token=token
            )
            page: Any = self._call(_LIST, region, "list_objects_v2", request)
            for one in page.contents or ():
                yield str(one.key), one.last_modified
            if not page.is_truncated or page.next_continuation_token in (None, "", token):
                return
            token = page.next_continuation_token


def _is_missing(error: CloudRejectedError) -> bool:
    return "NoSuch" in error.cloud_code or "404" in error.cloud_code
