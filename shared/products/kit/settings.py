"""Settings of a slot before and after a write: which differ, and in words."""

import json
from collections.abc import Callable, Collection, Container, Iterator, Mapping
from typing import Any, Final

from shared.products.kit.changes import Settings

_SHOWN: Final = 60  #: characters of a value


class _Every(Container[str]):
    def __contains__(self, name: object) -> bool:
        return True


EVERY: Final = _Every()  #: list, whatever it is called


def picked(row: Mapping[str, Any], names: Collection[str], sets: Container[str] = ()) -> dict[str, Any]:
    """Those of the `names` that a row tells; lists called as one of `sets`, at any depth, are in no order."""
    there = set(row)
    return {name: in_one_order(row[name], sets, name) for name in names if name in there}


def in_one_order(value: Any, sets: Container[str] = EVERY, name: str = "") -> Any:
    """A value of a product's answer, called so: its lists that are `sets` are sorted, to be compared."""
    if isinstance(value, Mapping):
        return {inner: in_one_order(value[inner], sets, inner) for inner in value}
    if not isinstance(value, list):
        return value
    found = [in_one_order(inner, sets, name) for inner in value]
    return sorted(found, key=lambda inner: json.dumps(inner, sort_keys=True)) if name in sets else found


def changed(before: Settings, after: Settings) -> dict[str, tuple[Any, Any]]:
    """The settings that differ, by their path ("Quic.Upgrade"), with the value before and after.

    Nothing, None, "", an empty list and a flag that is down are the same: answers leave them out now and
    then. So are a number and its digits. What is up, or set, is always told.
    """
    old, new = dict(_flat(before)), dict(_flat(after))
    return {
        path: (old.get(path), new.get(path))
        for path in sorted(old.keys() | new.keys())
        if _plain(old.get(path)) != _plain(new.get(path))
    }


def differences(before: Settings, after: Settings) -> list[str]:
    """`changed` in words, such as "Gzip: 'on' → 'off'"."""
    return [f"{path}: {_short(old)} → {_short(new)}" for path, (old, new) in changed(before, after).items()]


def as_json(value: Any) -> Any:
    """An object is JSON text."""
    return json.dumps(value, separators=(",", ":")) if isinstance(value, Mapping) else value


def as_sent(settings: Settings, spelled: Callable[[Any], Any] = as_json) -> dict[str, Any]:
    """Those that have a value, as a call takes them."""
    return {name: spelled(value) for name, value in settings.items() if value not in (None, "", [], {})}


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    else:
        yield path, value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        inner = {name: _plain(one) for name, one in value.items()}
        return {name: one for name, one in inner.items() if one is not None} or None
    if isinstance(value, (list, tuple)):  # what was stored comes back as a list
        return [_plain(one) for one in value] or None
    if isinstance(value, bool):
        return value or None
    return str(value) if isinstance(value, int) else value or None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
