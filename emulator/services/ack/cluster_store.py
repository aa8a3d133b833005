"""The objects of one emulated cluster: versions, conflicts, lists by pages, watches, and what is refused."""

from __future__ import annotations

import base64
import binascii
import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from emulator.api import ApiError
from emulator.services.ack.cluster_kinds import SECRETS, Kind, Target

Object = dict[str, Any]
Key = tuple[str, str, str]  #: plural, namespace, name
LARGEST_SECRET = 1 << 20
_STAMP = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Event:
    version: int
    type: str  #: ADDED, MODIFIED, DELETED
    key: Key
    object: Object


class Store:
    """Every change counts the version up by one and is an event for those who watch."""

    def __init__(self) -> None:
        self.version = 1000
        self.objects: dict[Key, Object] = {}
        self.events: list[Event] = []

    def get(self, wanted: Target) -> Object:
        found = self.objects.get(_key(wanted))
        if found is None:
            raise ApiError(404, "NotFound", f'{_named(wanted.kind)} "{wanted.name}" not found')
        return found

    def page(self, wanted: Target, query: Mapping[str, str]) -> Object:
        rows = [item for key, item in sorted(self.objects.items()) if _selected(key, item, wanted, query)]
        start, version = self._continued(query.get("continue", ""))
        size = int(query.get("limit") or 0) or len(rows)
        meta: Object = {"resourceVersion": str(version)}
        if start + size < len(rows):
            token = json.dumps({"start": start + size, "version": version}).encode()
            meta |= {
                "continue": base64.urlsafe_b64encode(token).decode(),
                "remainingItemCount": len(rows) - start - size,
            }
        return {
            "kind": f"{wanted.kind.kind}List",
            "apiVersion": wanted.kind.api_version,
            "metadata": meta,
            "items": rows[start : start + size],
        }

    def create(self, wanted: Target, body: Object, now: datetime) -> Object:
        name = (body.get("metadata") or {}).get("name") or ""
        wanted = wanted._replace(name=name or wanted.name)
        if not wanted.name:
            raise ApiError(422, "Invalid", f"{_named(wanted.kind)} is invalid: metadata.name: Required value")
        if _key(wanted) in self.objects:
            raise ApiError(409, "AlreadyExists", f'{_named(wanted.kind)} "{wanted.name}" already exists')
        meta: Object = {"uid": str(uuid4()), "creationTimestamp": f"{now:{_STAMP}}", "generation": 1}
        return self._put(wanted, body, meta, "ADDED")

    def replace(self, wanted: Target, body: Object) -> Object:
        """Write the whole object. Unchanged, it keeps its version.

        Raises:
            ApiError: 409 if the body names another version than the one in place; 422 if it is wrong.
        """
        before = self.get(wanted)
        told = (body.get("metadata") or {}).get("resourceVersion")
        if told and told != before["metadata"]["resourceVersion"]:
            raise ApiError(
                409,
                "Conflict",
                f'Operation cannot be fulfilled on {_named(wanted.kind)} "{wanted.name}": the object has '
                "been modified; please apply your changes to the latest version and try again",
            )
        if before.get("immutable") and any(body.get(n) != before.get(n) for n in ("data", "immutable")):
            raise _invalid(wanted, "data: Forbidden: field is immutable when `immutable` is set")
        if body.get("type", before.get("type")) != before.get("type"):
            raise _invalid(wanted, "type: Invalid value: field is immutable")
        kept = {name: before["metadata"][name] for name in ("uid", "creationTimestamp", "generation")}
        if {**body, "metadata": None} != {**before, "metadata": None}:
            kept["generation"] = kept["generation"] + 1
        return self._put(wanted, body, kept, "MODIFIED", before)

    def tell_status(self, key: Key, status: Object) -> None:
        """What a controller writes: it counts as a change, too."""
        if self.objects[key].get("status") != status:
            self.objects[key] = {**copy.deepcopy(self.objects[key]), "status": status}
            self._tell("MODIFIED", key, self.objects[key])

    def delete(self, wanted: Target) -> Object:
        gone = self.get(wanted)
        del self.objects[_key(wanted)]
        self._tell("DELETED", _key(wanted), gone)
        return gone

    def since(self, version: int, wanted: Target, query: Mapping[str, str]) -> list[Event]:
        return [
            event
            for event in self.events
            if event.version > version and _selected(event.key, event.object, wanted, query)
        ]

    def _put(
        self, wanted: Target, body: Object, meta: Object, kind: str, before: Object | None = None
    ) -> Object:
        item = copy.deepcopy(body)
        given = item.get("metadata") or {}
        where = {"namespace": wanted.namespace} if wanted.kind.namespaced else {}
        item |= {"apiVersion": wanted.kind.api_version, "kind": wanted.kind.kind}
        item["metadata"] = {**given, "name": wanted.name, **where, **meta}
        if wanted.kind == SECRETS:
            _check_secret(wanted, item)
        if before is not None:
            item["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"]
            if item == before:
                return before
        self.objects[_key(wanted)] = item
        self._tell(kind, _key(wanted), item)
        return item

    def _tell(self, kind: str, key: Key, item: Object) -> None:
        self.version += 1
        item["metadata"]["resourceVersion"] = str(self.version)
        self.events.append(Event(self.version, kind, key, copy.deepcopy(item)))

    def _continued(self, token: str) -> tuple[int, int]:
        if not token:
            return 0, self.version
        try:
            found = json.loads(base64.urlsafe_b64decode(token))
            return int(found["start"]), int(found["version"])
        except (ValueError, KeyError, TypeError, binascii.Error):
            raise ApiError(400, "BadRequest", "continue key is not valid") from None


def _check_secret(wanted: Target, item: Object) -> None:
    for name, text in (item.pop("stringData", None) or {}).items():
        item.setdefault("data", {})[name] = base64.b64encode(text.encode()).decode()
    item.setdefault("type", "Opaque")
    data = item.get("data") or {}
    try:
        size = sum(len(base64.b64decode(text, validate=True)) for text in data.values())
    except (ValueError, TypeError):
        raise ApiError(400, "BadRequest", "Secret in version v1 cannot be handled: illegal base64") from None
    if size > LARGEST_SECRET:
        raise _invalid(wanted, "data: Too long: must have at most 1048576 bytes")
    if item["type"] == "kubernetes.io/tls":
        for name in ("tls.crt", "tls.key"):
            if name not in data:
                raise _invalid(wanted, f"data[{name}]: Required value")


def _selected(key: Key, item: Object, wanted: Target, query: Mapping[str, str]) -> bool:
    plural, namespace, name = key
    if plural != wanted.kind.plural or wanted.namespace not in ("", namespace):
        return False
    if wanted.name not in ("", name):
        return False
    fields = {"metadata.name": name, "metadata.namespace": namespace, "type": item.get("type", "")}
    labels = item["metadata"].get("labels") or {}
    for term in filter(None, query.get("fieldSelector", "").split(",")):
        field, wrong, value = _term(term)
        if field not in fields:
            raise ApiError(400, "BadRequest", f"field label not supported: {field}")
        if (fields[field] == value) is wrong:
            return False
    return all(
        (labels.get(label) == value) is not wrong
        for label, wrong, value in map(_term, filter(None, query.get("labelSelector", "").split(",")))
    )


def _term(text: str) -> tuple[str, bool, str]:
    """`a=b`, `a==b` or `a!=b`."""
    name, _, value = text.partition("=")
    return name.removesuffix("!"), name.endswith("!"), value.removeprefix("=")


def _invalid(wanted: Target, why: str) -> ApiError:
    return ApiError(422, "Invalid", f'{wanted.kind.kind} "{wanted.name}" is invalid: {why}')


def _named(kind: Kind) -> str:
    return f"{kind.plural}.{kind.group}" if kind.group else kind.plural


def _key(wanted: Target) -> Key:
    return wanted.kind.plural, wanted.namespace, wanted.name
