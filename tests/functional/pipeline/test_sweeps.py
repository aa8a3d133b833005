"""A region that takes longer than a function may run is read over several invocations, completely."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from emulator.faults import Fault
from shared.cloud.pacing import Pacer
from shared.domain.resources import CloudProduct, Sweep, SyncState, SyncStatus
from shared.errors import CloudUnavailableError
from tests.functional.pipeline.conftest import a_waf_of
from tests.functional.pipeline.platform import Platform, new_platform

WAF, REGION = CloudProduct.WAF, "cn-hangzhou"
DOMAINS = 150
ESTATE = a_waf_of(DOMAINS)


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Platform]:
    """Functions of ten seconds, and an API of ten calls a second."""
    with new_platform(ESTATE, tmp_path, products=[WAF], regions=(REGION,)) as installed:
        installed.tick("scan_expiry")
        installed.timeout_s = 10
        installed._instance.pacer = Pacer(lambda: installed.clock().timestamp(), installed.clock.sleep)
        yield installed


def status_of(slow: Platform) -> SyncStatus:
    (status,) = slow.world.syncs.list(WAF)
    return status


def sweep_of(slow: Platform) -> Sweep:
    sweep = slow.world.sweeps.find(WAF, REGION)
    assert sweep is not None
    return sweep


def known(slow: Platform) -> set[str]:
    return {record.resource.resource_id for record in slow.world.resources.list(WAF)}


def begun(slow: Platform) -> None:
    """One invocation has read a part, and its successor waits in the queue."""
    slow.call("discover_resources", {})
    function, payload = slow.queue.pop()
    slow.call(function, payload)


def cut_off(slow: Platform, waiting: tuple[str, bytes]) -> None:
    """It is delivered, and cannot start its successor."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slow, "invoke", _unreachable)
        with pytest.raises(CloudUnavailableError):
            slow.call(*waiting)


def _unreachable(*_: object, **__: object) -> bytes:
    raise CloudUnavailableError("InvokeFunction", "ConnectionLost", "no answer")


def asked(slow: Platform) -> Counter[str]:
    """How often each domain's detail was read."""
    return Counter(
        str(call.params["Domain"]) for call in slow.cloud.calls if call.action == "DescribeDomainDetail"
    )


@pytest.mark.long
def test_150_domains_are_found_by_functions_of_ten_seconds_each_read_once(slow: Platform) -> None:
    slow.tick("discover_resources")

    assert len(known(slow)) == DOMAINS + 1
    status = status_of(slow)
    assert (status.state, status.count) == (SyncState.SYNCED, DOMAINS + 1)
    assert set(asked(slow).values()) == {1}
    assert slow.failures == []
    assert slow.world.sweeps.find(WAF, REGION) is None


def test_what_was_found_is_there_before_the_rest_is_read(slow: Platform) -> None:
    begun(slow)

    status = status_of(slow)
    assert status.state is SyncState.SYNCING
    assert 0 < status.count == len(known(slow)) < DOMAINS
    ((function, payload),) = slow.queue
    assert function == "discover_resources"
    assert json.loads(payload) == {
        "Products": ["WAF"],
        "Region": REGION,
        "Since": status.started_at.isoformat(),
    }


def test_slots_that_are_gone_go_after_the_last_part_and_not_before(slow: Platform) -> None:
    slow.tick("discover_resources")
    domains = slow.cloud.service("waf_openapi").instances[REGION].domains
    domains.remove(next(one for one in domains if one.name == "149.example.com"))

    begun(slow)
    assert "149.example.com" in known(slow)
    slow.drain()

    assert "149.example.com" not in known(slow)
    assert len(known(slow)) == DOMAINS


def test_every_delivery_twice_comes_to_the_same(slow: Platform) -> None:
    slow.copies = 2

    slow.tick("discover_resources")

    assert len(known(slow)) == DOMAINS + 1
    assert status_of(slow).state is SyncState.SYNCED
    assert slow.failures == []


def test_an_invocation_whose_successor_was_not_started_is_delivered_again_and_begins_anew(
    slow: Platform,
) -> None:
    slow.call("discover_resources", {})
    (waiting,) = slow.queue
    slow.queue.clear()
    cut_off(slow, waiting)
    assert sweep_of(slow).read

    slow.deliver(*waiting)
    slow.drain()

    assert len(known(slow)) == DOMAINS + 1
    assert status_of(slow).state is SyncState.SYNCED


def test_one_that_goes_on_is_delivered_again_from_where_it_began(slow: Platform) -> None:
    begun(slow)
    (waiting,) = slow.queue
    read = set(asked(slow))
    slow.queue.clear()
    cut_off(slow, waiting)

    slow.deliver(*waiting)
    slow.drain()

    assert status_of(slow).count == len(known(slow)) == DOMAINS + 1
    assert {asked(slow)[domain] for domain in read} == {1}


def test_a_timer_leaves_it_alone_while_it_goes_on_and_begins_anew_once_it_has_died(slow: Platform) -> None:
    begun(slow)
    since = status_of(slow).started_at
    ahead = slow.queue.copy()

    slow.clock.sleep(900)
    slow.call("discover_resources", {})
    assert slow.queue == ahead
    slow.clock.sleep(100)
    slow.call("discover_resources", {})

    assert len(slow.queue) == 2
    assert status_of(slow).started_at > since
    slow.drain()
    assert status_of(slow).count == len(known(slow)) == DOMAINS + 1


@pytest.mark.long
def test_one_that_was_overtaken_stops(slow: Platform) -> None:
    begun(slow)
    (late,) = slow.queue
    slow.queue.clear()
    slow.call("discover_resources", {"Products": ["WAF"], "Region": REGION})
    calls, sweep = len(slow.cloud.calls), sweep_of(slow)

    assert slow.call(*late) == {"Started": [], "Statuses": []}

    assert len(slow.cloud.calls) == calls
    assert sweep_of(slow) == sweep


def test_one_of_a_region_that_is_no_longer_looked_after_stops(slow: Platform) -> None:
    begun(slow)
    (late,) = slow.queue
    slow.queue.clear()
    slow.policy["regions"] = ("ap-southeast-1",)
    slow.tick("discover_resources")
    assert REGION not in {status.region for status in slow.world.syncs.list(WAF)}

    assert slow.call(*late) == {"Started": [], "Statuses": []}

    assert known(slow) == {"default-https"} & known(slow)
    assert slow.world.sweeps.find(WAF, REGION) is None


def test_what_could_not_be_read_in_an_earlier_part_is_told_at_the_end_and_not_taken_for_gone(
    slow: Platform,
) -> None:
    slow.tick("discover_resources")
    whole = known(slow)
    slow.cloud.faults.add(Fault("DescribeDomainDetail", status=400, code="Odd"))

    slow.tick("discover_resources")

    assert known(slow) == whole

    status = status_of(slow)
    assert (status.state, status.count) == (SyncState.PARTIAL, DOMAINS)
    assert len(status.unread) == 1
    assert re.match(r"\d{3}\.example\.com: DescribeDomainDetail: Odd", status.unread[0])
    assert status.reason == f"1 could not be read: {status.unread[0]}"


def test_a_time_in_which_nothing_can_be_read_is_told(slow: Platform) -> None:
    slow.timeout_s = 0.0

    slow.tick("discover_resources")

    status = status_of(slow)
    assert status.state is SyncState.FAILED
    assert "left" in status.reason or "TimeIsUp" in status.reason
    assert status.finished_at is not None
    assert status.finished_at - status.started_at < timedelta(seconds=60)
