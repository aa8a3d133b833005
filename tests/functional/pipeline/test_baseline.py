"""What was there when an installation began starts nothing: only what happens afterwards does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from shared.cloud.cas import Cas
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus
from shared.errors import CloudUnavailableError
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import PRODUCTS, Platform, new_platform
from tests.functional.pipeline.stories import IMG, WWW
from tests.receiver import Receiver

HOUR = 1 / 24
Begun = Callable[..., Platform]


@pytest.fixture
def begun(receiver: Receiver, tmp_path: Path) -> Iterator[Begun]:
    """An installation that has just begun, on an estate whose `old` has so many days left."""
    with ExitStack() as entered:

        def begin(days: float, *, spare: bool = True, **owner: Any) -> Platform:
            estate = deepcopy(ESTATE)
            estate["certificates"]["old"] |= {"days": days, "age": 300}
            if spare:
                estate["certificates"]["spare"] = {**ESTATE["certificates"]["old"], "days": 200}
            made = new_platform(estate, tmp_path, webhook_url=receiver.url, **owner)
            platform = entered.enter_context(made)
            platform.tick("scan_expiry", "discover_resources")
            return platform

        yield begin


def passes(platform: Platform, days: float, *first: str) -> None:
    platform.pass_days(days)
    platform.tick(*first, "scan_expiry", "scan_expiry")


@pytest.mark.parametrize("days", [29.5, 14.5, 2.5])
def test_what_is_about_to_end_when_it_begins_starts_nothing(
    begun: Begun, receiver: Receiver, days: float
) -> None:
    platform = begun(days)

    for _ in range(2):
        passes(platform, HOUR)

    assert (platform.jobs(), platform.writes(), receiver.take(), platform.failures) == ([], [], [], [])


@pytest.mark.long
@pytest.mark.parametrize("warning_days", [(30,), (0.5,)], ids=["told", "not told yet"])
def test_what_is_near_its_end_when_it_begins_is_replaced_at_the_next_look_all_the_same(
    begun: Begun, receiver: Receiver, warning_days: tuple[float, ...]
) -> None:
    """Its owner warns once: of what was there then that time has passed, or the last days have begun."""
    platform = begun(6.5, warning_days=warning_days)
    passes(platform, HOUR)
    assert platform.jobs() == []
    reasons = [message.body["Reason"] for message in receiver.take()]
    later = "which replaces it by itself in its last days; create a job to do it now"
    assert [later in one for one in reasons] == ([True] if warning_days == (30,) else [])

    passes(platform, 5.6)  # the last day has begun

    assert platform.job().status is JobStatus.SUCCESS


@pytest.mark.long
def test_the_next_warning_time_is_news(begun: Begun) -> None:
    platform = begun(15.5)

    passes(platform, 1)

    assert platform.job().status is JobStatus.SUCCESS
    assert platform.job().origin.endswith("-15")
    assert len(platform.workers()) == 4


@pytest.mark.long
def test_a_certificate_that_comes_in_afterwards_replaces_what_was_there(begun: Begun) -> None:
    platform = begun(0.5, spare=False)
    new = platform.renew(*NAMES)

    passes(platform, HOUR)

    assert platform.job().status is JobStatus.SUCCESS
    assert [worker.cert_identifier for worker in platform.workers().values()] == [new] * 4


@pytest.mark.parametrize("days", [0.6, -1], ids=["its last day", "expired"])
def test_what_ends_today_or_has_ended_is_told_once_and_not_replaced(
    begun: Begun, receiver: Receiver, days: float
) -> None:
    """CAS has something longer, but nobody has looked yet whether it is meant."""
    platform = begun(days)

    for _ in range(3):
        passes(platform, HOUR)

    body = receiver.one().body
    assert (body["Type"], body["Name"]) == ("certdeploy:Certificate:ReplacementMissing", "old")
    assert {WWW, IMG} < set(body["Slots"])
    assert body["Reason"].startswith("it was so when this installation began")
    assert (platform.jobs(), platform.writes(), platform.failures) == ([], [], [])


def test_until_the_first_discovery_begins_each_scan_is_the_baseline(tmp_path: Path) -> None:
    """The warning time passes, and somebody uploads a renewal; only then the owner lets it begin."""
    with new_platform(ESTATE, tmp_path) as platform:
        platform.tick("scan_expiry")
        platform.pass_days(10.5)
        platform.renew(*NAMES)
        platform.tick("scan_expiry")

        passes(platform, HOUR, "discover_resources")

        assert (platform.jobs(), platform.writes()) == ([], [])


@pytest.mark.long
def test_a_product_that_is_looked_after_later_starts_nothing_of_what_passed_before(begun: Begun) -> None:
    platform = begun(40, spare=False)
    platform.policy["products"] = (CloudProduct.ALB, CloudProduct.OSS)
    passes(platform, 10.5)
    platform.renew(*NAMES)
    passes(platform, HOUR)
    before = {job.job_id for job in platform.jobs()}
    assert before

    platform.policy["products"] = PRODUCTS
    passes(platform, HOUR, "discover_resources")

    assert {job.job_id for job in platform.jobs()} == before


@pytest.mark.long
def test_a_store_that_is_added_later_has_a_baseline_of_its_own(tmp_path: Path) -> None:
    estate = deepcopy(ESTATE)
    estate["certificates"]["old"] |= {"days": 20, "store": "ap-southeast-1"}
    estate["certificates"]["spare"] = {**ESTATE["certificates"]["old"], "days": 200}
    with new_platform(estate, tmp_path, stores=("cn-hangzhou", "ap-southeast-1")) as platform:
        platform.policy["stores"] = ("cn-hangzhou",)
        platform.tick("scan_expiry", "discover_resources")
        platform.policy["stores"] = ("cn-hangzhou", "ap-southeast-1")

        passes(platform, HOUR)
        assert (platform.jobs(), platform.writes()) == ([], [])

        passes(platform, 5)
        assert platform.job().origin.endswith("-15")


@pytest.mark.long
def test_a_store_that_cannot_be_read_keeps_no_other_from_being_read(tmp_path: Path) -> None:
    stores = ("cn-hangzhou", "ap-southeast-1")
    with new_platform(ESTATE, tmp_path, stores=stores) as platform:
        platform.tick("scan_expiry", "discover_resources")
        cas = platform.world.cas
        new = platform.renew(*NAMES, store="ap-southeast-1")

        def answers(store: str) -> Cas:
            if store == "cn-hangzhou":
                raise CloudUnavailableError("ListCertificates", "ServiceUnavailable", "later")
            return cas(store)

        platform.ports["cas"] = answers
        platform.tick("scan_expiry")

        assert {function for function, _ in platform.failures} == {"scan_expiry"}
        assert platform.job().cert_identifiers == (new,)
