"""A scope that was made smaller after everything was discovered: nothing outside it is written any more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from emulator.faults import Fault
from shared.domain.resources import CloudProduct, SyncState
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.conftest import NAMES, TWO_SLOTS
from tests.functional.pipeline.platform import Platform, new_platform
from tests.functional.pipeline.stories import IMG, WWW, asked_for, deployed, roll_back, uploaded
from tests.receiver import Receiver

W = WorkerStatus
NO_CDN = "outside the scope: CERTDEPLOY_PRODUCTS does not include CDN"
NO_BEIJING = "outside the scope: CERTDEPLOY_REGIONS (cn-hangzhou) does not include cn-beijing"


def narrow(platform: Platform) -> None:
    """Of four slots, WWW is out by its product and IMG by its bucket's region; the listeners' stay."""
    platform.policy |= {
        "products": (CloudProduct.ALB, CloudProduct.OSS),
        "regions": ("cn-hangzhou",),
    }


def only_listeners_were_written(platform: Platform) -> None:
    written = {action for action, _ in platform.writes()}
    assert written, "the rest goes on"
    assert not written & {"SetCdnDomainSSLCertificate", "PutCname"}


def ends(platform: Platform) -> dict[str, tuple[WorkerStatus, str]]:
    """Of the workers that did not end well."""
    well = (W.SUCCESS, W.ROLLBACK_SUCCESS)
    return {
        slot: (one.status, one.reason) for slot, one in platform.workers().items() if one.status not in well
    }


def test_a_job_by_certificate_leaves_what_is_outside_alone_and_the_preview_says_why(
    platform: Platform,
) -> None:
    new = uploaded(platform)
    narrow(platform)

    shown = platform.call("manage_deployment_jobs", {"Preview": {"CertIds": [int(new.partition("-")[0])]}})[
        "Plan"
    ]["Entries"]
    asked_for(platform, new)
    platform.drain()

    left = {
        f"{e['Resource']['Product']}/-/{e['Resource']['ResourceId']}": e["Reason"]
        for e in shown
        if e["Action"] == "leave"
    }
    assert (left[WWW], left[IMG]) == (NO_CDN, NO_BEIJING)
    assert platform.job().status is JobStatus.SUCCESS
    assert {worker.resource.product for worker in platform.workers().values()} == {CloudProduct.ALB}
    only_listeners_were_written(platform)


def test_a_job_by_slot_is_refused_in_one_message_with_slots_and_settings(platform: Platform) -> None:
    new = uploaded(platform)
    narrow(platform)
    request = {"CertIds": [int(new.partition("-")[0])], "ResourceIds": [WWW, IMG], "Name": "mine"}

    answer = platform.call("create_deployment_job", request)

    assert answer["Message"] == f"ResourceIds: {WWW}: {NO_CDN}; {IMG}: {NO_BEIJING}"
    assert (platform.jobs(), platform.queue) == ([], [])


def test_an_automatic_job_has_the_slots_inside_alone(platform: Platform) -> None:
    narrow(platform)
    platform.renew(*NAMES)

    platform.tick("scan_expiry")

    assert platform.job().status is JobStatus.SUCCESS
    assert len(platform.workers()) == 2
    only_listeners_were_written(platform)


@pytest.mark.parametrize("scheduled", [True, False], ids=["for later", "as a draft"])
def test_a_job_of_before_ends_in_error_where_it_is_outside_by_now(
    platform: Platform, scheduled: bool
) -> None:
    new = uploaded(platform)
    later = (platform.clock() + timedelta(hours=1)).isoformat()
    more = {"ScheduleTime": later} if scheduled else {"Submit": False}
    asked_for(platform, new, ClientToken="t", **more)
    narrow(platform)

    if scheduled:
        platform.pass_days(0.1)
        platform.tick("run_deployment_jobs")
    else:
        asked_for(platform, new, ClientToken="t")
        platform.drain()

    assert ends(platform) == {WWW: (W.ERROR, NO_CDN), IMG: (W.ERROR, NO_BEIJING)}
    assert (platform.job().status, platform.job().success_count) == (JobStatus.ERROR, 2)
    only_listeners_were_written(platform)


def test_a_worker_that_is_tried_again_is_not_if_it_is_outside_by_now(platform: Platform) -> None:
    new = uploaded(platform)
    platform.cloud.faults.add(Fault("SetCdnDomainSSLCertificate", 503, "ServiceUnavailable", times=99))
    asked_for(platform, new, WWW)
    platform.drain(until="deploy_")
    platform.timeout_s = 25
    platform.deliver(*platform.queue.pop(0))
    assert platform.workers()[WWW].status is W.PENDING
    tried = platform.tried()
    platform.cloud.faults.clear()
    narrow(platform)

    platform.timeout_s = 600
    platform.pass_days(0.01)
    platform.tick("run_deployment_jobs")

    assert ends(platform) == {WWW: (W.ERROR, NO_CDN)}
    assert platform.tried() == tried


@pytest.mark.long
def test_a_rollback_says_what_is_outside_and_writes_the_rest(platform: Platform) -> None:
    deployed(platform)
    narrow(platform)

    answer = roll_back(platform)

    reasons = {line["Slot"]: line["Reason"] for line in answer["Rollback"] if line["Action"] == "cannot"}
    assert reasons == {WWW: NO_CDN, IMG: NO_BEIJING}
    assert ends(platform) == {WWW: (W.ROLLBACK_ERROR, NO_CDN), IMG: (W.ROLLBACK_ERROR, NO_BEIJING)}
    only_listeners_were_written(platform)


def test_nobody_is_warned_of_a_slot_outside(told: Platform, receiver: Receiver) -> None:
    told.policy |= {"products": (CloudProduct.CDN,)}
    told.pass_days(10.5)

    told.tick("scan_expiry")

    warned = {slot for message in receiver.take() for slot in message.body["Slots"]}
    assert WWW in warned
    assert {slot.partition("/")[0] for slot in warned} == {"CDN"}


def test_a_product_with_no_region_in_scope_holds_up_no_other(tmp_path: Path) -> None:
    """WAF is at home in two regions."""
    products = (CloudProduct.CDN, CloudProduct.WAF)
    with new_platform(TWO_SLOTS, tmp_path, products=products, regions=("cn-beijing",)) as platform:
        platform.tick("scan_expiry", "discover_resources", "discover_resources")
        platform.renew(*NAMES)

        platform.tick("scan_expiry")

        (status,) = platform.world.syncs.list(CloudProduct.WAF)
        assert (status.state, status.reason) == (
            SyncState.OUTSIDE,
            "none of its regions is in CERTDEPLOY_REGIONS (cn-beijing)",
        )
        assert list(platform.workers()) == [WWW]
        assert platform.job().status is JobStatus.SUCCESS
