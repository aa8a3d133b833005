"""A discovery over several invocations: killed anywhere, begun twice, by machines whose clocks differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.cloud.pacing import Pacer
from shared.domain.resources import CloudProduct, CloudResource, Sweep, SyncState, SyncStatus
from shared.errors import CloudThrottledError, UnreadableAnswerError
from shared.products.kit.found import Found, Unread
from shared.products.kit.parts import Parts
from shared.state.sightings import Sightings
from tests.builders import a_resource
from tests.contract.answers import edit
from tests.functional.pipeline.conftest import a_waf_of
from tests.functional.pipeline.platform import Cut, Platform, new_platform
from tests.functional.pipeline.stories import MortalStore

WAF, REGION = CloudProduct.WAF, "cn-hangzhou"
DOMAINS = 5
SLOTS = DOMAINS + 1  #: and the default one
ESTATE = a_waf_of(DOMAINS)


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """Functions of six seconds, and a domain takes one to be read."""
    with new_platform(ESTATE, tmp_path, products=[WAF], regions=(REGION,)) as installed:
        installed.tick("scan_expiry")
        installed.timeout_s = 6.0
        installed._instance.pacer = Pacer(lambda: installed.clock().timestamp(), installed.clock.sleep)
        edit(monkeypatch, installed.cloud, "DescribeDomainDetail", lambda _: installed.clock.sleep(1.0))
        yield installed


def status_of(slow: Platform) -> SyncStatus:
    (status,) = slow.world.syncs.list(WAF)
    return status


def meanwhile(monkeypatch: pytest.MonkeyPatch, then: Callable[[], object]) -> None:
    """It happens when the next slot is seen."""
    left, take = [then], Sightings.take

    def happens(self: Sightings, *seen: Any) -> Any:
        failed = take(self, *seen)
        if left:
            left.pop()()
        return failed

    monkeypatch.setattr(Sightings, "take", happens)


@pytest.mark.long
def test_killed_after_any_write_and_delivered_again_it_is_complete(slow: Platform, tmp_path: Path) -> None:
    store = slow.store = MortalStore(slow.store)
    store.dies_after, deaths = 1, 0

    while True:
        store.writes = 0
        slow.queue.append(("discover_resources", b"{}"))
        died = False
        while slow.queue:
            in_hand = slow.queue.pop(0)
            try:
                slow.deliver(*in_hand)
            except Cut:
                died, limit, store.dies_after = True, store.dies_after, None
                slow.queue.insert(0, in_hand)
        status = status_of(slow)
        assert (status.state, status.count) == (SyncState.SYNCED, SLOTS), f"killed after write {deaths + 1}"
        assert slow.world.sweeps.find(WAF, REGION) is None
        if not died:
            break
        deaths, store.dies_after = deaths + 1, (limit or 0) + 1

    assert deaths > SLOTS


def test_a_first_invocation_that_is_delivered_twice_at_once_comes_to_one_end(
    slow: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The later one has told the status when the earlier one is the first to hand on."""
    earlier = slow.clock()

    def hands_on() -> None:
        slow.world.sweeps.save(Sweep(product=WAF, region=REGION, started_at=earlier, handed_on_at=earlier))
        since = {"Products": ["WAF"], "Region": REGION, "Since": earlier.isoformat()}
        slow.queue.append(("discover_resources", json.dumps(since).encode()))

    meanwhile(monkeypatch, hands_on)

    slow.call("discover_resources", {"Products": ["WAF"], "Region": REGION})
    slow.drain()

    status = status_of(slow)
    assert (status.state, status.count) == (SyncState.SYNCED, SLOTS)
    assert slow.world.sweeps.find(WAF, REGION) is None


def test_the_earlier_of_two_first_invocations_stops_where_it_would_hand_on(
    slow: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = {"Products": ["WAF"], "Region": REGION}
    meanwhile(monkeypatch, lambda: slow.call("discover_resources", first))

    assert slow.call("discover_resources", first)["Statuses"] == []

    assert len(slow.queue) == 1
    slow.drain()
    status = status_of(slow)
    assert (status.state, status.count) == (SyncState.SYNCED, SLOTS)


class CutOff:
    """Its second part is cut off by the end of the function's time, with one of two slots found."""

    def __init__(self, parts: Parts, slow: Platform) -> None:
        self.parts, self.slow = parts, slow

    def discover(self, region: str) -> Iterator[Found]:
        yield Unread("a row", UnreadableAnswerError("List", f"read at {self.slow.clock()}"))
        place = {"product": WAF, "region": region, "kind": "domain", "instance_id": "waf-1"}
        one, two, three = (a_resource(f"{n}.example.com", **place) for n in range(3))
        yield from self.parts.once("a", [one])
        yield from self.parts.once("b", self._cut(two, three))

    def _cut(self, two: CloudResource, three: CloudResource) -> Iterator[Found]:
        yield two
        if self.parts.gained:
            self.slow.clock.sleep(self.slow.timeout_s)
            raise CloudThrottledError("List", "Throttling", "later")
        yield three


def test_what_an_invocation_finds_again_is_counted_once(slow: Platform) -> None:
    slow.ports["adapter"] = lambda *_, parts, known, account: CutOff(parts, slow)

    slow.call("discover_resources", {"Products": ["WAF"], "Region": REGION})
    assert len(slow.queue) == 1
    slow.drain()

    status = status_of(slow)
    assert (status.state, status.count) == (SyncState.PARTIAL, 3)
    assert len(status.unread) == 1
    assert status.reason.startswith("1 could not be read: a row: ")


def test_a_machine_whose_clock_is_behind_is_not_taken_for_an_earlier_discovery(slow: Platform) -> None:
    slow.call("discover_resources", {})
    slow.clock.sleep(-2.0)

    slow.drain()

    status = status_of(slow)
    assert (status.state, status.count) == (SyncState.SYNCED, SLOTS)
