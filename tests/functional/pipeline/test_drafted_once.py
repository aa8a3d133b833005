"""What waits for approval waits once: a later warning time finds the draft that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.domain.states import JobStatus
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import WWW, by_console, policies
from tests.receiver import SECRET, Receiver

OF_CDN = {"match": {"product": "CDN"}, "deploy": "draft"}
NOT_THE_OTHERS = {"match": {"product": ["OSS", "ALB"]}, "deploy": "off"}


def drafts(platform: Platform) -> dict[int, set[str]]:
    """Their slots, by job."""
    found = [job.job_id for job in platform.jobs() if job.status is JobStatus.EDITING]
    return {job: {one.resource.slot for one in platform.world.workers.list(job)} for job in found}


@pytest.mark.long
@pytest.mark.parametrize("by", ["policy", "setting"])
def test_a_later_warning_time_finds_the_draft_and_makes_no_other_one(platform: Platform, by: str) -> None:
    if by == "policy":
        policies(platform, deploy="draft")
    else:
        platform.policy["submit_automatic_jobs"] = False
    platform.renew(*NAMES)
    platform.tick("scan_expiry")
    first = drafts(platform)

    for days in (10.5, 15, 8, 4, 2):
        platform.pass_days(days)
        platform.tick("scan_expiry", "discover_resources")

    assert drafts(platform) == first
    assert [len(slots) for slots in first.values()] == [4]


def test_slots_that_a_draft_does_not_have_go_into_another_one(platform: Platform) -> None:
    """The owner drafts CDN at first, then all."""
    policies(platform, OF_CDN, NOT_THE_OTHERS)
    platform.renew(*NAMES)
    platform.tick("scan_expiry")
    (first,) = drafts(platform)
    policies(platform, deploy="draft")
    platform.pass_days(10.5)

    platform.tick("scan_expiry", "scan_expiry")

    found = drafts(platform)
    assert found.pop(first) == {WWW}
    ((_, others),) = found.items()
    assert (len(others), WWW in others) == (3, False)


@pytest.mark.parametrize("then", ["cancelled", "another certificate", "exchanged by hand"])
def test_a_draft_that_is_not_for_this_any_more_stands_in_for_nothing(platform: Platform, then: str) -> None:
    platform.policy["submit_automatic_jobs"] = False
    platform.renew(*NAMES)
    platform.tick("scan_expiry")
    (first,) = drafts(platform)
    if then == "cancelled":
        platform.call("manage_deployment_jobs", {"Cancel": {"JobId": first}})
    elif then == "another certificate":
        platform.renew(*NAMES, days=300)
    else:
        by_console(platform, platform.renew(*NAMES, days=41))
        platform.tick("discover_resources")
    platform.pass_days(12)

    platform.tick("scan_expiry", "discover_resources")

    found = drafts(platform)
    found.pop(first, None)
    slots = set().union(*found.values())
    assert slots == {WWW} if then == "exchanged by hand" else len(slots) == 4


def test_the_draft_for_what_cas_does_not_know_is_found_again_and_told_of_each_time(
    tmp_path: Path, receiver: Receiver
) -> None:
    estate = {
        "certificates": {"old": {**ESTATE["certificates"]["old"], "in_cas": False}},
        "cdn": [{"domain": f"{name}.example.com", "certificate": "old"} for name in ("a", "b")],
    }
    owner = {"auto": "draft", "webhook_url": receiver.url, "webhook_secret": SECRET}
    with discovered(estate, tmp_path, **owner) as platform:
        platform.renew(*NAMES)
        for days in (20, 13.5, 4, 2):  # not quite 20 days are left, then 6.5, 2.5 and a half
            platform.pass_days(days)
            platform.tick("scan_expiry")

        messages = [one.body for one in receiver.take() if "CloudResource" in one.body["Type"]]
        assert [body["DaysLeft"] for body in messages] == [19, 6, 2, 0]
        assert {len(body["Slots"]) for body in messages} == {2}
        assert [len(slots) for slots in drafts(platform).values()] == [2]
