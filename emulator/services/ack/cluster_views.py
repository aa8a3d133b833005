"""In what form a client wants an object or a list: whole, or its metadata alone.

By the Accept header, of which the first form counts that there is; 406 where there is none. Tables are not
emulated: `kubectl` names the whole objects after them, and makes them itself.
Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches
"""

from __future__ import annotations

from typing import Any

from emulator.api import ApiError

_GROUP = "meta.k8s.io"
_VERSIONS = ("v1", "v1beta1")
_METADATA, _METADATA_OF_LISTS = "PartialObjectMetadata", "PartialObjectMetadataList"
_TYPES = ("application/json", "application/*", "*/*")


def viewed(accept: str, found: dict[str, Any]) -> dict[str, Any]:
    """`found`, an object or a list, as `accept` asks for it. Raises ApiError 406."""
    for asked in accept.split(",") if accept.strip() else ["*/*"]:
        kind, *rest = (part.strip() for part in asked.split(";"))
        if kind not in _TYPES:
            continue
        how = dict(part.partition("=")[::2] for part in rest)
        form = how.get("as", "")
        if not form:
            return found
        if form in (_METADATA, _METADATA_OF_LISTS) and how.get("g") == _GROUP and how.get("v") in _VERSIONS:
            return _partial(form, f"{_GROUP}/{how['v']}", found)
    raise ApiError(406, "NotAcceptable", "only the following media types are accepted: application/json")


def form_of(accept: str) -> str:
    """What the log of calls says of it: "" of whole objects."""
    return accept.partition("as=")[2].partition(";")[0]


def _partial(form: str, api_version: str, found: dict[str, Any]) -> dict[str, Any]:
    items = found.get("items")
    if (items is None) is (form == _METADATA_OF_LISTS):
        what = "not a list" if items is None else "a list"
        raise ApiError(406, "NotAcceptable", f"you requested {form}, but the requested object is {what}")
    partial = {"kind": form, "apiVersion": api_version, "metadata": found["metadata"]}
    if items is not None:
        partial["items"] = [_partial(_METADATA, api_version, item) for item in items]
    return partial
