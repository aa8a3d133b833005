"""A region that was empty three times in a row is asked once a day by the timer, and at once by a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.estate import parse_estate
from emulator.faults import Fault
from shared.domain.resources import CloudProduct
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, new_platform

ALB: dict[str, Any] = {
    "name": "shop",
    "region": "cn-hangzhou",
    "listeners": [{"port": 443, "default": "old"}],
}
ESTATE: dict[str, Any] = {
    "regions": ["cn-hangzhou", "cn-beijing"],
    "certificates": {"old": {"names": list(NAMES), "key": "ecdsa-p256", "days": 40}},
    "alb": [ALB],
}
FULL, EMPTY = "ALB/cn-hangzhou", "ALB/cn-beijing"
HOUR = 1 / 24


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with new_platform(ESTATE, tmp_path, products=[CloudProduct.ALB]) as made:
        yield made


def by_timer(platform: Platform, hours: float = 20) -> set[str]:
    """An hour later; the regions that are asked."""
    platform.pass_days(HOUR)
    payload = json.dumps({"RestHours": hours})
    answer = platform.call(
        "discover_resources", {"triggerTime": "2026-01-01", "triggerName": "timer", "payload": payload}
    )
    platform.drain()
    return set(answer["Started"])


def test_a_region_that_stays_empty_is_asked_once_a_day(platform: Platform) -> None:
    assert [by_timer(platform) for _ in range(4)] == [{FULL, EMPTY}] * 3 + [{FULL}]

    platform.pass_days(17 * HOUR)
    assert [by_timer(platform) for _ in range(3)] == [{FULL}, {FULL, EMPTY}, {FULL}]
    assert platform.failures == []


def test_a_person_asks_it_at_once_and_so_does_a_timer_without_rest(platform: Platform) -> None:
    for _ in range(3):
        by_timer(platform)
    assert by_timer(platform) == {FULL}

    assert set(platform.call("discover_resources", {})["Started"]) == {FULL, EMPTY}
    platform.drain()
    assert by_timer(platform) == {FULL}
    assert by_timer(platform, hours=0) == {FULL, EMPTY}


def test_one_that_could_not_be_read_was_not_seen_to_be_empty(platform: Platform) -> None:
    for _ in range(3):
        by_timer(platform)
    platform.cloud.faults.add(Fault("ListLoadBalancers", 403, "Forbidden.RAM", region="cn-beijing"))

    assert set(platform.call("discover_resources", {})["Started"]) == {FULL, EMPTY}
    platform.drain()

    assert [by_timer(platform) for _ in range(4)] == [{FULL, EMPTY}] * 3 + [{FULL}]


@pytest.mark.long
def test_one_that_is_used_from_now_on_is_asked_each_time(platform: Platform) -> None:
    for _ in range(3):
        by_timer(platform)
    platform.cloud.load(
        parse_estate({**ESTATE, "alb": [ALB, {**ALB, "name": "far", "region": "cn-beijing"}]})
    )
    platform.call("discover_resources", {})
    platform.drain()

    assert [by_timer(platform) for _ in range(2)] == [{FULL, EMPTY}] * 2
