"""A bucket whose domain CDN has too: it is replaced on the CDN, and on the bucket only when it must be."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from shared.domain.states import JobStatus
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import IMG, WWW, asked_for, served
from tests.receiver import SECRET, Receiver

FRONT = "CDN/-/img.example.com"


def with_a_domain_before_the_bucket(folder: Path, receiver: Receiver, **domain: Any) -> Any:
    """As `told`, but img.example.com is a domain of CDN as well."""
    estate = deepcopy(ESTATE)
    estate["cdn"].append({"domain": "img.example.com", "certificate": "old", **domain})
    return discovered(estate, folder, webhook_url=receiver.url, webhook_secret=SECRET)


@pytest.fixture
def behind(tmp_path: Path, receiver: Receiver) -> Iterator[Platform]:
    with with_a_domain_before_the_bucket(tmp_path, receiver) as made:
        made.cloud.calls.clear()
        yield made


def in_place(platform: Platform, slot: str) -> str:
    platform.tick("discover_resources")
    return platform.world.resources.get(slot).resource.cert_identifier


@pytest.mark.long
def test_a_renewal_goes_to_the_cdn_and_the_bucket_behind_it_is_left_alone(behind: Platform) -> None:
    old = in_place(behind, IMG)
    new = behind.renew(*NAMES)

    behind.tick("scan_expiry", "scan_expiry")

    assert behind.job().status is JobStatus.SUCCESS
    assert {WWW, FRONT} < set(behind.workers())
    assert "PutCname" not in behind.tried()
    assert (in_place(behind, FRONT), in_place(behind, IMG)) == (new, old)


@pytest.mark.long
@pytest.mark.parametrize("warning_days", [(30,), (30, 15, 7, 3, 1)], ids=["a month before", "several"])
def test_nobody_is_alarmed_while_it_waits_and_in_the_last_days_it_is_replaced_and_told(
    behind: Platform, receiver: Receiver, warning_days: tuple[float, ...]
) -> None:
    """Its certificate is valid for 200 days, of which 40 are left at first."""
    behind.policy["expiring_days"] = warning_days
    new = behind.renew(*NAMES)
    behind.tick("scan_expiry")

    for _ in range(6):  # its warning times pass
        behind.pass_days(5)
        behind.tick("scan_expiry")
    before = in_place(behind, IMG)
    told = [one for one in receiver.messages if IMG in one.raw.decode()]
    behind.pass_days(3.5)  # six days and a half are left
    behind.tick("scan_expiry")

    assert before != new
    assert told == [], "a bucket that CDN serves alarms nobody"
    assert in_place(behind, IMG) == new
    (job,) = (job for job in behind.jobs() if "OSS" in {product.value for product in job.products})
    (worker,) = behind.world.workers.list(job.job_id)
    assert worker.chosen_because.startswith("what is in place ends on ")
    assert worker.chosen_because.endswith(
        f"although a CDN domain of the same name is in service in front of it ({FRONT})"
    )


@pytest.mark.long
def test_one_that_is_offline_is_in_front_of_nothing(tmp_path: Path, receiver: Receiver) -> None:
    with with_a_domain_before_the_bucket(tmp_path, receiver, status="offline") as platform:
        new = platform.renew(*NAMES)

        platform.tick("scan_expiry")

        assert in_place(platform, IMG) == new


@pytest.mark.long
def test_a_person_who_names_the_slot_has_it_replaced(behind: Platform) -> None:
    new = behind.renew(*NAMES)
    behind.tick("scan_expiry")

    asked_for(behind, new, IMG)
    behind.drain()

    assert in_place(behind, IMG) == new
    assert served(behind)[new] == 5
