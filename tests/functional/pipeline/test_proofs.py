"""What a job must be shown before it says success: by the product, and by clients of every name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.domain.jobs import Handshake
from shared.domain.resources import CloudProduct, SlotRole
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import discovered
from tests.functional.pipeline.stories import asked_for, uploaded

_QUICK = {"key": "ecdsa-p256", "days": 40}


@pytest.mark.parametrize(
    ("beside", "name"), [("example.com", "example.com"), ("*.example.com", "certdeploy-probe.example.com")]
)
def test_a_listener_is_proved_for_each_name_that_it_serves(tmp_path: Path, beside: str, name: str) -> None:
    """For one of them it prefers another certificate."""
    estate: dict[str, Any] = {
        "regions": ["cn-hangzhou"],
        "certificates": {
            "old": {"names": list(NAMES), **_QUICK},
            "beside": {"names": [beside], **_QUICK, "days": 390},
        },
        "alb": [
            {
                "name": "shop",
                "region": "cn-hangzhou",
                "listeners": [{"port": 443, "default": "old", "additional": ["beside"]}],
            }
        ],
    }
    with discovered(estate, tmp_path) as platform:
        new = uploaded(platform)
        slots = [record.resource for record in platform.world.resources.list(CloudProduct.ALB)]
        (default,) = (slot.slot for slot in slots if slot.role is SlotRole.DEFAULT)
        asked_for(platform, new, default)
        platform.drain()

        worker = platform.workers()[default]
        assert (worker.status, platform.job().status) == (WorkerStatus.SUCCESS, JobStatus.SUCCESS)
        assert worker.verification is not None
        assert worker.verification.handshake is Handshake.BESIDE
        assert worker.verification.detail.startswith(f"{name}: clients are served ")
        assert ";" not in worker.verification.detail, "the other name is served the new one"
