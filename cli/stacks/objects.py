"""The bucket and the objects that a stack's functions are made from.

The bucket's name follows from account and region, and nobody but the account may own it, read or write it:
what lies there runs with the rights of the functions' roles.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shared.cloud.api import Action
from shared.cloud.oss import Oss
from shared.errors import CloudRejectedError, InvalidRequestError, SettingsError

_PUT_BUCKET: Final = Action("PutBucket")
_GET_ACL: Final = Action("GetBucketAcl")
_HEAD: Final = Action("HeadObject")
_PUT: Final = Action("PutObject")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
FOLDER: Final = "certdeploy/"  #: of the objects' keys


@dataclass(frozen=True)
class Piece:
    """An archive: `kind` is "code", "layer" or "layer-aws", its name tells its content."""

    kind: str
    path: Path

    @property
    def key(self) -> str:
        return f"{FOLDER}{self.path.name}"

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size


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

    def lacking(self, bucket: str, region: str, pieces: Iterable[Piece]) -> list[Piece]:
        """Those that are not there as they are here."""
        return [piece for piece in pieces if not self._has(bucket, region, piece)]

    def put(self, bucket: str, region: str, piece: Piece) -> None:
        import alibabacloud_oss_v2 as sdk

        content = piece.path.read_bytes()
        request = sdk.PutObjectRequest(bucket=bucket, key=piece.key, body=content)
        self._call(_PUT, region, "put_object", request)

    def _has(self, bucket: str, region: str, piece: Piece) -> bool:
        """By size and digest: a name alone says what somebody meant to put there."""
        import alibabacloud_oss_v2 as sdk

        try:
            told: Any = self._call(
                _HEAD, region, "head_object", sdk.HeadObjectRequest(bucket=bucket, key=piece.key)
            )
        except CloudRejectedError as error:
            if "NoSuch" in error.cloud_code or "404" in error.cloud_code:
                return False
            raise
        digest = hashlib.md5(piece.path.read_bytes(), usedforsecurity=False).hexdigest()
        return told.content_length == piece.size and str(told.etag).strip('"').lower() == digest
