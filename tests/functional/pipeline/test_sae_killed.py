"""Two entries of an SAE rule, exchanged one by one: what the job did to one is no loss of the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.domain.resources import CloudProduct
from shared.domain.states import WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import ask, asked_for, served, statuses, uploaded
from tests.killing import Killing
from tests.meddling import Cut

W = WorkerStatus
WRITE = "UpdateIngress"
New = Callable[[Platform], list[str]]
_OLD = {"names": list(NAMES), "key": "ecdsa-p256", "days": 40}
_NET = {**_OLD, "names": ["example.net"]}
ESTATE: dict[str, Any] = {
    "certificates": {"one": _OLD, "two": _NET, "other": {**_OLD, "names": ["example.org"]}},
    "sae": [{"name": "web", "region": "cn-hangzhou", "certificates": ["other", "one", "two"]}],
}


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with discovered(ESTATE, tmp_path, (CloudProduct.SAE,)) as installed:
        yield installed


def one_for_both(platform: Platform) -> list[str]:
    return [uploaded(platform, *NAMES, "example.net")]


def one_for_each(platform: Platform) -> list[str]:
    return [uploaded(platform, *NAMES), uploaded(platform, "example.net")]


def due(platform: Platform, new: list[str]) -> None:
    """A job for the second and the third entry of the rule."""
    asked_for(platform, new[0], CertIds=[int(one.partition("-")[0]) for one in new])
    platform.cloud.calls.clear()


def killed_after(killing: Killing, platform: Platform, writes: int) -> None:
    """Then only the timer."""
    killing.begins(writes)
    with pytest.raises(Cut):
        platform.drain()
    killing.begins()
    platform.queue.clear()
    for _ in range(3):
        platform.clock.sleep(100)
        platform.tick("run_deployment_jobs")


def reasons(platform: Platform) -> list[str]:
    return [worker.reason for worker in platform.workers().values()]


@pytest.mark.parametrize("certificates", [one_for_both, one_for_each])
@pytest.mark.parametrize("writes", [1, 2])
def test_killed_after_any_write_to_a_rule_both_entries_are_exchanged_once(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, writes: int, certificates: New
) -> None:
    new = certificates(platform)
    due(platform, new)

    killed_after(Killing(monkeypatch), platform, writes)

    assert statuses(platform) == {W.SUCCESS: 2}, reasons(platform)
    assert sum(call.action == WRITE for call in platform.cloud.calls) == 2
    assert set(new) < set(served(platform))


@pytest.mark.long
@pytest.mark.parametrize("writes", [1, 2])
def test_killed_after_any_write_of_its_rollback_both_entries_are_put_back_once(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    before = served(platform)
    due(platform, one_for_each(platform))
    platform.drain()
    assert statuses(platform) == {W.SUCCESS: 2}, reasons(platform)
    platform.cloud.calls.clear()
    ask(platform)

    killed_after(Killing(monkeypatch), platform, writes)

    assert statuses(platform) == {W.ROLLBACK_SUCCESS: 2}, reasons(platform)
    assert sum(call.action == WRITE for call in platform.cloud.calls) == 2
    assert served(platform) == before
