"""Whether a change of the certificate left all other settings as they were."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from shared.errors import CloudRejectedError

_SHOWN = 60


def changed(
    before: Mapping[str, Any], after: Mapping[str, Any], *, ignore: Collection[str] = ()
) -> dict[str, tuple[Any, Any]]:
    """The settings that differ, by their path ("Quic.Upgrade"), with the value before and after.

    `ignore` names settings of the top level. Nothing, None, "" and an empty list are the same.
    """
    old, new = (
        dict(_flat({name: value for name, value in settings.items() if name not in ignore}))
        for settings in (before, after)
    )
    return {
        path: (old.get(path), new.get(path))
        for path in sorted(old.keys() | new.keys())
        if _plain(old.get(path)) != _plain(new.get(path))
    }


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], *, ignore: Collection[str] = ()
) -> list[str]:
    """`changed` in words, such as "Gzip: 'on' → 'off'"."""
    pairs = changed(before, after, ignore=ignore).items()
    return [f"{path}: {_short(old)} → {_short(new)}" for path, (old, new) in pairs]


def settings_lost(action: str, slot: str, lost: Collection[str]) -> CloudRejectedError:
    """The error to raise when the settings before have been put back, as far as they can be."""
    message = f"{slot}: other settings changed with the certificate, which was put back: {'; '.join(lost)}"
    return CloudRejectedError(action, "SettingsLost", message)


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    else:
        yield path, value


def _plain(value: Any) -> Any:
    return None if value in ("", [], {}) else value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
