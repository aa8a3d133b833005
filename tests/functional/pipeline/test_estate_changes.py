"""Slots, regions and certificates that come, change and go: what is gone is forgotten, and nothing else."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from emulator.estate import parse_estate
from shared.cloud.cas import Cas
from shared.domain.resources import CloudProduct, SyncState
from shared.domain.states import JobStatus
from shared.errors import NotFoundError
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import PRODUCTS, Platform, discovered
from tests.functional.pipeline.stories import IMG, WWW, synced

OFF, NEW = "CDN/-/off.example.com", "CDN/-/new.example.com"


def becomes(platform: Platform, **changes: Any) -> None:
    """The account holds something else from now on; the fields that are not named stay."""
    platform.cloud.load(parse_estate({**deepcopy(ESTATE), **changes}))


def slots(platform: Platform) -> set[str]:
    return {found.resource.slot for product in PRODUCTS for found in platform.world.resources.list(product)}


def in_beijing(platform: Platform) -> set[str]:
    return {slot for slot in slots(platform) if slot.startswith("ALB/cn-beijing/")}


def states(platform: Platform, product: CloudProduct) -> dict[str, tuple[SyncState, int]]:
    return {region: (one.state, one.count) for region, one in synced(platform, product).items()}


def waits_for_discovery(platform: Platform) -> bool:
    """Whether a certificate that is issued now has to."""
    platform.renew(*NAMES)
    platform.tick("scan_expiry")
    return not platform.jobs()


def test_a_discovery_forgets_the_slots_that_are_gone_and_sees_those_that_came(platform: Platform) -> None:
    before = slots(platform)
    becomes(
        platform,
        cdn=[{"domain": "www.example.com", "certificate": "old"}, {"domain": "new.example.com"}],
        oss=[],
    )

    platform.tick("discover_resources")

    assert slots(platform) == before - {OFF, "CDN/-/www.example.org", IMG} | {NEW}
    assert states(platform, CloudProduct.CDN) == {"": (SyncState.SYNCED, 2)}
    assert states(platform, CloudProduct.OSS) == {"": (SyncState.SYNCED, 0)}
    with pytest.raises(NotFoundError):
        platform.world.resources.get(OFF)


def test_a_slot_that_is_gone_gets_no_worker(platform: Platform) -> None:
    becomes(platform, oss=[])
    platform.tick("discover_resources")
    platform.renew(*NAMES)

    platform.tick("scan_expiry")

    assert platform.job().status is JobStatus.SUCCESS
    assert set(platform.job().products) == {CloudProduct.CDN, CloudProduct.ALB}


@pytest.mark.long
def test_a_certificate_that_was_exchanged_by_hand_is_seen(platform: Platform) -> None:
    old = platform.world.resources.get(WWW).resource
    certificates = {**ESTATE["certificates"], "hand": {**ESTATE["certificates"]["old"], "days": 77}}
    becomes(platform, certificates=certificates, cdn=[{"domain": "www.example.com", "certificate": "hand"}])

    platform.tick("scan_expiry", "discover_resources")

    now = platform.world.resources.get(WWW).resource
    assert now.cert_identifier != old.cert_identifier
    found = platform.world.certificates.get(now.cert_identifier).certificate
    assert (found.name, now.cert_not_after) == ("hand", found.not_after)


def test_a_region_that_is_gone_is_forgotten_with_its_slots(platform: Platform) -> None:
    """Nothing can be asked there, and what was found there last would be planned for ever."""
    before = slots(platform)
    assert in_beijing(platform)
    assert set(states(platform, CloudProduct.ALB)) == {"cn-hangzhou", "cn-beijing"}
    here = [row for row in ESTATE["alb"] if row["region"] == "cn-hangzhou"]
    gone = in_beijing(platform)
    becomes(platform, regions=["cn-hangzhou"], alb=here)

    platform.tick("discover_resources")

    assert slots(platform) == before - gone
    assert set(states(platform, CloudProduct.ALB)) == {"cn-hangzhou"}


def test_a_region_that_comes_is_discovered(platform: Platform) -> None:
    more = {"name": "new", "region": "cn-shanghai", "listeners": [{"port": 443, "default": "other"}]}
    becomes(platform, regions=["cn-hangzhou", "cn-beijing", "cn-shanghai"], alb=[*ESTATE["alb"], more])

    platform.tick("discover_resources")

    regions = states(platform, CloudProduct.ALB)
    assert regions["cn-shanghai"] == (SyncState.SYNCED, 1)
    assert len(regions) == 3


@pytest.mark.long
def test_regions_that_the_owner_leaves_out_are_not_looked_after_any_more(tmp_path: Path) -> None:
    with discovered(ESTATE, tmp_path) as platform:
        assert in_beijing(platform)
    with discovered(ESTATE, tmp_path, regions=("cn-hangzhou",)) as platform:
        assert set(states(platform, CloudProduct.ALB)) == {"cn-hangzhou"}
        assert not in_beijing(platform)
        platform.renew("example.org", "*.example.org")

        platform.tick("scan_expiry")

        assert {slot.split("/")[1] for slot in platform.workers()} == {"cn-hangzhou", "-"}
        assert IMG in slots(platform), "a global product has no region that could be left out"


@pytest.mark.long
def test_a_product_that_the_owner_leaves_out_is_not_deployed_to_any_more(tmp_path: Path) -> None:
    with discovered(ESTATE, tmp_path) as platform:
        assert IMG in slots(platform)
    with discovered(ESTATE, tmp_path, (CloudProduct.CDN, CloudProduct.ALB)) as platform:
        platform.renew(*NAMES)

        platform.tick("scan_expiry")

        assert platform.job().status is JobStatus.SUCCESS
        assert set(platform.job().products) == {CloudProduct.CDN, CloudProduct.ALB}


@pytest.mark.ordinary_answers("nothing is forgotten while a total is off")
def test_a_certificate_that_is_deleted_from_cas_is_forgotten(platform: Platform) -> None:
    kept, gone = platform.renew(*NAMES), platform.renew("example.net")
    platform.tick("scan_expiry")
    before = {record.certificate.identifier for record in platform.world.certificates.list("cn-hangzhou")}
    assert {kept, gone} < before
    del platform.cloud.service("cas")._certificates[int(gone.partition("-")[0])]

    answer = platform.call("scan_expiry", {})

    after = {record.certificate.identifier for record in platform.world.certificates.list("cn-hangzhou")}
    assert after == before - {gone}
    assert answer["Certificates"] == len(after)
    refused = platform.call("manage_deployment_jobs", {"Preview": {"CertIds": [int(gone.partition("-")[0])]}})
    assert "does not exist" in refused["Message"]


@pytest.mark.long
def test_a_scan_that_read_cas_before_another_one_forgets_nothing_that_the_other_found(
    platform: Platform,
) -> None:
    found: list[str] = []

    def slowly(store: str) -> Cas:
        """The other scan begins and ends while this one has its answer of CAS."""
        cas = Cas(platform.app().openapi, store)
        listing = cas.listing

        def listed(*arguments: Any) -> Any:
            answer = listing(*arguments)
            platform.ports.clear()
            found.append(platform.renew(*NAMES))
            platform.call("scan_expiry", {})
            return answer

        cas.listing = listed  # type: ignore[method-assign]
        return cas

    platform.ports["cas"] = slowly
    platform.call("scan_expiry", {})

    assert platform.world.certificates.find(found[0]) is not None
    platform.drain()
    assert platform.job().status is JobStatus.SUCCESS


def test_a_certificate_that_is_revoked_is_not_deployed_any_more(platform: Platform) -> None:
    new = int(platform.renew(*NAMES).partition("-")[0])
    platform.lost.add("create_deployment_job")
    platform.tick("scan_expiry")
    platform.cloud.service("cas")._certificates[new].revoked = True

    platform.tick("scan_expiry")

    assert platform.jobs() == []
    assert (
        "it is revoked" in platform.call("manage_deployment_jobs", {"Preview": {"CertIds": [new]}})["Message"]
    )


def test_a_discovery_that_runs_is_waited_for_and_one_that_has_died_is_not(platform: Platform) -> None:
    platform.call("discover_resources", {})
    platform.queue.clear()
    assert {state for state, _ in states(platform, CloudProduct.ALB).values()} == {SyncState.SYNCING}

    platform.clock.sleep(14.5 * 60)
    assert waits_for_discovery(platform)
    platform.clock.sleep(0.6 * 60)
    platform.tick("scan_expiry")

    assert {job.status for job in platform.jobs()} == {JobStatus.SUCCESS}
    assert platform.jobs()
