"""Instances: kept, joined by others up to a limit, killed at the time limit, replaced when they die."""

import json
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from host.host import Host
from tests.functional.host.site import Site, until


def order(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def pid(host: Host) -> int:
    return int(json.loads(host.invoke("demo-work", b"{}").body)["pid"])


def test_an_instance_is_kept_and_a_busy_one_gets_a_companion(site: Site) -> None:
    host = site.host()
    first = pid(host)
    assert pid(host) == first

    with ThreadPoolExecutor(1) as threads:
        held = threads.submit(host.invoke, "demo-work", order(id="held", gate=site.gate))
        until(lambda: len(site.runs()) == 3)
        second = pid(host)
        site.open_gate()
        assert json.loads(held.result().body)["pid"] == first
    assert second != first
    assert pid(host) in (first, second)


def test_a_function_has_at_most_so_many_instances_and_holds_up_no_other(site: Site) -> None:
    """Four, whoever invokes it; the others wait. Meanwhile another function runs."""
    host = site.host()
    for number in range(5):
        host.invoke("demo-work", order(id=f"a{number}", gate=site.gate), asynchronous=True)
    until(lambda: len(site.runs()) == 4)

    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(host.invoke, "demo-work", order(id="s", gate=site.gate)) for _ in range(2)]
        host.invoke("demo-told", b"quick", asynchronous=True)
        until(lambda: site.told() == ["quick"])
        assert host.pending() >= 5
        assert len(site.runs()) == 4
        site.open_gate()
        assert [future.result().status for future in waiting] == [200, 200]

    assert host.wait_idle(60)
    assert (len(site.runs()), len(site.instances())) == (7, 4)


@pytest.mark.parametrize("concurrency", [1, 2])
def test_the_limit_of_instances_can_be_set(site: Site, concurrency: int) -> None:
    host = site.host(concurrency=concurrency)
    for number in range(3):
        host.invoke("demo-work", order(id=f"a{number}", gate=site.gate), asynchronous=True)
    host.invoke("demo-told", b"quick", asynchronous=True)
    until(lambda: len(site.runs()) == concurrency and site.told())

    assert len(site.runs()) == concurrency
    site.open_gate()
    assert host.wait_idle(60)
    assert (len(site.runs()), len(site.instances())) == (3, concurrency)


def test_a_run_over_its_time_is_killed_fails_and_is_retried(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    host = site.host(parameters={"Patience": "1"})
    host.invoke("demo-work", order(id="a", hang_times=1), asynchronous=True, request_id="r-a")

    result = host.invoke("demo-work", order(id="s", hang_times=1), request_id="r-s")

    message = "Function timed out after 1 seconds"
    assert (result.status, result.error_type) == (200, "UnhandledInvocationError")
    assert json.loads(result.body)["errorMessage"] == message
    assert f"demo-work r-s: {message}" in caplog.text
    assert host.wait_idle(60)
    assert sorted(site.runs()) == ["a r-a", "a r-a", "s r-s"]
    [task] = host.tasks()
    assert (task.state, task.attempts) == ("Succeeded", 2)
    assert host.invoke("demo-work", order(id="next")).error_type is None


def test_an_instance_that_dies_while_idle_is_replaced(site: Site) -> None:
    host = site.host()
    before = pid(host)
    threads = threading.active_count()
    os.kill(before, signal.SIGKILL)
    until(lambda: threading.active_count() < threads)  # pebble has seen it, and gives up its pool

    assert pid(host) != before
    until(lambda: threading.active_count() == threads)
    host.stop()
