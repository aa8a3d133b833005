"""Several certificates for the same names on one listener: clients are served one of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.domain.jobs import Handshake, WorkerResource
from shared.domain.resources import CloudProduct, SlotRole
from shared.domain.states import WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import discovered, new_platform
from tests.functional.pipeline.stories import asked_for, served, statuses

_OLD = {"names": list(NAMES), "key": "ecdsa-p256", "days": 40}


def renewed(folder: Path, *, additional_days: int) -> dict[str, WorkerResource]:
    """By the role of their slots, after a renewal of what is on the listener."""
    estate: dict[str, Any] = {
        "certificates": {"old": _OLD, "beside": {**_OLD, "days": additional_days}},
        "alb": [
            {
                "name": "shop",
                "region": "cn-hangzhou",
                "listeners": [{"port": 443, "default": "old", "additional": ["beside"]}],
            }
        ],
    }
    with new_platform(estate, folder) as platform:
        platform.tick("scan_expiry", "discover_resources")
        platform.renew(*NAMES)
        platform.tick("scan_expiry")
        return {worker.resource.role.value: worker for worker in platform.workers().values()}


def test_a_default_is_proved_after_the_additional_one_in_its_way_is_exchanged(tmp_path: Path) -> None:
    """Until that one is exchanged too, clients are served it: it is preferred."""
    workers = renewed(tmp_path, additional_days=40)

    for worker in (workers["default"], workers["additional"]):
        assert worker.status is WorkerStatus.SUCCESS
        assert worker.verification is not None
        assert worker.verification.handshake is Handshake.SERVED
    default = workers["default"]
    assert default.attempts == 1, "it was asked for too early"
    assert default.started_at is not None
    assert default.finished_at is not None
    assert default.finished_at - default.started_at < timedelta(seconds=30)


def test_an_additional_one_that_stays_in_the_way_is_told(tmp_path: Path) -> None:
    """It is valid longer than the new one, so it stays, and clients get it, whatever the default is."""
    workers = renewed(tmp_path, additional_days=390)

    assert set(workers) == {"default"}
    assert workers["default"].status is WorkerStatus.SUCCESS
    assert workers["default"].verification is not None
    assert workers["default"].verification.handshake is Handshake.BESIDE


def test_an_additional_one_that_cannot_become_the_default_is_additional_again(tmp_path: Path) -> None:
    """It is taken off first: no listener has a certificate twice. Its other names are served by it alone."""
    listeners = [{"port": 443, "default": "old", "additional": ["beside"]}]
    estate: dict[str, Any] = {
        "certificates": {"old": _OLD, "beside": {**_OLD, "names": [*NAMES, "example.org"], "days": 200}},
        "alb": [{"name": "shop", "region": "cn-hangzhou", "listeners": listeners}],
    }
    with discovered(estate, tmp_path, (CloudProduct.ALB,)) as platform:
        before = served(platform)
        rows = [record.resource for record in platform.world.resources.list(CloudProduct.ALB)]
        slots = {row.role: row for row in rows}
        platform.cloud.deny("alb:UpdateListenerAttribute")
        asked_for(platform, slots[SlotRole.ADDITIONAL].cert_identifier, slots[SlotRole.DEFAULT].slot)

        platform.drain()

        assert statuses(platform) == {WorkerStatus.ERROR: 1}
        assert served(platform) == before
