"""A function that is killed at any call of a deployment of several slots: the next one finishes it, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.domain.resources import CloudProduct
from shared.domain.states import WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.killed import Killing, a_deployment
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import statuses
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


def exchanged(platform: Platform, killing: Killing, folder: Path, at: int | None) -> int:
    """Calls made. PAI takes the old certificate off before it takes the new one: two calls."""

    def slowly() -> None:
        platform.cloud.service("eas").replaces = False

    return a_deployment(platform, killing, folder, at, slowly, AcceptOutage=True)


@pytest.mark.long
@pytest.mark.parametrize("share", shortened(range(SHARES), every=SHARES))
def test_killed_at_any_call_every_slot_is_still_exchanged_by_one_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    with discovered(ESTATE, tmp_path, (CloudProduct.PAI, CloudProduct.SLB)) as platform:
        killing = Killing(platform, monkeypatch, WRITES)
        calls = exchanged(platform, killing, tmp_path, None)
        killed, numbers = 0, swept(range(1 + share, calls + 1, SHARES))
        for number in numbers:
            killed += exchanged(platform, killing, tmp_path, number) >= number
            reasons = [worker.reason for worker in platform.workers().values()]
            assert statuses(platform) == {W.SUCCESS: 3}, (number, reasons)
            assert max(killing.written.values()) == 1, (number, killing.written)
        assert killed >= len(numbers) - 1 > 0, "it is cut off nowhere"
