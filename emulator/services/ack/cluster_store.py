"""The objects of one emulated cluster: versions, conflicts, lists by pages, watches, and what is refused."""

from __future__ import annotations

import base64
import binascii
import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from emulator.api import ApiError
from emulator.services.ack.cluster_checks import addressed, check, check_change, check_secret, generated
from emulator.services.ack.cluster_fields import Writer, updated
from emulator.services.ack.cluster_kinds import NAMESPACES, SECRETS, Kind, Target
from emulator.services.ack.cluster_selectors import label_tests, selects_fields

Object = dict[str, Any]
Key = tuple[str, str, str]  #: plural, namespace, name
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
            details = {"name": wanted.name, "kind": wanted.kind.plural}
            raise ApiError(404, "NotFound", f'{_named(wanted.kind)} "{wanted.name}" not found', **details)
        return found

    def page(self, wanted: Target, query: Mapping[str, str]) -> Object:
        selected = _selection(wanted, query)
        rows = [item for key, item in sorted(self.objects.items()) if selected(key, item)]
        start, version = self._continued(query.get("continue", ""))
        limit = query.get("limit") or "0"
        if not limit.isdecimal():
            raise ApiError(400, "BadRequest", f'limit: Invalid value: "{limit}"')
        size = int(limit) or len(rows)
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

    def create(self, wanted: Target, body: Object, now: datetime, by: Writer | None = None) -> Object:
        """`by`: whose fields they are; None: as the body says.

        Raises ApiError: 400, 404 for a missing namespace, 409 where it is there already, 422.
        """
        addressed(wanted, body)
        given = body.get("metadata") or {}
        name = wanted.name or given.get("name") or ""
        if not name and given.get("generateName"):
            name = generated(given["generateName"])
        wanted = wanted._replace(name=name)
        if wanted.kind.namespaced and not wanted.namespace:
            raise ApiError(
                405, "MethodNotAllowed", "the server does not allow this method on the requested resource"
            )
        if wanted.kind.namespaced:
            self.get(Target(NAMESPACES, "", wanted.namespace))
        if _key(wanted) in self.objects:
            details = {"name": wanted.name}
            raise ApiError(
                409, "AlreadyExists", f'{_named(wanted.kind)} "{wanted.name}" already exists', **details
            )
        meta: Object = {"uid": str(uuid4()), "creationTimestamp": f"{now:{_STAMP}}", "generation": 1}
        return self._put(wanted, body, meta, "ADDED", by)

    def replace(self, wanted: Target, body: Object, by: Writer | None = None) -> Object:
        """Write the whole object. Unchanged, it keeps its version. `by` as in `create`.

        Raises:
            ApiError: 409 if the body names another version than the one in place; 422 if it is wrong.
        """
        addressed(wanted, body)
        before = self.get(wanted)
        told = (body.get("metadata") or {}).get("resourceVersion")
        if told and told != before["metadata"]["resourceVersion"]:
            raise ApiError(
                409,
                "Conflict",
                f'Operation cannot be fulfilled on {_named(wanted.kind)} "{wanted.name}": the object has '
                "been modified; please apply your changes to the latest version and try again",
            )
        check_change(wanted, before, body)
        kept = {name: before["metadata"][name] for name in ("uid", "creationTimestamp", "generation")}
        if {**body, "metadata": None} != {**before, "metadata": None}:
            kept["generation"] = kept["generation"] + 1
        return self._put(wanted, body, kept, "MODIFIED", by, before)

    def tell_status(self, kind: Kind, key: Key, status: Object, by: Writer) -> None:
        """What a controller writes: it counts as a change, too."""
        before = self.objects[key]
        if before.get("status") != status:
            self.objects[key] = updated(kind, before, {**copy.deepcopy(before), "status": status}, by)
            self._tell("MODIFIED", key, self.objects[key])

    def delete(self, wanted: Target) -> Object:
        """A namespace goes with all that is in it."""
        gone = self.get(wanted)
        keys = [_key(wanted)]
        if wanted.kind == NAMESPACES:
            keys = [key for key in self.objects if key[1] == wanted.name] + keys
        for key in keys:
            self._tell("DELETED", key, self.objects.pop(key))
        return gone

    def since(self, version: int, wanted: Target, query: Mapping[str, str]) -> list[Event]:
        selected = _selection(wanted, query)
        return [
            event for event in self.events if event.version > version and selected(event.key, event.object)
        ]

    def _put(
        self,
        wanted: Target,
        body: Object,
        meta: Object,
        kind: str,
        by: Writer | None,
        before: Object | None = None,
    ) -> Object:
        item = copy.deepcopy(body)
        given = item.get("metadata") or {}
        where = {"namespace": wanted.namespace} if wanted.kind.namespaced else {}
        item |= {"apiVersion": wanted.kind.api_version, "kind": wanted.kind.kind}
        item["metadata"] = {**given, "name": wanted.name, **where, **meta}
        check(wanted, item)
        if wanted.kind == SECRETS:
            check_secret(wanted, item)
        if by is not None:
            item = updated(wanted.kind, before, item, by)
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


def _selection(wanted: Target, query: Mapping[str, str]) -> Callable[[Key, Object], bool]:
    """Whether a list or a watch is about an object. Raises ApiError 400, also where there is none."""
    labels = label_tests(query.get("labelSelector", ""))
    fields = selects_fields(query.get("fieldSelector", ""), wanted.kind)

    def test(key: Key, item: Object) -> bool:
        plural, namespace, name = key
        return (
            plural == wanted.kind.plural
            and wanted.namespace in ("", namespace)
            and wanted.name in ("", name)
            and fields(item)
            and all(one(item["metadata"].get("labels") or {}) for one in labels)
        )

    return test


def _named(kind: Kind) -> str:
    return f"{kind.plural}.{kind.group}" if kind.group else kind.plural


def _key(wanted: Target) -> Key:
    return wanted.kind.plural, wanted.namespace, wanted.name
