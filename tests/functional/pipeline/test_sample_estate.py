"""The sample estate, which the demo runs on: a renewal concerns every product there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from emulator import aws
from emulator.authority import Authority
from emulator.estate import SAMPLE
from shared.cloud.aws import CloudAccess
from shared.domain.resources import SyncState
from shared.products import supported_products
from shared.services import plan as planning
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, new_platform


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws.ACCESS_KEY["access_key_id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", aws.ACCESS_KEY["access_key_secret"])
    access = CloudAccess(endpoint=aws.endpoint())
    sample: dict[str, Any] = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    with new_platform(sample, tmp_path, products=supported_products(), aws_access=access) as installed:
        installed.cloud.service("aws").start()
        installed.tick("scan_expiry", "discover_resources")
        yield installed


def test_the_certificate_that_ends_first_is_replaced_on_every_product_where_a_client_meets_it(
    platform: Platform,
) -> None:
    bundle = Authority().issue(NAMES, days=200, now=platform.clock())
    row = platform.cloud.service("cas").add("renewed", "cn-hangzhou", bundle)
    platform.call("scan_expiry", {})  # and nothing of what would follow
    renewed = platform.world.certificates.get(row.identifier).certificate

    found = planning.plan(
        platform.world, [renewed], planning.candidates(platform.world, [renewed]), automatic=True
    )

    slots = [entry.resource for entry in found.deployments]
    assert {slot.product for slot in slots} == set(supported_products())
    assert [slot.slot for slot in slots if not slot.endpoint] == [], "nothing could prove these"
    failed = [
        s for p in supported_products() for s in platform.world.syncs.list(p) if s.state is SyncState.FAILED
    ]
    assert failed == []
