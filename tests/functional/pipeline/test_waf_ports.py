"""A machine that WAF protects: a renewal reaches the extension of its port, and a rollback gives it back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shared.domain.jobs import Handshake
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import roll_back, statuses

_QUICK = {"key": "ecdsa-p256", "days": 40}
_PORT = {"certificate": "other", "extensions": ["old", "third"]}
ESTATE: dict[str, Any] = {
    "certificates": {
        "old": {"names": list(NAMES), **_QUICK},
        "other": {"names": ["example.org"], **_QUICK},
        "third": {"names": ["example.net"], **_QUICK},
    },
    "waf": [
        {
            "resources": [
                {"instance": "i-shop", "product": "ecs", "region": "cn-beijing", "ports": [_PORT]},
                {"instance": "lb-shop", "product": "clb7", "region": "cn-beijing", "ports": [_PORT]},
            ]
        }
    ],
}


def on_the_port(platform: Platform) -> list[str]:
    (port, _) = platform.cloud.service("waf_openapi").ports()
    return [row.identifier for row in port.certificates.value]


def test_a_renewal_reaches_an_extension_and_a_rollback_gives_it_back(tmp_path: Path) -> None:
    with discovered(ESTATE, tmp_path, (CloudProduct.WAF,)) as platform:
        other, old, third = on_the_port(platform)

        new = platform.renew(*NAMES)
        platform.tick("scan_expiry")

        (worker,) = platform.workers().values()
        assert (platform.job().status, worker.status) == (JobStatus.SUCCESS, WorkerStatus.SUCCESS)
        assert worker.verification is not None
        assert worker.verification.handshake is Handshake.SERVED
        assert set(on_the_port(platform)) == {other, new, third}

        roll_back(platform)

        assert statuses(platform) == {WorkerStatus.ROLLBACK_SUCCESS: 1}
        assert set(on_the_port(platform)) == {other, old, third}
