"""OSS: buckets that requests make, and objects in them, whole.

Not emulated: versions, parts, copies, conditions, access lists but the one that a bucket is made with.
"""

from __future__ import annotations

import base64
import re
from email.utils import format_datetime
from hashlib import md5
from typing import Any
from urllib.parse import quote

from emulator.api import ApiError, Call, Raw
from emulator.service import Account, EmulatedService
from emulator.services.oss.model import STAMP, Bucket, Object
from emulator.services.oss.xml import answer

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_ACLS = ("private", "public-read", "public-read-write")
_LONGEST_KEY = 1023
_MOST = 1000


class Objects(EmulatedService):
    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._buckets: dict[str, Bucket] = {}

    def content(self, bucket: str, key: str, region: str) -> bytes:
        """What another product of the account reads in its region. Raises ApiError as for a caller."""
        found = self._buckets.get(bucket)
        if found is None or found.region != region:
            raise _no_bucket()
        return _object(found, key).content

    def PutBucket(self, call: Call) -> Raw:
        """One's own may be made again, as long as it is in the same region."""
        name, acl = call.params["bucket"], call.headers.get("x-oss-acl", "private")
        if not _NAME.fullmatch(name):
            raise ApiError(400, "InvalidBucketName", "The specified bucket is not valid.")
        if acl not in _ACLS:
            raise ApiError(400, "InvalidArgument", f"x-oss-acl takes {', '.join(_ACLS)}.")
        found = self._buckets.get(name)
        if found is None:
            self._buckets[name] = Bucket(name, call.region, {}, acl=acl, created=self.cloud.clock())
        elif found.region != call.region:
            raise ApiError(409, "BucketAlreadyExists", "The requested bucket name is not available.")
        return Raw(200, b"", {"location": f"/{name}"})

    def DeleteBucket(self, call: Call) -> Raw:
        bucket = self._bucket(call)
        if bucket.objects:
            raise ApiError(409, "BucketNotEmpty", "The bucket you tried to delete is not empty.")
        del self._buckets[bucket.name]
        return Raw(204, b"")

    def GetBucketAcl(self, call: Call) -> Raw:
        owner = {"ID": self.cloud.account, "DisplayName": self.cloud.account}
        words = {"Owner": owner, "AccessControlList": {"Grant": self._bucket(call).acl}}
        return answer("AccessControlPolicy", words)

    def PutObject(self, call: Call) -> Raw:
        bucket, key = self._bucket(call), call.params["key"]
        if not 1 <= len(key.encode()) <= _LONGEST_KEY or key[0] in "/\\":
            raise ApiError(400, "InvalidObjectName", "The specified object is not valid.")
        digest = base64.b64encode(md5(call.raw_body, usedforsecurity=False).digest()).decode()
        if call.headers.get("content-md5", digest) != digest:
            raise ApiError(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
        if call.headers.get("x-oss-forbid-overwrite", "").lower() == "true" and key in bucket.objects:
            raise ApiError(409, "FileAlreadyExists", "The object you specified already exists.")
        kind = call.headers.get("content-type") or "application/octet-stream"
        own = {name: text for name, text in call.headers.items() if name.startswith("x-oss-meta-")}
        put = Object(call.raw_body, kind, self.cloud.clock(), own)
        bucket.objects[key] = put
        return Raw(200, b"", {"etag": f'"{put.etag}"', "content-md5": digest})

    def GetObject(self, call: Call) -> Raw:
        found = _object(self._bucket(call), call.params["key"])
        return Raw(200, found.content, _headers(found), found.content_type)

    def HeadObject(self, call: Call) -> Raw:
        """The length that is told is that of the content, which does not come along."""
        return self.GetObject(call)

    def GetObjectMeta(self, call: Call) -> Raw:
        return self.GetObject(call)

    def DeleteObject(self, call: Call) -> Raw:
        """One that is not there is deleted as well."""
        self._bucket(call).objects.pop(call.params["key"], None)
        return Raw(204, b"")

    def ListObjectsV2(self, call: Call) -> Raw:
        bucket, params = self._bucket(call), call.params
        prefix, size = params.get("prefix", ""), params.get("max-keys", "100")
        if params.get("delimiter"):
            raise ApiError(501, "NotImplemented", "delimiter of ListObjectsV2 is not emulated.")
        if params["list-type"] != "2":
            raise ApiError(400, "InvalidArgument", "list-type takes 2.")
        if not size.isdecimal() or not 1 <= int(size) <= _MOST:
            raise ApiError(400, "InvalidArgument", f"max-keys takes 1 to {_MOST}.")
        after = _read_token(params.get("continuation-token", "")) or params.get("start-after", "")
        found = sorted(key for key in bucket.objects if key.startswith(prefix) and key > after)
        page = found[: int(size)]
        coded = params.get("encoding-type") == "url"
        content: dict[str, Any] = {"Name": bucket.name, "Prefix": _coded(prefix, coded), "MaxKeys": size}
        content |= {"Contents": [_row(key, bucket.objects[key], coded) for key in page]}
        content |= {"KeyCount": len(page), "IsTruncated": str(len(page) < len(found)).lower()}
        content |= {"EncodingType": "url"} if coded else {}
        if len(page) < len(found):
            content["NextContinuationToken"] = base64.urlsafe_b64encode(page[-1].encode()).decode()
        return answer("ListBucketResult", content)

    def _bucket(self, call: Call) -> Bucket:
        bucket = self._buckets.get(call.params["bucket"])
        if bucket is None:
            raise _no_bucket()
        says_region = call.host or call.headers.get("authorization", "").startswith("OSS4")
        if says_region and call.region != bucket.region:
            raise ApiError(
                403,
                "AccessDenied",
                "The bucket you are attempting to access must be addressed using the specified "
                "endpoint. Please send all future requests to this endpoint.",
                Endpoint=f"oss-{bucket.region}.aliyuncs.com",
            )
        return bucket


def _no_bucket() -> ApiError:
    return ApiError(404, "NoSuchBucket", "The specified bucket does not exist.")


def _object(bucket: Bucket, key: str) -> Object:
    try:
        return bucket.objects[key]
    except KeyError:
        raise ApiError(404, "NoSuchKey", "The specified key does not exist.") from None


def _headers(found: Object) -> dict[str, str]:
    changed = format_datetime(found.modified, usegmt=True)
    return {"etag": f'"{found.etag}"', "last-modified": changed, "x-oss-object-type": "Normal", **found.own}


def _row(key: str, found: Object, coded: bool) -> dict[str, Any]:
    return {
        "Key": _coded(key, coded),
        "LastModified": found.modified.strftime(STAMP),
        "ETag": f'"{found.etag}"',
        "Type": "Normal",
        "Size": len(found.content),
        "StorageClass": "Standard",
    }


def _coded(text: str, coded: bool) -> str:
    return quote(text, safe="/") if coded else text


def _read_token(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except ValueError:
        raise ApiError(400, "InvalidArgument", "The continuation token is not valid.") from None
