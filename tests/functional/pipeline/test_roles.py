"""What the roles grant of this installation's own is what the functions make use of, all of it.

Less would be denied: the functions of every test here have no more rights than their roles.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.cloud.pacing import Pacer
from shared.domain.resources import CloudProduct
from shared.products import adapter_class, supported_products
from shared.runtime.grants import grants
from shared.runtime.reach import Reach, reach
from shared.services.read_state import READ
from shared.state.tables import META
from tests.functional.pipeline.conftest import NAMES, a_waf_of
from tests.functional.pipeline.platform import Platform, new_platform
from tests.functional.pipeline.pools import KEPT, superseded
from tests.functional.pipeline.rooms import ENDING
from tests.functional.pipeline.stories import WWW, asked_for, by_console, policies, uploaded
from tests.granted import Denied, Used

DEPLOYS = "deploy_…"
SLOW: dict[str, Any] = {
    **a_waf_of(40),
    "ack": [
        {"name": name, "region": "cn-hangzhou", "secrets": [{"name": "tls", "certificate": "old"}]}
        for name in ("one", "two", "three", "four")
    ],
}
#: Discovered before CAS was ever read, which has sold one certificate, and has one in the older list alone.
UNREAD: dict[str, Any] = {
    "certificates": {
        "sold": {"names": ["example.net"], "key": "ecdsa-p256", "days": 90, "source": "BUY"},
        "old": {"names": list(NAMES), "key": "ecdsa-p256", "days": 40, "listed": False},
    },
    "live": [{"domain": "live.example.com", "certificate": "old"}],
    "ack": [{"name": "one", "region": "cn-hangzhou", "secrets": [{"name": "tls", "certificate": "old"}]}],
}
GIVEN_UP = Path(__file__).parents[3] / "events" / "record_dead_letter.failed.json"


def a_renewal(fresh: Platform) -> None:
    """By itself, and rolled back by a person."""
    fresh.tick("scan_expiry", "discover_resources")
    nowhere = {"Kind": "slack", "Url": "file:/there/is/none"}
    fresh.call("manage_contacts", {"Add": {"Name": "ops", "Default": True, "Channels": [nowhere]}})
    fresh.renew(*NAMES, "example.net")
    fresh.tick("scan_expiry")
    job = fresh.job().job_id
    fresh.call("manage_deployment_jobs", {"List": {}})
    fresh.call("manage_deployment_jobs", {"ListResources": {"Limit": 1}})
    assert fresh.call("manage_deployment_jobs", {"Status": {}})["Status"]["Slots"] > 1
    fresh.call("manage_deployment_jobs", {"RollBack": {"JobId": job}})
    fresh.drain()
    fresh.tick("run_deployment_jobs")


def a_quota(strangers: Platform) -> None:
    """It is counted: for a job that runs, and for one that is cancelled before it begins."""
    strangers.call("manage_quota", {"Add": {"Count": 9}})
    strangers.call("manage_quota", {"Set": {"Mode": "enforced"}})
    new = uploaded(strangers)
    asked_for(strangers, new)
    strangers.drain(until="deploy_")
    strangers.call("manage_quota", {"Show": {}})
    strangers.drain()
    later = (strangers.clock() + timedelta(hours=1)).isoformat()
    job = asked_for(strangers, uploaded(strangers, days=300), ScheduleTime=later)
    strangers.call("manage_deployment_jobs", {"Cancel": {"JobId": job}})
    strangers.call("manage_quota", {"Set": {"Share": [int(new.partition("-")[0])]}})
    strangers.call("manage_quota", {"History": {}})


def an_approval(strangers: Platform) -> None:
    """Of two people, and of what is edited after it: that is a draft again, and contacts know."""
    policies(strangers, require_approval=True)
    later = (strangers.clock() + timedelta(hours=1)).isoformat()
    first, second = (uploaded(strangers, days=days) for days in (400, 500))
    job = asked_for(strangers, first, Submit=False, By="alice", ScheduleTime=later)
    digest = strangers.world.jobs.get(job).plan_digest
    strangers.call("manage_deployment_jobs", {"Submit": {"JobId": job, "Digest": digest, "By": "bob"}})
    cert_id = int(second.partition("-")[0])
    strangers.call("manage_deployment_jobs", {"Edit": {"JobId": job, "CertIds": [cert_id]}})
    strangers.drain()


def a_warning(strangers: Platform) -> None:
    """Of the end of a certificate that CAS does not know, while a job is under way."""
    strangers.tick("scan_expiry", "discover_resources")
    asked_for(strangers, uploaded(strangers))
    strangers.pass_days(3)
    strangers.tick("scan_expiry")


def a_job_of_a_person(fresh: Platform) -> None:
    """Previewed, created, handed on from one invocation to the next, and left by those that died."""
    new = uploaded(fresh)
    fresh.call("manage_deployment_jobs", {"Preview": {"CertIds": [int(new.partition("-")[0])]}})
    job = asked_for(fresh, new, Submit=False)
    fresh.call("manage_deployment_jobs", {"Edit": {"JobId": job, "Name": "by hand, still"}})
    digest = fresh.world.jobs.get(job).plan_digest
    fresh.call("manage_deployment_jobs", {"Submit": {"JobId": job, "Digest": digest}})
    fresh.drain(until="deploy_")
    fresh.timeout_s = 1
    fresh.deliver(*fresh.queue.pop(0))
    fresh.timeout_s = 60
    fresh.queue.clear()
    for product in ("CDN", "ALB", "OSS"):
        fresh.world.callers.join((product, job, 0), "dead", 1)
    for days in (0.01, 0.1, 0.01):
        fresh.pass_days(days)
        fresh.call("run_deployment_jobs", {})
        fresh.queue.clear()
    fresh.tick("run_deployment_jobs")
    by_console(fresh, new)
    fresh.pass_days(0.1)
    fresh.tick("discover_resources")
    fresh.call("manage_deployment_jobs", {"AcceptDrift": {"Slots": [WWW]}})


def a_command_on_the_stack(fresh: Platform) -> None:
    """It reads all that functions do not keep among themselves, and has changed what a person may."""
    (letter,) = fresh.world.dead_letters.list()
    fresh.call("manage_installation", {"DropDeadLetters": {"Names": [letter.name]}})
    fresh.call("manage_installation", {"SetPolicies": {"Text": "", "Version": 0}})
    for table in READ:
        key = ["-" if column.type is str else 1 for column in table.key]
        assert fresh.call("read_state", {"Rows": {"Table": table.name, "Keys": [key]}})["More"] is False
    found = fresh.call("check_installation", {})
    assert {one["Mark"] for one in found["Findings"] if one["About"].startswith(("state", "cas "))} == {"ok"}


def a_clean_up(pools: Platform) -> None:
    """Of CAS, and of an entry that is a slot."""
    for _ in range(2):
        plan = pools.call("clean_up_certificates", {})
        stored = [one["Stored"] for one in plan["Stored"] if one["Fate"] == "delete"]
        places = [f"{one['Product']}/{one['Region'] or '-'}/{one['StoredId']}" for one in stored]
        of_cas = [one["CertIdentifier"] for one in plan["Certificates"] if one["Fate"] == "delete"]
        pools.call("clean_up_certificates", {"Delete": {"Certificates": of_cas, "Stored": places}})


def used_by(*platforms: Platform) -> dict[str, Used]:
    """What the functions made use of; those that deploy have one role but for the product."""
    found: dict[str, Used] = defaultdict(Used)
    for platform in platforms:
        for function, used in platform.used.items():
            mine = found[_kind(function)]
            mine.reads |= used.reads
            mine.writes |= used.writes
            mine.invokes |= {_kind(name) for name in used.invokes}
    return found


def called_by(*platforms: Platform) -> dict[str, set[str]]:
    """The RAM actions that each function's role was used for, as the emulated cloud has counted them."""
    found: dict[str, set[str]] = defaultdict(set)
    for platform in platforms:
        for use in platform.cloud.uses:
            if use.allowed:
                found[use.role.removeprefix("certdeploy-").replace("-", "_")].add(use.action)
    return found


def _kind(function: str) -> str:
    return DEPLOYS if function.startswith("deploy_") else function


def test_what_a_role_grants_its_function_makes_use_of(
    fresh: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.services.needed.default_products", lambda: KEPT)  # all that it knows
    a_renewal(fresh)
    a_job_of_a_person(fresh)
    fresh.pass_days(36)  # nothing replaces that of example.org
    fresh.tick("discover_resources", "scan_expiry")
    fresh.call("record_dead_letter", GIVEN_UP.read_bytes())
    a_command_on_the_stack(fresh)
    assert fresh.failures == []
    for folder in ("slow", "strangers", "pools", "unread"):
        (tmp_path / folder).mkdir()
    with (
        new_platform(SLOW, tmp_path / "slow", products=[CloudProduct.WAF, CloudProduct.ACK]) as slow,
        new_platform(ENDING, tmp_path / "strangers") as strangers,
        superseded(tmp_path / "pools") as pools,
        new_platform(UNREAD, tmp_path / "unread", products=[CloudProduct.LIVE, CloudProduct.ACK]) as unread,
    ):
        unread.tick("discover_resources", "scan_expiry")
        slow.timeout_s = 5
        slow._instance.pacer = Pacer(lambda: slow.clock().timestamp(), slow.clock.sleep)
        slow.tick("scan_expiry", "discover_resources")
        slow.pass_days(0.01)
        slow.timeout_s = 0.1  # for some of the clusters
        slow.call("discover_resources", {"Products": ["ACK"], "Region": "cn-hangzhou"})
        slow.drain()
        a_warning(strangers)
        a_quota(strangers)
        an_approval(strangers)
        a_clean_up(pools)
        every = (fresh, slow, strangers, pools, unread)
        found, called = used_by(*every), called_by(*every)

    granted = {_kind(name): one for name, one in reach().items()}
    assert found.keys() == granted.keys()
    for name, one in granted.items():
        used = found[name]
        assert used.writes == one.writes, name
        assert used.reads | used.writes | {META} == one.reads, name  # which App.of reads
        assert used.invokes == {_kind(invoked) for invoked in one.invokes}, name
    of_products = frozenset[str]().union(
        *(adapter_class(one).granted(writes=False) for one in supported_products())
    )
    for name, actions in grants().items():
        if not name.startswith("deploy_"):  # tests/contract/test_grants_used.py has these, and the products
            assert actions - called[name] <= of_products, name


@pytest.mark.parametrize("kept_from", ["reads", "writes", "invokes"])
def test_a_function_whose_role_lacks_a_right_is_denied_what_it_takes(
    fresh: Platform, monkeypatch: pytest.MonkeyPatch, kept_from: str
) -> None:
    """So that the tests of the pipeline show that no right is missing."""
    whole = reach()["scan_expiry"]
    less = {"reads": whole.reads, "writes": whole.writes, "invokes": whole.invokes, kept_from: frozenset()}
    monkeypatch.setattr(
        "tests.functional.pipeline.platform.reach", lambda: {**reach(), "scan_expiry": Reach(**less)}
    )

    with pytest.raises(Denied, match="scan_expiry may not"):
        _scanned(fresh)


def _scanned(fresh: Platform) -> None:
    fresh.call("scan_expiry", {})
    fresh.call("discover_resources", {})
    fresh.renew(*NAMES)
    fresh.call("scan_expiry", {})
