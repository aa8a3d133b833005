"""A cluster that cannot be opened: its slots are kept, all else goes on, and they follow when it opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.faults import Fault
from emulator.services.ack.cluster_fields import Writer
from emulator.services.ack.cluster_kinds import SECRETS, Target
from shared.cloud.kubernetes import Kubernetes
from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.domain.states import JobStatus
from shared.errors import CloudUnavailableError
from shared.services.map import map_slots
from tests.contract.answers import edit
from tests.functional.pipeline.conftest import NAMES, TWO_SLOTS
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import WWW
from tests.receiver import Receiver

ACK, HERE = CloudProduct.ACK, {"region": "cn-hangzhou"}
PRODUCTS = (CloudProduct.CDN, ACK)
OF_SHOP = ("secret/default/tls", "albconfig/front/443:HTTPS/default")  #: with the old certificate
_SPARE = {"names": list(NAMES), "key": "ecdsa-p256", "days": 150}  #: in service nowhere
ESTATE: dict[str, Any] = {
    **{name: TWO_SLOTS[name] for name in ("regions", "cdn")},
    "certificates": {**TWO_SLOTS["certificates"], "spare": _SPARE},
    "ack": [
        {
            **HERE,
            "name": "shop",
            "secrets": [{"name": "tls", "certificate": "old"}, {"name": "mail", "certificate": "other"}],
            "albconfigs": [{"name": "front", "listeners": [{"port": 443, "default": "old"}]}],
        },
        {**HERE, "name": "back", "secrets": [{"name": n, "certificate": "old"} for n in ("tls", "brief")]},
    ],
}


@pytest.fixture
def platform(tmp_path: Path, receiver: Receiver) -> Iterator[Platform]:
    with discovered(ESTATE, tmp_path, PRODUCTS, webhook_url=receiver.url) as made:
        yield made


class Door:
    """The way into the cluster shop, closed and opened again."""

    def __init__(self, platform: Platform) -> None:
        self.shop = platform.cloud.service("cs").cluster("shop")
        self.platform = platform

    def close(self) -> None:
        self.shop.role = "none"
        self.platform.tick("discover_resources")

    def open(self) -> None:
        self.shop.role = "ops"
        self.platform.tick("discover_resources")


@pytest.fixture
def door(platform: Platform) -> Door:
    return Door(platform)


def slot(platform: Platform, cluster: str, rest: str) -> str:
    return f"ACK/cn-hangzhou/{platform.cloud.service('cs').cluster(cluster).id}/{rest}"


def sync(platform: Platform) -> SyncStatus:
    (status,) = platform.world.syncs.list(ACK)
    return status


def make_another(platform: Platform) -> None:
    """A Secret with the old certificate in the other cluster: not of those that were there at first."""
    shop, back = (platform.cloud.service("cs").cluster(name).store for name in ("shop", "back"))
    made = {**shop.get(Target(SECRETS, "default", "tls")), "metadata": {"name": "later"}}
    by = Writer("kubectl", platform.clock())
    back.create(Target(SECRETS, "default", "later"), made, platform.clock(), by)


def planned(platform: Platform) -> list[set[str]]:
    """The slots of each job, the first one first."""
    jobs = sorted(platform.jobs(), key=lambda job: job.created_at)
    return [{worker.resource.slot for worker in platform.world.workers.list(job.job_id)} for job in jobs]


Way = Callable[[Platform, pytest.MonkeyPatch], None]
WAYS: dict[str, tuple[Way, str]] = {
    "no right within": (
        lambda platform, patch: setattr(platform.cloud.service("cs").cluster("shop"), "role", "none"),
        "shop: ListSecrets: Forbidden: unauthorised: give the function's role",
    ),
    "no kubeconfig": (
        lambda platform, patch: platform.cloud.deny(
            "cs:DescribeClusterUserKubeconfig", resource=platform.cloud.service("cs").cluster("shop").id
        ),
        "shop: DescribeClusterUserKubeconfig: AccessDenied: unauthorised: give the function's role",
    ),
    "no way there": (
        lambda platform, patch: patch.setattr(Kubernetes, "reachable", lambda self: False),
        "shop: connect: Unreachable: no connection to the cluster's API server could be made",
    ),
    "no kubeconfig that can be read": (
        lambda platform, patch: edit(
            patch, platform.cloud, "DescribeClusterUserKubeconfig", lambda answer: answer.update(config=[7])
        ),
        "shop: DescribeClusterUserKubeconfig: UnreadableAnswer: config: a text was expected",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_cluster_that_cannot_be_opened_keeps_its_rows_and_says_what_to_do(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    before = {record.resource.slot: record for record in platform.world.resources.list(ACK)}
    close, why = WAYS[way]
    close(platform, monkeypatch)

    platform.tick("discover_resources", "discover_resources")

    status = sync(platform)
    assert status.state is SyncState.PARTIAL
    assert any(one.startswith(why) for one in status.unread), status.unread
    after = {record.resource.slot: record for record in platform.world.resources.list(ACK)}
    assert after.keys() == before.keys()
    shop = slot(platform, "shop", "")
    assert {name for name, record in after.items() if record == before[name]} >= {
        name for name in before if name.startswith(shop)
    }
    assert platform.failures == []


def test_other_clusters_are_read_as_ever_beside_one_that_is_closed(platform: Platform, door: Door) -> None:
    gone = Target(SECRETS, "default", "brief")
    platform.cloud.service("cs").cluster("back").store.delete(gone)

    door.close()

    rows = {one.slot: one.not_seen_since for one in map_slots(platform.world, [ACK])}
    shop = {slot(platform, "shop", rest) for rest in ("secret/default/tls", "secret/default/mail")}
    shop.add(slot(platform, "shop", "albconfig/front/443:HTTPS/default"))
    back = slot(platform, "back", "secret/default/tls")
    assert rows.keys() == {*shop, back}, "what is gone from an open cluster is gone"
    assert {name for name, since in rows.items() if since} == shop
    assert sync(platform).unread_within == (f"{door.shop.id}/",)


def test_what_a_role_may_not_see_alone_is_kept_alone(platform: Platform, door: Door) -> None:
    door.shop.role = "dev"
    door.shop.store.delete(Target(SECRETS, "default", "mail"))

    platform.tick("discover_resources")

    assert sync(platform).unread_within == (f"{door.shop.id}/albconfig/",)
    assert "shop (albconfig): ListAlbConfigs: Forbidden: unauthorised" in sync(platform).reason
    left = {record.resource.slot for record in platform.world.resources.list(ACK)}
    assert slot(platform, "shop", "albconfig/front/443:HTTPS/default") in left
    assert slot(platform, "shop", "secret/default/mail") not in left


@pytest.mark.long
def test_a_renewal_waits_for_no_closed_cluster_and_reaches_its_slots_when_it_opens(
    platform: Platform, door: Door
) -> None:
    door.close()
    new = platform.renew(*NAMES)
    open_slots = {WWW, *(slot(platform, "back", f"secret/default/{name}") for name in ("tls", "brief"))}

    platform.tick("scan_expiry")
    assert planned(platform) == [open_slots]
    assert {job.status for job in platform.jobs()} == {JobStatus.SUCCESS}
    record = platform.world.certificates.get(new)
    assert (record.issued_handled, record.issued_unseen) == (True, (slot(platform, "shop", ""),))

    make_another(platform)
    door.open()
    platform.tick("scan_expiry")
    shop = {slot(platform, "shop", rest) for rest in OF_SHOP}
    assert planned(platform) == [open_slots, shop]
    assert {job.status for job in platform.jobs()} == {JobStatus.SUCCESS}
    assert platform.world.certificates.get(new).issued_unseen == ()
    platform.tick("discover_resources", "scan_expiry")
    assert len(platform.jobs()) == 2


@pytest.mark.long
def test_a_region_that_fails_after_a_cluster_that_is_closed_is_unseen_as_a_whole(
    platform: Platform, door: Door
) -> None:
    """Nothing is taken for dealt with as if all but that cluster had been seen."""
    door.close()
    platform.cloud.faults.add(Fault("DescribeClusterUserKubeconfig", passing=1, times=100))
    with pytest.raises(CloudUnavailableError):
        platform.call("discover_clusters", {"Products": ["ACK"], "Region": "cn-hangzhou"})
    platform.cloud.faults.clear()
    new = platform.renew(*NAMES)
    make_another(platform)

    platform.tick("scan_expiry")

    assert sync(platform).state is SyncState.FAILED
    assert platform.world.certificates.get(new).issued_unseen == ("ACK/cn-hangzhou/",)
    platform.tick("discover_resources", "scan_expiry")
    assert slot(platform, "back", "secret/default/later") in set().union(*planned(platform))


@pytest.mark.long
def test_a_cluster_that_stays_closed_has_nothing_planned_that_was_dealt_with(
    platform: Platform, door: Door
) -> None:
    """Neither what somebody rolled back since, nor what was made since then."""
    door.close()
    platform.renew(*NAMES)
    platform.tick("scan_expiry")
    job = platform.job()
    platform.call("manage_deployment_jobs", {"RollBack": {"JobId": job.job_id, "ResourceIds": [WWW]}})
    platform.drain()
    make_another(platform)

    for _ in range(2):
        platform.tick("discover_resources")
        assert platform.call("scan_expiry", {})["Issued"] == []
        platform.drain()

    assert [one.job_id for one in platform.jobs()] == [job.job_id]
    assert platform.world.resources.find(slot(platform, "back", "secret/default/later")) is not None


@pytest.mark.long
def test_a_certificate_that_ends_is_replaced_beside_a_closed_cluster_and_there_when_it_opens(
    tmp_path: Path, receiver: Receiver
) -> None:
    """Meanwhile the contacts are told of the slots there."""
    ending = {**TWO_SLOTS["certificates"]["old"], "days": 30.002}  # minutes later it is to be warned of
    estate = {**ESTATE, "certificates": {**ESTATE["certificates"], "old": ending}}
    with discovered(estate, tmp_path, PRODUCTS, webhook_url=receiver.url) as platform:
        door, old = Door(platform), platform.world.resources.get(WWW).resource.cert_identifier
        shop = {slot(platform, "shop", rest) for rest in OF_SHOP}
        platform.pass_days(0.0025)  # a kubeconfig begins five minutes ago
        door.close()

        platform.tick("scan_expiry", "scan_expiry")
        origin = f"expiring-{old}-30"
        assert [job.origin for job in platform.jobs()] == [origin]
        assert planned(platform)[0].isdisjoint(shop)
        told = {message.body["Type"].rpartition(":")[2]: message.body for message in receiver.take()}
        assert set(told["ReplacementMissing"]["Slots"]) == shop
        assert platform.world.certificates.get(old).expiring_unseen == (slot(platform, "shop", ""),)

        make_another(platform)
        door.open()
        platform.tick("scan_expiry", "scan_expiry")
        assert [job.origin for job in platform.jobs()] == [origin, origin]
        assert planned(platform)[1:] == [shop]
        assert {job.status for job in platform.jobs()} == {JobStatus.SUCCESS}
        assert [message.body["Type"].rpartition(":")[2] for message in receiver.take()] == ["Finished"]
        assert platform.world.certificates.get(old).expiring_unseen == ()
