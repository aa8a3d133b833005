"""Timers and event rules."""

import json
import time
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest

from host.host import Host
from tests.functional.host.site import Site, states, until


@pytest.fixture
def far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine's own time zone."""
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("far_east")
def test_a_timer_ticks_by_its_expression(site: Site) -> None:
    site.ticked(age_s=0.9)
    before = int(time.time())
    host = site.host(parameters={"Often": "@every 1s"})
    until(site.told)
    until(lambda: len(site.told()) >= 2)

    first, second = map(json.loads, site.told()[:2])
    assert set(first) == {"triggerTime", "triggerName", "payload"}
    assert (first["triggerName"], first["payload"]) == ("hourly", "tick")
    times = [datetime.strptime(tick["triggerTime"], "%Y-%m-%dT%H:%M:%SZ") for tick in (first, second)]
    seconds = [time.replace(tzinfo=timezone.utc).timestamp() for time in times]
    assert before <= seconds[0] <= seconds[1] <= time.time()
    assert set(states(host)) <= {"Succeeded", "Running", "Enqueued"}


def test_a_last_tick_in_the_future_of_a_clock_that_was_ahead_stops_no_timer(site: Site) -> None:
    site.ticked(age_s=-6 * 3600)
    site.host(parameters={"Often": "@every 1s"})

    until(site.told)

    assert json.loads(site.told()[0])["triggerName"] == "hourly"


def test_ticks_missed_while_the_host_was_down_come_as_one(site: Site) -> None:
    """Of a timer that is switched off none comes."""
    for timer in ("hourly", "daily"):
        site.ticked(5 * 86400 + 1800, timer)
    before = time.time()
    host = site.host(parameters={"Enabled": "false"})
    until(site.told)
    assert host.wait_idle(60)
    assert [json.loads(tick)["triggerName"] for tick in site.told()] == ["daily"]
    assert [task.function for task in host.tasks()] == ["demo-told"], "a tick is on disk until it is done"
    host.stop()
    assert (site.last_tick() or 0) < before, "the one that is off has not ticked"

    host = site.host()
    until(lambda: len(site.told()) == 2)
    assert host.wait_idle(60)
    host.stop()
    assert json.loads(site.told()[1])["triggerName"] == "hourly"
    assert before <= (site.last_tick() or 0) <= time.time()


def test_a_timer_counts_from_the_first_start(site: Site) -> None:
    """Also if the host is restarted more often than the timer ticks."""
    before = time.time()
    site.host().stop()
    first = site.last_tick()
    assert first is not None
    assert before <= first <= time.time()

    site.host().stop()
    assert site.last_tick() == first
    assert site.told() == []


def test_an_event_invokes_the_functions_whose_rule_it_matches(host: Host, shared: Site) -> None:
    event = {"source": "news", "id": "1", "data": {"rank": 4, "title": "ünï"}}

    assert host.deliver_event(event) == ["demo-told", "demo-work"]
    assert host.deliver_event({**event, "id": "2", "data": {"rank": 3}}) == ["demo-work"]
    assert host.deliver_event({**event, "id": "3", "source": "old"}) == []

    assert [task.function for task in host.tasks()] == ["demo-told", "demo-work", "demo-work"], "on disk"
    assert host.wait_idle(60)
    [told] = shared.told()
    assert json.loads(told) == event
    assert "ünï" in told, "as text, not escaped"
    assert sorted(line.partition(" ")[0] for line in shared.runs()) == ["1", "2"]
