"""Which action of OSS a request means: by its method, its address and its sub-resources."""

from __future__ import annotations

from typing import Any

from emulator.api import ApiError
from emulator.oss_signatures import target
from emulator.request import Request

#: Query parameters of a list of buckets; any other names a sub-resource.
OF_LISTS = frozenset({"prefix", "marker", "max-keys"})
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
}


def route(request: Request) -> tuple[str, dict[str, Any]]:
    """The action, and its parameters. Raises ApiError 501 where it is not emulated, and says what."""
    bucket, key = target(request)
    queries = request.queries
    asked = frozenset(queries) if bucket else frozenset(queries) - OF_LISTS
    action = _ACTIONS.get((request.method, bool(bucket), asked, queries.get("comp", "")))
    if action is None or key:
        what = f"of {', '.join(sorted(asked))}" if asked else "of an object" if key else "of a bucket"
        raise ApiError(501, "NotImplemented", f"{request.method} {what} is not emulated.")
    return action, {**queries, "bucket": bucket} if bucket else dict(queries)
