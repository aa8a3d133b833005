"""A function that is killed at any call of a deployment of several slots: the next one finishes it, once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from shared.domain.resources import CloudProduct
from shared.domain.states import WorkerStatus
from tests.functional.pipeline import states
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.killed import Killing
from tests.functional.pipeline.platform import Cut, Platform, discovered
from tests.functional.pipeline.stories import MortalStore, asked_for, statuses, uploaded
from tests.shortened import shortened, swept

W = WorkerStatus
SHARES = 6
ESTATE: dict[str, Any] = {
    "certificates": {"old": {"names": list(NAMES), "key": "ecdsa-p256", "days": 40}},
    "pai": [
        {
            "name": "models",
            "region": "cn-hangzhou",
            "domains": [{"domain": "ai.example.com", "certificate": "old"}],
        }
    ],
    "slb": [
        {
            "name": "shop",
            "region": "cn-hangzhou",
            "listeners": [
                {
                    "port": 443,
                    "certificate": "old",
                    "extensions": [{"domain": "img.example.com", "certificate": "old"}],
                }
            ],
        }
    ],
}
WRITES = {
    "UploadServerCertificate",
    "SetLoadBalancerHTTPSListenerAttribute",
    "SetDomainExtensionAttribute",
    "DetachGatewayDomain",
    "AttachGatewayDomain",
}


def a_deployment(platform: Platform, killing: Killing, folder: Path, at: int | None) -> int:
    """Of all slots, killed once at that call; then only the timer. Calls made: of looks there
    may be one more or less."""
    path = folder / f"{at}.db"
    copy = states.copied(folder / "state.db", path)
    platform.cloud.reset()
    platform.cloud.service("eas").replaces = False
    platform.queue.clear()
    store = MortalStore(copy)
    platform.store, killing.store = store, None
    asked_for(platform, uploaded(platform), AcceptOutage=True)
    killing.store, killing.at, killing.calls, killing.written = store, at, 0, Counter()
    try:
        platform.drain()
    except Cut:
        killing.at = store.dies_after = None
        platform.queue.clear()
        for _ in range(3):
            platform.clock.sleep(100)
            platform.tick("run_deployment_jobs")
    return killing.calls


@pytest.mark.long
@pytest.mark.parametrize("share", shortened(range(SHARES), every=SHARES))
def test_killed_at_any_call_every_slot_is_still_exchanged_by_one_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    with discovered(ESTATE, tmp_path, (CloudProduct.PAI, CloudProduct.SLB)) as platform:
        killing = Killing(platform, monkeypatch, WRITES)
        calls = a_deployment(platform, killing, tmp_path, None)
        killed, numbers = 0, swept(range(1 + share, calls + 1, SHARES))
        for number in numbers:
            killed += a_deployment(platform, killing, tmp_path, number) >= number
            reasons = [worker.reason for worker in platform.workers().values()]
            assert statuses(platform) == {W.SUCCESS: 3}, (number, reasons)
            assert max(killing.written.values()) == 1, (number, killing.written)
        assert killed >= len(numbers) - 1 > 0, "it is cut off nowhere"
