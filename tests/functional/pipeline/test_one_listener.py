"""Several certificates for the same names on one listener: clients are served one of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.domain.jobs import Handshake, WorkerResource
from shared.domain.states import WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, platform

_OLD = {"names": list(NAMES), "key": "ecdsa-p256", "days": 40}
ESTATE: dict[str, Any] = {
    "regions": ["cn-hangzhou"],
    "certificates": {"old": _OLD, "old-b": _OLD, "long": {**_OLD, "days": 390}},
    "alb": [
        {
            "name": "shop",
            "region": "cn-hangzhou",
            "listeners": [
                {"port": 443, "default": "old", "additional": ["old-b"]},
                {"port": 444, "default": "old", "additional": ["long"]},
            ],
        }
    ],
}


@pytest.fixture
def it(tmp_path: Path) -> Iterator[Platform]:
    with platform(ESTATE, tmp_path) as made:
        made.tick("scan_expiry", "discover_resources")
        yield made


@pytest.fixture
def renewed(it: Platform) -> dict[str, WorkerResource]:
    """By port and role, after a renewal of what is on the listeners."""
    it.renew(*NAMES)
    it.tick("scan_expiry")
    return {
        f"{worker.resource.port}/{worker.resource.role.value}": worker for worker in it.workers().values()
    }


def test_the_default_is_proved_once_the_additional_one_is_exchanged_too(
    renewed: dict[str, WorkerResource],
) -> None:
    """Before that clients are served the additional one, which is preferred."""
    for role in ("default", "additional"):
        verification = renewed[f"443/{role}"].verification
        assert verification is not None
        assert verification.handshake is Handshake.SERVED
        assert renewed[f"443/{role}"].status is WorkerStatus.SUCCESS
    assert renewed["443/default"].attempts == 2, "nothing was in the way of the first handshake"


def test_an_additional_one_that_stays_in_the_way_is_an_error_however_well_the_default_is_bound(
    renewed: dict[str, WorkerResource],
) -> None:
    """It is valid longer than the new one, so the job leaves it alone, and clients get it."""
    assert "444/additional" not in renewed
    assert renewed["444/default"].status is WorkerStatus.ERROR
    assert "served is the certificate with serial" in renewed["444/default"].reason
