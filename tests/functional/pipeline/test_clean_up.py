"""Certificates that nothing needs any more are deleted from CAS on request, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from emulator.faults import Fault
from shared.domain.resources import CloudProduct, SyncState
from shared.domain.states import JobStatus
from shared.errors import ConflictError
from shared.services.automatic import LEASE
from shared.services.clean_up import clean_up, plan_clean_up
from shared.services.cleaned import CleanUp, Fate
from shared.services.world import ProbeResult
from shared.state import tables
from shared.state.tables import Table
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import (
    IMG,
    OLD,
    WWW,
    asked_for,
    by_console,
    damaged,
    deployed,
    policies,
    roll_back,
)

OTHER = "10742313-cn-hangzhou"  #: of example.org, in service
GRACE = timedelta(days=30)
WEEKS = 36.0  #: days; the grace is over, and the old certificate not quite at its end


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """Renewed, and the renewal is in service everywhere."""
    with discovered(ESTATE, tmp_path) as made:
        made.policy["products"] = tuple(CloudProduct(one) for one in ("ALB", "CDN", "OSS"))
        yield deployed(made)


@pytest.fixture(autouse=True)
def _all_products(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the platform of the tests these three are all that there are."""
    known = tuple(CloudProduct(one) for one in ("ALB", "CDN", "OSS"))
    monkeypatch.setattr("shared.services.needed.default_products", lambda: known)


def later(platform: Platform, days: float = WEEKS) -> None:
    platform.pass_days(days)
    platform.tick("discover_resources", "scan_expiry")


def fate(found: CleanUp, identifier: str = OLD) -> tuple[Fate, str]:
    (one,) = (one for one in found.certificates if one.cert_identifier == identifier)
    return one.fate, one.reason


def in_cas(platform: Platform, identifier: str = OLD) -> bool:
    return platform.cloud.service("cas").find(identifier) is not None


@pytest.mark.long
def test_what_was_replaced_everywhere_goes_when_the_way_back_is_over(platform: Platform) -> None:
    later(platform, 1)
    assert fate(plan_clean_up(platform.world)) == (
        Fate.KEEP,
        f"job {platform.job().job_id} may be rolled back to it",
    )
    (early,) = clean_up(platform.world, (OLD,), GRACE).certificates
    assert (early.fate, in_cas(platform)) == (Fate.KEEP, True)
    later(platform)

    plan = plan_clean_up(platform.world)
    assert plan.to_delete == (OLD,)
    done = clean_up(platform.world, plan.to_delete, GRACE)

    assert [one.fate for one in done.certificates] == [Fate.DELETED]
    assert not in_cas(platform)
    assert in_cas(platform, OTHER)
    assert in_cas(platform, platform.job().cert_identifiers[0])
    assert platform.world.certificates.find(OLD) is None
    assert clean_up(platform.world, (), GRACE).certificates == ()


@pytest.mark.long
def test_what_a_slot_serves_again_stays(platform: Platform) -> None:
    later(platform)
    plan = plan_clean_up(platform.world)
    by_console(platform, OLD)
    platform.tick("discover_resources")

    (one,) = clean_up(platform.world, plan.to_delete, GRACE).certificates

    assert (one.fate, one.reason) == (Fate.KEEP, f"{WWW} serves it, or is to")
    assert in_cas(platform)


@pytest.mark.long
def test_what_the_addresses_of_its_names_serve_stays(platform: Platform) -> None:
    """A web server that no discovery knows has it."""
    later(platform)
    old = platform.world.certificates.get(OLD)

    def met(endpoint: str, server_name: str, certificate: object) -> ProbeResult:
        assert (endpoint, certificate) == (f"{server_name}:443", old.certificate)
        return ProbeResult(served=True, detail="")

    platform.ports["probe"] = met
    assert fate(plan_clean_up(platform.world)) == (Fate.KEEP, "clients of example.com are served it")
    platform.ports["probe"] = lambda *asked: ProbeResult(served=None, detail="no route")
    told, why = fate(plan_clean_up(platform.world))
    assert (told, why.partition("; ")[2]) == (Fate.DELETE, "example.com could not be asked what they serve")


@pytest.mark.long
def test_what_a_slot_was_rolled_back_to_stays(platform: Platform) -> None:
    roll_back(platform, IMG)
    later(platform, 1)
    assert fate(plan_clean_up(platform.world)) == (Fate.KEEP, f"{IMG} serves it, or is to")


@pytest.mark.long
def test_what_a_job_that_waits_is_to_deploy_stays(platform: Platform) -> None:
    later(platform, 1)
    job = asked_for(platform, OLD, WWW, Submit=False)
    later(platform)
    assert fate(plan_clean_up(platform.world)) == (Fate.KEEP, f"job {job} is to deploy it")


@pytest.mark.long
def test_what_a_policy_names_stays(platform: Platform) -> None:
    later(platform)
    policies(platform, {"match": {"product": "CDN"}, "pin": {"certificate": "old"}})
    assert fate(plan_clean_up(platform.world)) == (Fate.KEEP, "a policy names it")
    damaged(platform)
    assert fate(plan_clean_up(platform.world))[0] is Fate.KEEP


@pytest.mark.long
def test_a_renewal_that_no_slot_has_yet_stays_until_it_is_old(platform: Platform) -> None:
    later(platform)
    new = platform.renew("new.example.net", age=0)
    platform.tick("scan_expiry")
    assert fate(plan_clean_up(platform.world), new) == (
        Fate.KEEP,
        "it has been valid for less than 30 days, and may be meant for something",
    )


@pytest.mark.long
def test_the_only_one_for_its_names_stays_until_it_has_long_ended(platform: Platform) -> None:
    alone = platform.renew("alone.example.net", days=60)
    later(platform)
    assert fate(plan_clean_up(platform.world), alone) == (
        Fate.KEEP,
        "nothing else in CAS covers all of its names and ends later",
    )
    later(platform, 60)
    assert fate(plan_clean_up(platform.world), alone)[0] is Fate.DELETE


@pytest.mark.long
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"products": (CloudProduct.CDN, CloudProduct.ALB)}, "CERTDEPLOY_PRODUCTS leaves out OSS"),
        ({"regions": ("cn-hangzhou",)}, "CERTDEPLOY_REGIONS leaves out regions"),
    ],
    ids=["a product", "regions"],
)
def test_what_is_outside_the_scope_may_need_anything(
    platform: Platform, change: dict[str, object], why: str
) -> None:
    later(platform)
    world = platform.world
    found = plan_clean_up(replace(world, policy=replace(world.policy, **change)))  # type: ignore[arg-type]
    assert found.to_delete == ()
    assert found.unsure[0].startswith(why)
    assert fate(found) == (Fate.KEEP, found.unsure[0])


@pytest.mark.long
@pytest.mark.parametrize("state", [SyncState.PARTIAL, SyncState.FAILED, SyncState.SYNCING])
def test_what_was_not_read_whole_may_need_anything(platform: Platform, state: SyncState) -> None:
    later(platform)
    (status,) = (one for one in platform.world.syncs.list(CloudProduct.CDN))
    platform.world.syncs.put(status.evolve(state=state))

    found = plan_clean_up(platform.world)
    assert (found.to_delete, [why.split(",")[0] for why in found.unsure]) == ((), [f"CDN is {state.value}"])


@pytest.mark.long
def test_what_was_read_long_ago_may_need_anything(platform: Platform) -> None:
    later(platform)
    platform.pass_days(1.1)
    found = plan_clean_up(platform.world)
    assert found.to_delete == ()
    assert "CAS cn-hangzhou has not been read for a day; run `certdeploy scan`" in found.unsure
    platform.tick("scan_expiry")
    found = plan_clean_up(platform.world)
    assert found.to_delete == ()
    assert "CDN has not been read for a day; run `certdeploy discover`" in found.unsure


@pytest.mark.long
def test_no_automatic_plan_is_made_meanwhile(platform: Platform) -> None:
    later(platform)
    with platform.world.leases.hold(LEASE, "another", 60), pytest.raises(ConflictError):
        clean_up(platform.world, (OLD,), GRACE)
    assert in_cas(platform)


@pytest.mark.long
def test_one_that_cas_keeps_is_told_and_the_others_go(platform: Platform) -> None:
    spare = platform.renew(*NAMES, days=60)  # also replaced, by what is in service
    later(platform)
    plan = plan_clean_up(platform.world)
    platform.cloud.faults.add(Fault("DeleteUserCertificate", 400, "InvalidStatus.DeleteProtection"))

    first, second = clean_up(platform.world, plan.to_delete, GRACE).certificates

    assert {first.cert_identifier, second.cert_identifier} == {OLD, spare}
    assert (first.fate, second.fate) == (Fate.FAILED, Fate.DELETED)
    assert "InvalidStatus.DeleteProtection" in first.reason
    assert in_cas(platform, first.cert_identifier)
    assert not in_cas(platform, second.cert_identifier)


@pytest.mark.long
def test_one_that_somebody_deleted_meanwhile_is_deleted(platform: Platform) -> None:
    later(platform)
    del platform.cloud.service("cas")._certificates[10741304]

    (one,) = clean_up(platform.world, (OLD,), GRACE).certificates
    assert one.fate is Fate.DELETED


@pytest.mark.long
@pytest.mark.parametrize("table", [tables.JOBS, tables.WORKERS, tables.RESOURCES], ids=lambda one: one.name)
def test_a_row_that_cannot_be_read_may_need_anything(platform: Platform, table: Table) -> None:
    later(platform)
    assert plan_clean_up(platform.world).to_delete == (OLD,)
    keys = {tables.JOBS: ("-",), tables.WORKERS: (platform.job().job_id,), tables.RESOURCES: ("CDN",)}
    row = next(iter(platform.store.range(table, keys[table])))
    platform.store.put(table, row.key, {"Of": "a later version"}, version=row.version)

    found = plan_clean_up(platform.world)

    assert found.to_delete == ()
    assert table.name in found.unsure[0]


@pytest.mark.long
def test_a_job_that_is_being_stored_needs_its_certificate(platform: Platform) -> None:
    later(platform)
    job = platform.job()
    until = platform.clock() + timedelta(seconds=60)
    platform.world.jobs.begin(
        job.evolve(
            job_id=7, status=JobStatus.EDITING, cert_identifiers=(OLD,), storing_until=until, version=0
        )
    )
    assert fate(plan_clean_up(platform.world)) == (Fate.KEEP, "job 7 is to deploy it")
