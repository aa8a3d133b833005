"""Timers and event rules."""

import json
import time
from collections.abc import Callable

import pytest

from host.host import Host

MakeHost = Callable[..., Host]
Lines = Callable[[], list[str]]


def test_a_timer_ticks_by_its_expression(a_host: MakeHost, told: Lines) -> None:
    host = a_host(parameters={"Often": "@every 1s"})
    host.start()
    end = time.monotonic() + 10
    while len(told()) < 2 and time.monotonic() < end:
        time.sleep(0.05)

    first, second = map(json.loads, told()[:2])
    assert set(first) == {"triggerTime", "triggerName", "payload"}
    assert (first["triggerName"], first["payload"]) == ("hourly", "tick")
    assert first["triggerTime"] < second["triggerTime"]


def test_a_disabled_timer_does_not_tick_but_can_be_fired(a_host: MakeHost, told: Lines) -> None:
    host = a_host(parameters={"Often": "@every 1s", "Enabled": "false"})
    host.start()
    time.sleep(1.3)
    assert told() == []

    assert host.fire_timer("told") == host.fire_timer("demo-told") == 1
    assert host.wait_idle(10)
    assert len(told()) == 2
    with pytest.raises(LookupError, match="'demo-work'"):
        host.fire_timer("demo-work")


def test_ticks_missed_while_the_host_was_down_come_as_one(a_host: MakeHost, told: Lines) -> None:
    first = a_host(parameters={"Often": "@every 1h"})
    first.start()
    first._table.save_tick("demo-told", "hourly", time.time() - 5 * 3600)
    first.stop()

    second = a_host(parameters={"Often": "@every 1h"})
    second.start()
    end = time.monotonic() + 10
    while not told() and time.monotonic() < end:
        time.sleep(0.05)
    assert second.wait_idle(10)
    assert len(told()) == 1


def test_an_event_invokes_the_functions_whose_rule_it_matches(host: Host, told: Lines) -> None:
    event = {"source": "news", "id": "1", "data": {"rank": 4}}

    assert host.deliver_event(event) == ["demo-told"]
    assert host.deliver_event({**event, "data": {"rank": 3}}) == []

    assert host.wait_idle(10)
    assert [json.loads(line) for line in told()] == [event]
