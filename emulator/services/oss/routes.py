"""Which action of OSS a request means: by its method, its address and its sub-resources."""

from __future__ import annotations

from typing import Any

from emulator.api import ApiError
from emulator.oss_signatures import target
from emulator.request import Request

#: Query parameters of a list of buckets; any other names a sub-resource.
OF_LISTS = frozenset({"prefix", "marker", "max-keys"})
#: Likewise of a list of objects.
OF_OBJECTS = frozenset(
    {"prefix", "max-keys", "continuation-token", "start-after", "encoding-type", "delimiter", "fetch-owner"}
)
#: Method, whether a bucket is named, sub-resources, and `comp`: the action.
_ACTIONS: dict[tuple[str, bool, frozenset[str], str], str] = {
    ("GET", False, frozenset(), ""): "ListBuckets",
    ("GET", False, frozenset({"regions"}), ""): "DescribeRegions",
    ("GET", True, frozenset({"bucketInfo"}), ""): "GetBucketInfo",
    ("GET", True, frozenset({"location"}), ""): "GetBucketLocation",
    ("GET", True, frozenset({"cname"}), ""): "ListCname",
    ("GET", True, frozenset({"cname", "comp"}), "token"): "GetCnameToken",
    ("POST", True, frozenset({"cname", "comp"}), "add"): "PutCname",
    ("POST", True, frozenset({"cname", "comp"}), "delete"): "DeleteCname",
    ("POST", True, frozenset({"cname", "comp"}), "token"): "CreateCnameToken",
    ("GET", True, frozenset({"acl"}), ""): "GetBucketAcl",
    ("PUT", True, frozenset(), ""): "PutBucket",
    ("DELETE", True, frozenset(), ""): "DeleteBucket",
    ("GET", True, frozenset({"list-type"}), ""): "ListObjectsV2",
}
#: Method and sub-resources, of a request that names an object: the action.
_OF_OBJECTS: dict[tuple[str, frozenset[str]], str] = {
    ("PUT", frozenset()): "PutObject",
    ("GET", frozenset()): "GetObject",
    ("HEAD", frozenset()): "HeadObject",
    ("HEAD", frozenset({"objectMeta"})): "GetObjectMeta",
    ("DELETE", frozenset()): "DeleteObject",
}
#: Headers by which these would do something else: a copy, a part, a condition.
_HONOURED_NOT = ("range", "x-oss-copy-source", "x-oss-callback", "if-match", "if-modified-since")


def route(request: Request) -> tuple[str, dict[str, Any]]:
    """The action, and its parameters. Raises ApiError 501 where it is not emulated, and says what."""
    bucket, key = target(request)
    queries = request.queries
    asked = frozenset(queries) - (OF_LISTS if not bucket else OF_OBJECTS if "list-type" in queries else set())
    found = _ACTIONS.get((request.method, bool(bucket), asked, queries.get("comp", "")))
    if key:
        found = _OF_OBJECTS.get((request.method, asked))
        strange = next((name for name in _HONOURED_NOT if name in request.headers), None)
        if strange:
            raise ApiError(501, "NotImplemented", f"{strange} of {request.method} is not emulated.")
    if found is None:
        what = f"of {', '.join(sorted(asked))}" if asked else "of an object" if key else "of a bucket"
        raise ApiError(501, "NotImplemented", f"{request.method} {what} is not emulated.")
    where = {"bucket": bucket} if bucket else {}
    return found, {**queries, **where, **({"key": key} if key else {})}
