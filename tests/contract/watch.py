"""What the answers of the emulated cloud hold, and which of their fields are read, by action."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest

from shared.cloud.openapi import OpenApi
from shared.cloud.reading import Fields
from tests.contract.oracle import Sdk, known

#: What we read and only an answer to a failure holds, which the emulator does not give.
ONLY_IN_FAILURES = {"ListAsynJobs": {"Jobs[].ErrorCode", "Jobs[].ErrorMessage"}}


class Watch:
    """All answers, and the paths that are read from them, by action."""

    def __init__(self) -> None:
        self.answers: dict[str, list[dict[str, Any]]] = {}
        self.read: dict[str, set[str]] = {}
        self.overlooked: frozenset[str] = frozenset()  #: codes of APIs: two may have an action of one name


class Watched(Fields):
    """An answer that notes what is read from it. `dict(watched)` counts as reading all of it."""

    def __init__(self, data: dict[str, Any], path: str, read: set[str]) -> None:
        super().__init__(data, data.source if isinstance(data, Fields) else None)
        self._path, self._read = path, read

    def __getitem__(self, key: str) -> Any:
        return self._seen(key, super().__getitem__(key))

    def get(self, key: str, default: Any = None) -> Any:
        return self._seen(key, super().get(key, default))

    def __contains__(self, key: object) -> bool:
        self._seen(str(key), None)
        return super().__contains__(key)

    def _seen(self, key: str, value: Any) -> Any:
        path = f"{self._path}.{key}".lstrip(".")
        self._read.add(f"{path}[]" if isinstance(value, list) else path)
        if isinstance(value, dict):
            return Watched(value, path, self._read)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return [Watched(item, f"{path}[]", self._read) for item in value]
        return value


def watching(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """From now on."""
    watch, call = Watch(), OpenApi.call

    def watched(self: OpenApi, api: Any, action: Any, *arguments: Any, **options: Any) -> dict[str, Any]:
        answer = call(self, api, action, *arguments, **options)
        if api.code in watch.overlooked:
            return answer
        watch.answers.setdefault(action.name, []).append(json.loads(json.dumps(answer)))
        return Watched(answer, "", watch.read.setdefault(action.name, set()))

    monkeypatch.setattr(OpenApi, "call", watched)
    return watch


def paths(data: Any, path: str = "") -> set[str]:
    """Every path of an answer, such as `Jobs[].Status`; lists of plain values count as one."""
    found: set[str] = set()
    for key, value in data.items():
        here = f"{path}.{key}".lstrip(".")
        if isinstance(value, dict):
            found |= {here} | paths(value, here)
        elif isinstance(value, list):
            found.add(f"{here}[]")
            for item in value:
                found |= paths(item, f"{here}[]") if isinstance(item, dict) else set()
        else:
            found.add(here)
    return found


def strangers(sdk: Sdk, model: str, found: set[str]) -> set[str]:
    """The paths that the SDK's model does not know. Inner nodes are known by their leaves."""
    leaves = {p for p in found if not any(q.startswith(f"{p}.") for q in found)}
    return {path for path in leaves if not known(sdk, model, path)}


def check(sdk: Sdk, watch: Watch, actions: set[str], product: ModuleType | None = None) -> None:
    models, newer = getattr(product, "ANSWERS", {}), getattr(product, "NEWER", {})
    assert actions <= set(watch.answers), "an action was not called"
    for action in sorted(actions):
        there = set().union(*map(paths, watch.answers[action]))
        model, new = models.get(action, f"{action}ResponseBody"), newer.get(action, set())
        assert not strangers(sdk, model, there) - new, f"the emulator's {action} holds what the SDK lacks"
        read = watch.read[action]
        assert not strangers(sdk, model, read) - new, f"we read from {action} what the SDK does not know"
        missing = read - there - ONLY_IN_FAILURES.get(action, set())
        assert not missing, f"we read from {action} what the emulator never tells"
