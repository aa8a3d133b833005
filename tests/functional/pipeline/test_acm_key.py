"""ACM certificates by themselves: no key is tried that ACM does not take; what follows one is quiet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator import aws
from shared.cloud.aws import CloudAccess
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus
from shared.services.map import map_slots
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, new_platform
from tests.receiver import SECRET, Receiver

REGION = "us-east-1"


@pytest.fixture(params=[True, False], ids=["CAS knows it", "CAS does not know it"])
def imported(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> Iterator[Platform]:
    """One ACM certificate with a key of 256 bits, which a listener uses; 12 days are left of it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws.ACCESS_KEY["access_key_id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", aws.ACCESS_KEY["access_key_secret"])
    old: dict[str, Any] = {"names": list(NAMES), "key": "ecdsa-p256", "days": 12, "in_cas": request.param}
    estate = {
        "certificates": {"old": old},
        "aws": [{"name": "front", "region": REGION, "listeners": [{"port": 443, "default": "old"}]}],
    }
    access = CloudAccess(endpoint=aws.endpoint(), regions=(REGION,))
    owner: dict[str, Any] = {"webhook_url": receiver.url, "webhook_secret": SECRET, "aws_access": access}
    with new_platform(estate, tmp_path, products=[CloudProduct.AWS], **owner) as made:
        made.cloud.service("aws").start()
        made.tick("scan_expiry", "discover_resources")
        yield made


def kept_away(platform: Platform) -> dict[str, tuple[str, str]]:
    listed = map_slots(platform.world, [CloudProduct.AWS])
    return {one.kind: (one.kept_away.rule, one.kept_away.reason) for one in listed if one.kept_away}


@pytest.mark.long
def test_a_larger_key_is_never_tried_and_one_of_the_same_size_is(imported: Platform) -> None:
    imported.renew(*NAMES, key="ecdsa-p384")
    imported.tick("scan_expiry")
    for _ in range(3):  # in its last days, on the last one, after its end
        imported.pass_days(5.5)
        imported.tick("scan_expiry", "discover_resources", "run_deployment_jobs")
    imported.renew(*NAMES, key="rsa-2048")
    imported.tick("scan_expiry")

    assert imported.jobs() == []
    rule, reason = kept_away(imported)["acm"]
    assert rule == "acm-key"
    assert reason.startswith("ACM takes only the kind and size of key that it has under this ARN (ECC 256 → ")
    new = imported.renew(*NAMES, key="ecdsa-p256")
    imported.tick("scan_expiry")
    assert imported.job().status is JobStatus.SUCCESS
    assert [worker.cert_identifier for worker in imported.workers().values()] == [new]


@pytest.mark.long
def test_a_listener_that_follows_it_alarms_nobody(imported: Platform, receiver: Receiver) -> None:
    """It is not read anew for a while, and shows what it had; the ACM certificate stands for it."""
    receiver.take()
    imported.pass_days(6)
    imported.tick("scan_expiry")
    missing = [one.body["Slots"] for one in receiver.take()]
    imported.renew(*NAMES, key="ecdsa-p256")
    for _ in range(2):
        imported.tick("scan_expiry")
        imported.pass_days(3.2)
    told = [one.body for one in receiver.take()]

    assert [len(slots) for slots in missing] == [1]
    assert all(":certificate/" in slots[0] for slots in missing)
    assert [body["Type"].rpartition(":")[2] for body in told] == ["Finished"]
    ((line,),) = (body["Workers"] for body in told)
    assert (line["Slot"], line["Status"]) == (missing[0][0], "success")
