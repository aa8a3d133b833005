"""Answers of the emulated cloud, changed on their way out: what a product might tell instead."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from emulator.api import Raw
from emulator.cloud import Cloud

Change = Callable[[dict[str, Any]], object]


def edit(monkeypatch: pytest.MonkeyPatch, cloud: Cloud, action: str, change: Change) -> None:
    """From now on `change` is made in each answer of `action`; not in those of CAS.

    What a test words is told so, whatever `--answers` says.
    """
    execute = cloud.execute
    _as_worded(monkeypatch, cloud, action)

    def executed(service: Any, call: Any) -> Any:
        answer = execute(service, call)
        if call.action != action or service.api == "cas":
            return answer
        told = json.loads(answer.body if isinstance(answer, Raw) else json.dumps(answer))
        change(told)
        return replace(answer, body=json.dumps(told).encode()) if isinstance(answer, Raw) else told

    monkeypatch.setattr(cloud, "execute", executed)


def stuck(
    monkeypatch: pytest.MonkeyPatch, cloud: Cloud, action: str, until: Callable[[], bool] = lambda: False
) -> None:
    """From now on each question of `action` is answered as it was the first time, whatever has changed."""
    told: dict[str, Any] = {}
    execute = cloud.execute
    _as_worded(monkeypatch, cloud, action)

    def executed(service: Any, call: Any) -> Any:
        answer = execute(service, call)
        if call.action != action or until():
            return answer
        return told.setdefault(repr(sorted(call.params.items())), answer)

    monkeypatch.setattr(cloud, "execute", executed)


def _as_worded(monkeypatch: pytest.MonkeyPatch, cloud: Cloud, action: str) -> None:
    """From now on the answers of `action` go out as they are."""
    varied = cloud.answers.varied

    def told(api: str, call: Any, answered: Any) -> Any:
        return answered if call.action == action and api != "cas" else varied(api, call, answered)

    monkeypatch.setattr(cloud.answers, "varied", told)


def take_out(answer: Any, path: str) -> int:
    """Take a path, such as `Jobs[].Status`, out of an answer; how often it was there."""
    head, _, rest = path.partition(".")
    name = head.removesuffix("[]")
    if not isinstance(answer, dict) or name not in answer:
        return 0
    if not rest:
        del answer[name]
        return 1
    inner = answer[name] if head.endswith("[]") else [answer[name]]
    return sum(take_out(one, rest) for one in inner)


def put(answer: Any, path: str, value: Any) -> int:
    """Have an answer tell `value` at a path, also where it tells nothing; at how many places."""
    head, _, rest = path.partition(".")
    name = head.removesuffix("[]")
    if not isinstance(answer, dict):
        return 0
    if not rest:
        answer[name] = value
        return 1
    inner = answer.get(name, []) if head.endswith("[]") else [answer.setdefault(name, {})]
    return sum(put(one, rest, value) for one in inner)
