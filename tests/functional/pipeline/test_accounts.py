"""Several accounts: discovery, jobs and scope across them, and one that does not let us in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.ram_documents import PEOPLE, Place, document
from shared.domain.jobs import Handshake
from shared.domain.matching import ELSEWHERE
from shared.domain.queries import ListResources, ShowStatus
from shared.domain.resources import SyncState
from shared.domain.states import JobStatus, WorkerStatus
from shared.services.lists import list_resources
from shared.services.status import overview_of
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import asked_for, deployed, policies, roll_back, statuses

OTHER, SHUT = "2000000000000002", "3000000000000003"
OWN_ROOT = "acs:ram::1000000000000001:root"
ROLES = ",".join(f"acs:ram::{account}:role/certdeploy" for account in (OTHER, SHUT))
_OLD = {"names": list(NAMES), "key": "ecdsa-p256", "days": 40}


def account(number: str, trusts: str) -> dict[str, Any]:
    """With a certificate that has the id of another one in the own account, on a domain and a listener."""
    return {
        "id": number,
        "roles": [{"name": "certdeploy", "trust": [trusts]}],
        "certificates": {"old": _OLD},
        "cdn": [{"domain": f"there{number[0]}.example.com", "certificate": "old"}],
        "alb": [
            {
                "name": "there",
                "region": "cn-hangzhou",
                "listeners": [{"port": 443, "default": "old"}],
            }
        ],
    }


SEVERAL = {**ESTATE, "accounts": [account(OTHER, OWN_ROOT), account(SHUT, "acs:ram::999:root")]}
THERE = f"CDN/{OTHER}@-/there2.example.com"


@pytest.fixture
def several(tmp_path: Path) -> Iterator[Platform]:
    with discovered(SEVERAL, tmp_path, accounts=ROLES) as made:
        made.cloud.calls.clear()
        yield made


def slots_of(platform: Platform, account: str) -> set[str]:
    world = platform.world
    found = (record.resource for p in world.policy.products for record in world.resources.list(p))
    return {one.slot for one in found if one.account == account}


def written_in(platform: Platform) -> Counter[str]:
    """Accounts that products of were changed in."""
    names = {action for action, _ in platform.writes()}
    return Counter(call.account for call in platform.cloud.calls if call.action in names)


def test_the_slots_of_every_account_that_lets_us_in_are_found(several: Platform) -> None:
    assert len(slots_of(several, "")) == 9
    assert {slot.partition("/")[0] for slot in slots_of(several, OTHER)} == {"CDN", "ALB"}
    assert THERE in slots_of(several, OTHER)
    assert slots_of(several, SHUT) == set()


def test_an_account_that_shuts_us_out_says_so_for_each_product_and_the_others_go_on(
    several: Platform,
) -> None:
    world = several.world
    states = {(s.product, s.account): s for p in world.policy.products for s in world.syncs.list(p)}

    for product in world.policy.products:
        shut = states[product, SHUT]
        assert (shut.state, shut.code) == (SyncState.FAILED, "NoPermission")
        assert "its trust policy has to name who assumes it" in shut.reason
        assert states[product, OTHER].state is states[product, ""].state is SyncState.SYNCED
    assert several.failures == []


def test_status_names_what_an_account_does_not_let_us_read(several: Platform) -> None:
    found = {one.code: one for one in overview_of(several.world, ShowStatus()).concerns}

    assert [f"{SHUT}@cn-hangzhou: AssumeRole: NoPermission" in one for one in found["accounts"].examples] == [
        True
    ]
    assert {line.partition(":")[0] for line in found["denied"].examples} == {
        f"{product} {SHUT}@-" for product in ("CDN", "ALB", "OSS")
    }


def test_slots_are_listed_by_account(several: Platform) -> None:
    def listed(account: str) -> set[str]:
        query = ListResources(accounts=(account,), without_certificate=True)
        return {slot.slot for slot in list_resources(several.world, query).resources}

    assert listed(OTHER) == slots_of(several, OTHER)
    assert listed("-") == slots_of(several, "")


def test_a_certificate_of_another_account_is_deployed_there_and_nowhere_else(several: Platform) -> None:
    several.renew(*NAMES, accounts=[OTHER])

    several.tick("scan_expiry")

    assert several.job().status is JobStatus.SUCCESS
    assert set(several.workers()) == slots_of(several, OTHER)
    assert set(written_in(several)) == {OTHER}
    proofs = [worker.verification for worker in several.workers().values()]
    assert [proof and proof.handshake for proof in proofs] == [Handshake.SERVED] * 2


@pytest.mark.long
def test_one_of_the_own_account_is_kept_from_slots_of_another_one_with_the_command(several: Platform) -> None:
    new = several.renew(*NAMES)

    several.tick("scan_expiry")

    assert {worker.resource.account for worker in several.workers().values()} == {""}
    assert set(written_in(several)) == {"1000000000000001"}
    asked = {"CertIds": [int(new.partition("-")[0])]}
    preview = several.call("manage_deployment_jobs", {"Preview": asked})["Plan"]
    (there,) = (one for one in preview["Entries"] if one["Resource"].get("Account") and "CDN" in str(one))
    assert there["Rule"] == ELSEWHERE
    assert f"certdeploy certificate carry {new}" in there["Reason"]


@pytest.mark.long
def test_a_job_is_over_all_accounts_whose_cas_has_the_certificate(several: Platform) -> None:
    new = several.renew(*NAMES, accounts=["", OTHER])
    several.call("scan_expiry", {})
    several.queue.clear()

    asked_for(several, new)
    several.drain()

    assert several.job().status is JobStatus.SUCCESS
    assert len(several.workers()) == 4 + len(slots_of(several, OTHER))
    assert slots_of(several, OTHER) < set(several.workers())
    assert set(written_in(several)) == {"1000000000000001", OTHER}


def test_a_job_over_several_accounts_is_rolled_back_in_each(several: Platform) -> None:
    new = several.renew(*NAMES, accounts=["", OTHER])
    several.call("scan_expiry", {})
    several.queue.clear()
    asked_for(several, new)
    several.drain()

    roll_back(several)

    assert statuses(several) == {WorkerStatus.ROLLBACK_SUCCESS: 6}
    record = several.world.resources.get(THERE)
    assert record.resource.cert_identifier == f"10741304-{OTHER}@cn-hangzhou"


def test_ids_that_two_accounts_have_both_name_the_own_account_s_certificate(several: Platform) -> None:
    preview = several.call("manage_deployment_jobs", {"Preview": {"CertIds": [10741304]}})["Plan"]

    assert {one["CertIdentifier"] for one in preview["Entries"]} == {"10741304-cn-hangzhou"}


def test_an_account_that_is_out_of_the_scope_is_not_written_to_by_a_job_of_before(several: Platform) -> None:
    several.renew(*NAMES, accounts=[OTHER])
    several.call("scan_expiry", {})
    several.drain(until="deploy_")
    several.policy["accounts"] = (SHUT,)

    several.drain()

    assert several.writes() == []
    reasons = {worker.reason for worker in several.workers().values()}
    assert reasons == {f"outside the scope: CERTDEPLOY_ACCOUNTS does not include {OTHER}"}


def test_rows_of_an_account_that_is_no_longer_looked_after_are_forgotten(several: Platform) -> None:
    several.policy["accounts"] = (SHUT,)

    several.tick("discover_resources")

    assert slots_of(several, OTHER) == set()
    assert len(slots_of(several, "")) == 9
    world = several.world
    assert {s.account for p in world.policy.products for s in world.syncs.list(p)} == {"", SHUT}


@pytest.mark.long
def test_the_own_account_among_the_others_is_refused_and_not_deployed_to_twice(tmp_path: Path) -> None:
    own = "acs:ram::1000000000000001:role/certdeploy"
    with discovered(ESTATE, tmp_path, accounts=own) as platform:
        statuses = [
            s for p in platform.world.policy.products for s in platform.world.syncs.list(p) if s.account
        ]
        assert {s.state for s in statuses} == {SyncState.FAILED}
        assert {s.reason for s in statuses} == {
            "CERTDEPLOY_ACCOUNTS: 1000000000000001 is this installation's own account"
        }
        deployed(platform)
        assert len(platform.workers()) == 4


def test_what_the_role_lacks_is_told_of_that_account_alone(tmp_path: Path) -> None:
    narrow = account(OTHER, OWN_ROOT)
    narrow["roles"][0]["allow"] = ["yundun-cert:*", "alb:*", "oss:*"]
    with discovered({**ESTATE, "accounts": [narrow]}, tmp_path, accounts=ROLES.split(",")[0]) as platform:
        world = platform.world
        states = {
            (s.product.value, s.account): s.state for p in world.policy.products for s in world.syncs.list(p)
        }

    assert states["CDN", OTHER] is SyncState.FAILED
    assert states["ALB", OTHER] is states["CDN", ""] is SyncState.SYNCED


@pytest.mark.long
def test_the_role_needs_what_its_printed_policy_grants_and_no_more_than_that(tmp_path: Path) -> None:
    place = Place("cn-hangzhou", "*", "certdeploy", "", ("cn-hangzhou",))
    printed = document(PEOPLE["entered"], place)["Statement"]
    narrow = account(OTHER, OWN_ROOT)
    narrow["roles"][0]["allow"] = [action for one in printed for action in one["Action"]]
    with discovered({**ESTATE, "accounts": [narrow]}, tmp_path, accounts=ROLES.split(",")[0]) as platform:
        platform.renew(*NAMES, accounts=[OTHER])
        platform.tick("scan_expiry")

        assert platform.job().status is JobStatus.SUCCESS
        refused = [(call.account, call.action) for call in platform.cloud.calls if call.status == 403]
        assert refused == []
    assert not {"yundun-cert:UploadUserCertificate", "ots:GetRow"} & set(narrow["roles"][0]["allow"])


def test_slots_of_an_account_that_shuts_us_out_later_stay_and_are_planned_for_when_it_lets_us_in_again(
    several: Platform,
) -> None:
    known = slots_of(several, OTHER)
    role = several.cloud.of(OTHER).service("ram").roles["certdeploy"]
    trusting, role.trust = role.trust, {"Version": "1", "Statement": []}
    several.tick("discover_resources")

    assert slots_of(several, OTHER) == known
    (shown,) = list_resources(several.world, ListResources(domains=("there2.example.com",))).resources
    assert shown.not_seen_since is not None
    several.renew(*NAMES, accounts=["", OTHER])
    several.tick("scan_expiry")
    assert {worker.resource.account for worker in several.workers().values()} == {""}

    role.trust = trusting
    several.tick("discover_resources", "scan_expiry")
    later = [job for job in several.jobs() if job.job_id != several.jobs()[0].job_id]
    slots = {one.resource.slot for job in several.jobs() for one in several.world.workers.list(job.job_id)}
    assert slots_of(several, OTHER) <= slots
    assert [job.status for job in later] == [JobStatus.SUCCESS]


def test_a_job_may_be_for_one_account_and_leave_another_one_alone(several: Platform) -> None:
    new = several.renew(*NAMES, accounts=["", OTHER])
    several.call("scan_expiry", {})
    several.queue.clear()
    asked = {"CertIds": [int(new.partition("-")[0])]}

    digests = set()

    def accounts(**more: Any) -> set[str]:
        shown = several.call("manage_deployment_jobs", {"Preview": {**asked, **more}})
        digests.add(shown["Digest"])
        entries = shown["Plan"]["Entries"]
        return {one["Resource"]["Account"] for one in entries if one["Action"] == "deploy"}

    assert accounts() == {"", OTHER}
    assert accounts(Accounts=[OTHER]) == accounts(Except={"Accounts": ["-"]}) == {OTHER}
    assert accounts(Accounts=["-"]) == {""}
    assert len(digests) == 3, "what is approved for one account is not for the others"


def test_a_policy_may_be_about_one_account(several: Platform) -> None:
    policies(several, {"match": {"account": [int(OTHER)]}, "deploy": "off"})
    several.renew(*NAMES, accounts=["", OTHER])

    several.tick("scan_expiry")

    assert {worker.resource.account for worker in several.workers().values()} == {""}


def test_one_account_is_discovered_by_itself(several: Platform) -> None:
    several.call("discover_resources", {"Account": OTHER})

    assert {json.loads(payload)["Account"] for _, payload in several.queue} == {OTHER}
    refused = several.call("discover_resources", {"Account": "9"})
    assert refused["Message"] == "Account: CERTDEPLOY_ACCOUNTS does not include 9"
