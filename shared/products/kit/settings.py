"""Settings of a slot before and after a write: which differ, and in words."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.products.kit.changes import Settings

_SHOWN: Final = 60  #: characters of a value


def changed(before: Settings, after: Settings) -> dict[str, tuple[Any, Any]]:
    """The settings that differ, by their path ("Quic.Upgrade"), with the value before and after.

    Nothing, None, "" and an empty list are the same.
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


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    else:
        yield path, value


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        value = list(value)  # what was stored comes back as a list
    return None if value in ("", [], {}) else value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
