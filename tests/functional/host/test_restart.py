"""What was accepted outlives its host: a stop, a kill, a long night."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from host.errors import HostStoppedError
from tests.functional.host.site import SAMPLE, Site, states, until

ROOT = Path(__file__).parents[3]


def ids(site: Site) -> str:
    return "".join(line.partition(" ")[0] for line in site.runs())


def an_order(site: Site, name: str) -> bytes:
    return json.dumps({"id": name, "gate": site.gate}).encode()


@pytest.mark.parametrize(("grace_s", "outcome"), [(60, 200), (0, HostStoppedError)])
def test_a_stop_waits_for_a_synchronous_invocation_as_long_as_it_may(
    site: Site, grace_s: float, outcome: object
) -> None:
    host = site.host(grace_s=grace_s)
    with ThreadPoolExecutor(1) as threads:
        result = threads.submit(host.invoke, "demo-work", an_order(site, "a"))
        until(site.runs)
        if grace_s:
            site.open_gate(after_s=0.1)
        host.stop()

    error = result.exception()
    assert (type(error) if error else result.result().status) == outcome


def test_who_waits_for_an_instance_gets_none_after_a_stop(site: Site) -> None:
    threads = threading.active_count()
    host = site.host(grace_s=0, concurrency=1)
    with ThreadPoolExecutor(2) as callers:
        results = [callers.submit(host.invoke, "demo-work", an_order(site, "a")) for _ in range(2)]
        until(site.runs)
        host.stop()

    assert [type(result.exception()) for result in results] == [HostStoppedError, HostStoppedError]
    until(lambda: threading.active_count() <= threads, timeout_s=20)
    assert ids(site) == "a"


def test_a_stop_lets_what_runs_come_to_its_end_and_begins_nothing(site: Site) -> None:
    first = site.host(concurrency=1)
    first.invoke("demo-work", an_order(site, "a"), asynchronous=True)
    first.invoke("demo-work", an_order(site, "b"), asynchronous=True)
    until(site.runs)
    site.open_gate(after_s=0.1)
    first.stop()
    assert ids(site) == "a"

    second = site.host()
    assert second.wait_idle(60)
    assert ids(site) == "ab"
    assert states(second) == ["Succeeded", "Succeeded"]


def test_what_a_stop_cuts_short_runs_after_the_next_start(site: Site) -> None:
    first = site.host(grace_s=0, concurrency=1)
    first.invoke("demo-work", an_order(site, "a"), asynchronous=True)
    first.invoke("demo-work", an_order(site, "b"), asynchronous=True)
    until(site.runs)
    first.stop()
    site.open_gate()
    assert ids(site) == "a"

    second = site.host()
    assert second.wait_idle(60)
    assert sorted(ids(site)) == ["a", "a", "b"]
    assert [(task.state, task.attempts) for task in second.tasks()] == [("Succeeded", 1)] * 2


def test_what_waited_while_no_host_ran_runs_or_is_too_old(site: Site) -> None:
    site.waiting(7200, b'{"id": "old"}')
    site.waiting(1800, b'{"id": "young"}')

    host = site.host(parameters={"Age": "3600"})

    assert host.wait_idle(60)
    assert ids(site) == "young"
    assert states(host) == ["Expired", "Succeeded", "Succeeded"]
    [event] = map(json.loads, site.told())
    assert event["requestContext"]["condition"] == "EventAgeExceeded"
    assert event["requestPayload"] == '{"id": "old"}'


#: A host in a process of its own, which answers with what an instance sees, and is killed.
KILLED = """
import sys, time
from pathlib import Path
from host.host import Host

if __name__ == "__main__":
    sample, tmp = map(Path, sys.argv[1:])
    host = Host(sample / "template.yml", sample / "functions", tmp / "host.db", concurrency=1,
                environment={"RECORD": str(tmp / "record")}, preload=("colorsys",))
    host.start()
    print(host.invoke("demo-echo", b"").body.decode(), flush=True)
    for name in ("a", "b"):
        order = '{"id": "%s", "gate": "%s"}' % (name, tmp / "gate")
        host.invoke("demo-work", order.encode(), asynchronous=True)
    print("accepted", flush=True)
    time.sleep(60)
"""
KEPT = {
    "HOME": "/home/someone",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "SSL_CERT_FILE": "/certificates/all.pem",
    "SSL_CERT_DIR": "/certificates",
    "VIRTUAL_ENV": "/environment",
}
KEPT_OUT = {
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "SECRET_OF_THE_HOST": "x",
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "y",
}


def until_said(lines: Iterable[bytes], words: str) -> Iterator[bytes]:
    for line in lines:
        yield line
        if line.rstrip().endswith(words.encode()):
            return


def lives(process: int) -> bool:
    """One that is dead may wait for somebody to ask for its end."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_a_killed_host_had_accepted_runs_after_the_next_start(site: Site) -> None:
    """Before, it shows what instances have of its environment and modules, and where output goes."""
    script = site.folder / "killed.py"
    script.write_text(KILLED)
    kept = {**KEPT, "PATH": os.environ["PATH"], "TMPDIR": str(site.folder)}
    process = subprocess.Popen(
        [sys.executable, str(script), str(SAMPLE), str(site.folder)],
        env={**kept, **KEPT_OUT, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        seen = json.loads(process.stdout.readline())
        assert process.stdout.readline() == b"accepted\n"
        lines = iter(process.stderr.readline, b"")
        output = [line.decode().rstrip() for line in until_said(lines, "works on a")]
        process.send_signal(signal.SIGKILL)
        process.wait()
        (instance,) = (int(line.split()[-4]) for line in output if line.endswith("works on a"))
        until(lambda: not lives(instance))  # it would go on beside the next host
        Path(site.gate).touch()
        output += process.stderr.read().decode().splitlines()
    assert ids(site) == "a", "killed in the middle of the first"
    assert '{"level":"info","message":"echoed"}' in output
    assert [line for line in output if line.endswith("works on a")]
    environment = seen["environment"]
    assert {name: environment.get(name) for name in kept} == kept
    assert not set(environment) & {*KEPT_OUT, "PYTHONPATH"}
    assert (seen["preloaded"], seen["credentials"]) == (True, None)

    host = site.host()

    assert host.wait_idle(60)
    assert [(task.state, task.attempts) for task in host.tasks()] == [("Succeeded", 1)] * 2
    assert sorted(ids(site)) == ["a", "a", "b"]
