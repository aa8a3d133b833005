"""Who wrote which field of an object: `metadata.managedFields`, as an API server keeps it.

An update takes the fields that it changes from everybody else; an apply owns what it names, and shares what
it leaves as it is. Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/.
Simplified: every list is one field, and any number of managers is kept (the real server merges the oldest of
more than ten).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from emulator.api import ApiError
from emulator.services.ack.cluster_kinds import Kind

Object = dict[str, Any]
Path = tuple[str, ...]  #: keys as `fieldsV1` has them: `f:data`, `f:tls.crt`; `.` for the map itself
_LONGEST = 128
_NOBODYS = frozenset(
    {"name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields"}
    | {"resourceVersion"}
)
#: Maps that are a field themselves, beside those in them. Of a custom resource every map is.
_MAPS = frozenset({"f:data", "f:labels", "f:annotations"})


@dataclass(frozen=True)
class Writer:
    manager: str
    at: datetime
    operation: Literal["Update", "Apply"] = "Update"
    subresource: str = ""


_NAMED = ("manager", "operation", "apiVersion", "subresource")


class _Identity(NamedTuple):
    manager: str
    operation: str
    api_version: str
    subresource: str


@dataclass
class _Entry:
    time: str
    fields: set[Path]


_Entries = dict[_Identity, _Entry]


def manager_of(named: str, user_agent: str) -> str:
    """The parameter `fieldManager`, or the user agent up to its first slash."""
    return named or "".join(filter(str.isprintable, user_agent.partition("/")[0]))[:_LONGEST] or "unknown"


def updated(kind: Kind, before: Object | None, after: Object, by: Writer) -> Object:
    """`after` with its fields' managers. One that had none stays without: it is not tracked later on."""
    told = after["metadata"].get("managedFields")
    if before is not None and told is None:
        told = before["metadata"].get("managedFields")
    entries = _read(told or [])
    if before is not None and not entries:
        return _with(after, entries)
    old, new = dict(_fields(before or {}, kind)), dict(_fields(after, kind))
    changed = {path for path, value in new.items() if path not in old or old[path] != value}
    gone = old.keys() - new.keys()
    own = _identity(kind, by)
    for identity, entry in entries.items():
        entry.fields -= gone if identity == own else gone | changed
    if changed:
        before_it = entries[own].fields if own in entries else set()
        entries[own] = _Entry(_stamp(by.at), before_it | changed)
    return _with(after, entries)


def applied(kind: Kind, before: Object | None, body: Object, by: Writer, *, force: bool = False) -> Object:
    """`before` with what `body` names, and without what the same applier named before and names no more.

    Raises ApiError 409 where another manager has a field at another value, unless it is forced.
    """
    live = copy.deepcopy(before or {})
    live.setdefault("metadata", {})
    entries, own = _read(live["metadata"].get("managedFields") or []), _identity(kind, by)
    wanted = {path: value for path, value in _fields(body, kind) if path[-1] != "."}
    now = dict(_fields(live, kind))
    differing = {path for path, value in wanted.items() if path in now and now[path] != value}
    others = {identity: entry for identity, entry in entries.items() if identity != own}
    disputed = {identity: entry.fields & differing for identity, entry in others.items()}
    if not force and any(disputed.values()):
        raise _conflict(disputed)
    for entry in others.values():
        entry.fields -= differing
    earlier = entries[own].fields if own in entries else set()
    for path in earlier - wanted.keys():
        if not any(path in entry.fields for entry in others.values()):
            _remove(live, path)
    if earlier != wanted.keys():
        entries[own] = _Entry(_stamp(by.at), set(wanted))
    return _with(_merged(live, body), entries)


def _fields(item: Mapping[str, Any], kind: Kind) -> Iterator[tuple[Path, Any]]:
    """Every field that somebody may own, with its value."""
    for name, value in item.items():
        if name == "metadata":
            tracked = {key: one for key, one in value.items() if key not in _NOBODYS}
            for key, one in tracked.items():
                yield from _below(one, ("f:metadata", f"f:{key}"), False)
        elif name not in ("apiVersion", "kind"):
            yield from _below(value, (f"f:{name}",), kind.custom)


def _below(value: Any, path: Path, dotted: bool) -> Iterator[tuple[Path, Any]]:
    if not isinstance(value, dict) or not value:
        yield path, value
        return
    if dotted or path[-1] in _MAPS:
        yield (*path, "."), None
    for name, one in value.items():
        yield from _below(one, (*path, f"f:{name}"), dotted)


def _identity(kind: Kind, by: Writer) -> _Identity:
    return _Identity(by.manager, by.operation, kind.api_version, by.subresource)


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _read(rows: list[Object]) -> _Entries:
    return {
        _Identity(*(row.get(name) or "" for name in _NAMED)): _Entry(
            row.get("time") or "", set(_paths(row.get("fieldsV1") or {}))
        )
        for row in rows
        if row  # one that is empty asks to forget all of them
    }


def _paths(tree: Object, above: Path = ()) -> Iterator[Path]:
    for key, inner in tree.items():
        if inner:
            yield from _paths(inner, (*above, key))
        else:
            yield (*above, key)


def _with(item: Object, entries: _Entries) -> Object:
    meta = {name: value for name, value in item["metadata"].items() if name != "managedFields"}
    kept = [(identity, entry) for identity, entry in entries.items() if entry.fields]
    kept.sort(key=lambda row: (row[0].operation, row[1].time, row[0]))
    if kept:
        meta["managedFields"] = [_row(identity, entry) for identity, entry in kept]
    return {**item, "metadata": meta}


def _row(identity: _Identity, entry: _Entry) -> Object:
    tree: Object = {}
    for path in sorted(entry.fields):
        node = tree
        for key in path:
            node = node.setdefault(key, {})
    row: Object = {name: text for name, text in zip(_NAMED, identity, strict=True) if text}
    return row | {"time": entry.time, "fieldsType": "FieldsV1", "fieldsV1": tree}


def _remove(item: Object, path: Path) -> None:
    *above, last = (key.removeprefix("f:") for key in path)
    for name in above:
        item = item.get(name) or {}
    item.pop(last, None)


def _merged(live: Any, body: Any) -> Any:
    if not isinstance(live, dict) or not isinstance(body, dict):
        return copy.deepcopy(body)
    return live | {name: _merged(live.get(name), value) for name, value in body.items()}


def _conflict(disputed: Mapping[_Identity, set[Path]]) -> ApiError:
    found = [(identity.manager, path) for identity, paths in disputed.items() for path in sorted(paths)]
    named = [f'conflict with "{manager}": {_readable(path)}' for manager, path in found]
    count = f"{len(named)} conflict{'s' if len(named) > 1 else ''}"
    return ApiError(409, "Conflict", f"Apply failed with {count}: {', '.join(named)}")


def _readable(path: Path) -> str:
    return "".join(f".{key.removeprefix('f:')}" for key in path)
