"""An emulated cloud as a process: HTTP and TLS on loopback until it is told to stop."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from threading import Event, Thread, current_thread, main_thread
from typing import Any

from emulator.answers import Mode
from emulator.cloud import Cloud, Limits
from emulator.estate import EstateError, load_estate
from emulator.hosts import hosts_lines
from emulator.listening import Listening, ListeningError, listened


def print_ready(ready: dict[str, str]) -> None:
    """One JSON line on stdout, at once also into a pipe."""
    print(json.dumps(ready), flush=True)


def print_exports(ready: dict[str, str]) -> None:
    """The same as lines for a shell: `export NAME=value`."""
    names = {
        "endpoint": "CERTDEPLOY_ENDPOINT",
        "tls": "CERTDEPLOY_TLS",
        "access_key_id": "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "access_key_secret": "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "root": "CERTDEPLOY_ROOTS",
    }
    print("\n".join(f"export {name}={quote(ready[key])}" for key, name in names.items()), flush=True)


def print_hosts(estate_path: Path | None, host: str) -> int:
    """Lines of a hosts file for an estate's hosts; the exit status is as that of `serve`."""
    try:
        cloud = Cloud()
        cloud.load(load_estate(estate_path))
    except EstateError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(hosts_lines(cloud, host)))
    return 0


def serve(
    port: int = 0,
    tls_port: int = 0,
    estate_path: Path | None = None,
    latency_ms: float = 0,
    limits: Limits = "documented",
    settle_s: float = 1.0,
    on_ready: Callable[[dict[str, str]], None] = print_ready,
    *,
    strict: bool = False,
    loose: bool = False,
    answers: Mode = "full",
    seed: int = 0,
    run_functions: bool = False,
    functions: Any = None,
    deliver: Callable[[dict[str, Any]], object] | None = None,
    listening: Listening = Listening(),  # noqa: B008 - a value
    stop: Event | None = None,
) -> int:
    """Serve the estate (None: the sample) until SIGINT, SIGTERM or `stop`; the exit status.

    `on_ready` gets the endpoint, the TLS address, the access key, the root that stands for the public
    ones, as PEM on one line, and where the cloud's hosts are served over TLS. 0: stopped as told; 2: the
    estate or an option is wrong, a port is taken or a file cannot be written, said on stderr in one sentence,
    with nothing served.
    """
    stop = stop or Event()
    before = _stop_on_signals(stop)
    try:
        cloud = Cloud(
            settle_s=settle_s,
            latency_s=latency_ms / 1000,
            limits=limits,
            strict=strict,
            loose=loose,
            answers=answers,
            seed=seed,
            run_functions=run_functions,
            functions=functions,
            deliver=deliver,
            access_key=(listening.access_key_id, listening.access_key_secret),
        )
        cloud.load(load_estate(estate_path))
        with listened(cloud, port, tls_port, listening) as ready:
            on_ready(ready)
            while not stop.wait(0.2):
                pass  # a signal may have come to another thread: its handler runs only here
    except (EstateError, ListeningError) as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _stop_on_signals(stop: Event) -> dict[signal.Signals, Any]:
    """Only the main thread may; elsewhere the caller has `stop`."""
    if current_thread() is not main_thread():
        return {}

    def handle(*_: object) -> None:
        # In a thread of its own: this one may be inside stop.wait(), whose lock set() needs.
        Thread(target=stop.set).start()

    return {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
