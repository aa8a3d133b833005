"""Slots, regions and certificates that come, change and go: what is gone is forgotten, and nothing else."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from emulator.estate import parse_estate
from shared.domain.resources import CloudProduct, SyncState
from shared.domain.states import JobStatus
from shared.errors import NotFoundError
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import PRODUCTS, Platform, discovered
from tests.functional.pipeline.stories import IMG, WWW, synced

OFF, NEW = "CDN/-/off.example.com", "CDN/-/new.example.com"


def becomes(it: Platform, **changes: Any) -> None:
    """The account holds something else from now on; the fields that are not named stay."""
    it.cloud.load(parse_estate({**deepcopy(ESTATE), **changes}))


def slots(it: Platform) -> set[str]:
    return {found.resource.slot for product in PRODUCTS for found in it.world.resources.list(product)}


def in_beijing(it: Platform) -> set[str]:
    return {slot for slot in slots(it) if slot.startswith("ALB/cn-beijing/")}


def states(it: Platform, product: CloudProduct) -> dict[str, tuple[SyncState, int]]:
    return {region: (one.state, one.count) for region, one in synced(it, product).items()}


def waits_for_discovery(it: Platform) -> bool:
    """Whether a certificate that is issued now has to."""
    it.renew(*NAMES)
    it.tick("scan_expiry")
    return not it.jobs()


def test_a_discovery_forgets_the_slots_that_are_gone_and_sees_those_that_came(it: Platform) -> None:
    before = slots(it)
    becomes(
        it, cdn=[{"domain": "www.example.com", "certificate": "old"}, {"domain": "new.example.com"}], oss=[]
    )

    it.tick("discover_resources")

    assert slots(it) == before - {OFF, "CDN/-/www.example.org", IMG} | {NEW}
    assert states(it, CloudProduct.CDN) == {"": (SyncState.SYNCED, 2)}
    assert states(it, CloudProduct.OSS) == {"": (SyncState.SYNCED, 0)}
    with pytest.raises(NotFoundError):
        it.world.resources.get(OFF)


def test_a_slot_that_is_gone_gets_no_worker(it: Platform) -> None:
    becomes(it, oss=[])
    it.tick("discover_resources")
    it.renew(*NAMES)

    it.tick("scan_expiry")

    assert it.job().status is JobStatus.SUCCESS
    assert set(it.job().products) == {CloudProduct.CDN, CloudProduct.ALB}


def test_a_certificate_that_was_exchanged_by_hand_is_seen(it: Platform) -> None:
    old = it.world.resources.get(WWW).resource
    certificates = {**ESTATE["certificates"], "hand": {**ESTATE["certificates"]["old"], "days": 77}}
    becomes(it, certificates=certificates, cdn=[{"domain": "www.example.com", "certificate": "hand"}])

    it.tick("scan_expiry", "discover_resources")

    now = it.world.resources.get(WWW).resource
    assert now.cert_identifier != old.cert_identifier
    found = it.world.certificates.get(now.cert_identifier).certificate
    assert (found.name, now.cert_not_after) == ("hand", found.not_after)


def test_a_region_that_is_gone_is_forgotten_with_its_slots(it: Platform) -> None:
    """Nothing can be asked there, and what was found there last would be planned for ever."""
    before = slots(it)
    assert in_beijing(it)
    assert set(states(it, CloudProduct.ALB)) == {"cn-hangzhou", "cn-beijing"}
    here = [row for row in ESTATE["alb"] if row["region"] == "cn-hangzhou"]
    gone = in_beijing(it)
    becomes(it, regions=["cn-hangzhou"], alb=here)

    it.tick("discover_resources")

    assert slots(it) == before - gone
    assert set(states(it, CloudProduct.ALB)) == {"cn-hangzhou"}


def test_a_region_that_comes_is_discovered(it: Platform) -> None:
    more = {"name": "new", "region": "cn-shanghai", "listeners": [{"port": 443, "default": "other"}]}
    becomes(it, regions=["cn-hangzhou", "cn-beijing", "cn-shanghai"], alb=[*ESTATE["alb"], more])

    it.tick("discover_resources")

    regions = states(it, CloudProduct.ALB)
    assert regions["cn-shanghai"] == (SyncState.SYNCED, 1)
    assert len(regions) == 3


def test_regions_that_the_owner_leaves_out_are_not_looked_after_any_more(tmp_path: Path) -> None:
    with discovered(ESTATE, tmp_path) as it:
        assert in_beijing(it)
    with discovered(ESTATE, tmp_path, regions=("cn-hangzhou",)) as it:
        assert set(states(it, CloudProduct.ALB)) == {"cn-hangzhou"}
        assert not in_beijing(it)
        it.renew("example.org", "*.example.org")

        it.tick("scan_expiry")

        assert {slot.split("/")[1] for slot in it.workers()} == {"cn-hangzhou", "-"}
        assert IMG in slots(it), "a global product has no region that could be left out"


def test_a_product_that_the_owner_leaves_out_is_not_deployed_to_any_more(tmp_path: Path) -> None:
    with discovered(ESTATE, tmp_path) as it:
        assert IMG in slots(it)
    with discovered(ESTATE, tmp_path, (CloudProduct.CDN, CloudProduct.ALB)) as it:
        it.renew(*NAMES)

        it.tick("scan_expiry")

        assert it.job().status is JobStatus.SUCCESS
        assert set(it.job().products) == {CloudProduct.CDN, CloudProduct.ALB}


def test_a_certificate_that_is_deleted_from_cas_is_forgotten(it: Platform) -> None:
    kept, gone = it.renew(*NAMES), it.renew("example.net")
    it.tick("scan_expiry")
    before = {record.certificate.identifier for record in it.world.certificates.list("cn-hangzhou")}
    assert {kept, gone} < before
    del it.cloud.service("cas")._certificates[int(gone.partition("-")[0])]

    answer = it.call("scan_expiry", {})

    after = {record.certificate.identifier for record in it.world.certificates.list("cn-hangzhou")}
    assert after == before - {gone}
    assert answer["Certificates"] == len(after)
    refused = it.call("manage_deployment_jobs", {"Preview": {"CertIds": [int(gone.partition("-")[0])]}})
    assert "is not known" in refused["Message"]


def test_a_certificate_that_is_revoked_is_not_deployed_any_more(it: Platform) -> None:
    new = int(it.renew(*NAMES).partition("-")[0])
    it.lost.add("create_deployment_job")
    it.tick("scan_expiry")
    it.cloud.service("cas")._certificates[new].revoked = True

    it.tick("scan_expiry")

    assert it.jobs() == []
    assert "it is revoked" in it.call("manage_deployment_jobs", {"Preview": {"CertIds": [new]}})["Message"]


def test_a_discovery_that_runs_is_waited_for_and_one_that_has_died_is_not(it: Platform) -> None:
    it.call("discover_resources", {})
    it.queue.clear()
    assert {state for state, _ in states(it, CloudProduct.ALB).values()} == {SyncState.SYNCING}

    it.clock.sleep(14.5 * 60)
    assert waits_for_discovery(it)
    it.clock.sleep(0.6 * 60)
    it.tick("scan_expiry")

    assert {job.status for job in it.jobs()} == {JobStatus.SUCCESS}
    assert it.jobs()
