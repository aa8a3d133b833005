"""Every product in another account: found there and deployed to as in the own one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from emulator.estate import SAMPLE
from shared.domain.resources import CloudResource
from shared.domain.states import WorkerStatus
from shared.products import default_products
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, new_platform
from tests.shortened import WHOLE

OTHER = "2000000000000002"
_FIRST = ("aws", "cloudfront", "tablestore")  #: what the first account alone has
pytestmark = pytest.mark.skipif(not WHOLE, reason="it takes half a minute: make walk")


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Platform]:
    """The sample estate, twice."""
    sample: dict[str, Any] = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    own = {key: value for key, value in sample.items() if key not in _FIRST}
    roles = [{"name": "certdeploy", "trust": ["acs:ram::1000000000000001:root"]}]
    estate = {**own, "accounts": [{**own, "id": OTHER, "roles": roles}]}
    role = f"acs:ram::{OTHER}:role/certdeploy"
    stores = ("cn-hangzhou", "ap-southeast-1")
    with new_platform(
        estate, tmp_path, products=default_products(), stores=stores, accounts=role
    ) as installed:
        installed.tick("scan_expiry", "discover_resources")
        yield installed


def place(slot: CloudResource) -> tuple[str, str, str]:
    return slot.product.value, slot.region, slot.resource_id


def test_every_slot_is_found_and_a_job_over_both_accounts_reaches_the_same_in_each(two: Platform) -> None:
    world = two.world
    slots = [record.resource for p in world.policy.products for record in world.resources.list(p)]
    by_account = {account: {place(one) for one in slots if one.account == account} for account in ("", OTHER)}
    assert by_account[""] == by_account[OTHER]
    assert {product for product, *_ in by_account[OTHER]} == {one.value for one in world.policy.products}

    two.renew(*NAMES, days=199, key="rsa-2048", accounts=["", OTHER])
    two.tick("scan_expiry")

    workers = [worker for job in two.jobs() for worker in world.workers.list(job.job_id)]
    assert {worker.status for worker in workers} == {WorkerStatus.SUCCESS}
    reached = Counter(worker.resource.product for worker in workers if worker.resource.account == OTHER)
    assert reached == Counter(worker.resource.product for worker in workers if not worker.resource.account)
    assert len(reached) > 10
