"""Documented calls per second are kept by account and action, if asked for."""

from __future__ import annotations

import pytest

from emulator.cloud import Cloud
from emulator.limits import RateLimits
from emulator.server import running
from emulator.services.sts.sts import Service
from tests.functional.emulator.clients import call, refusal


class Timer:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_so_many_a_second() -> None:
    timer = Timer()
    limits = RateLimits(timer)

    assert [limits.take(("a",), 2) for _ in range(3)] == [0.0, 0.0, 0.5]
    timer.now = 0.5
    assert [limits.take(("a",), 2) for _ in range(2)] == [0.0, 0.5]
    timer.now = 100
    assert [limits.take(("a",), 2) for _ in range(3)] == [0.0, 0.0, 0.5]


def test_accounts_and_actions_have_their_own() -> None:
    limits = RateLimits(Timer())

    assert limits.take(("a", "x"), 1) == 0.0
    assert limits.take(("b", "x"), 1) == 0.0
    assert limits.take(("a", "y"), 1) == 0.0
    assert limits.take(("a", "x"), 1) > 0


def test_over_the_limit_is_throttled_in_the_vendors_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Service, "limits", {"GetCallerIdentity": 1})
    with running(Cloud(limits="documented")) as server:
        assert call(server, "GetCallerIdentity")

        status, code, message = refusal(server, "GetCallerIdentity")

    assert (status, code) == (400, "Throttling.User")
    assert "Request was denied due to user flow control." in message


def test_without_limits_nothing_is_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Service, "limits", {"GetCallerIdentity": 1})
    with running(Cloud()) as server:
        assert call(server, "GetCallerIdentity")
        assert call(server, "GetCallerIdentity")
