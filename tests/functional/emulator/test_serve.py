"""The emulator as a process: what it says when ready, how it stops, what it refuses to start with."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from urllib.request import urlopen

import pytest

from cli.emulator import app
from emulator.main import print_exports, serve

PROGRAM = "import sys; from emulator.main import serve; sys.exit(serve(0, 0, None, 0, 'none', 0.1))"
ROOT = Path(__file__).parents[3]


def test_one_line_says_where_it_is_and_a_signal_ends_it() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert list(ready) == ["endpoint", "tls", "access_key_id", "access_key_secret", "root"]
        host, port = ready["endpoint"].removeprefix("http://").split(":")
        socket.create_connection((host, int(port)), 5).close()
        host, port = ready["tls"].split(":")
        socket.create_connection((host, int(port)), 5).close()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)
    finally:
        process.kill()

    assert (process.returncode, out, err) == (0, b"", b"")


@pytest.mark.parametrize("which", ["port", "tls_port"])
def test_a_taken_port_is_one_sentence(which: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert serve(**{which: port}, stop=a_set_event()) == 2

    assert capsys.readouterr().err == f"port {port} of 127.0.0.1 cannot be had: Address already in use\n"


def test_a_wrong_estate_is_told_and_nothing_is_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "estate.yaml"
    path.write_text("cdm: []\n")

    assert serve(estate_path=path, stop=a_set_event()) == 2

    captured = capsys.readouterr()
    assert "cdm" in captured.err
    assert captured.out == ""


def test_it_stops_when_told_in_another_thread() -> None:
    stop, ready = Event(), Event()
    thread = Thread(target=serve, kwargs={"stop": stop, "on_ready": lambda _: ready.set()})
    thread.start()
    assert ready.wait(10)
    stop.set()
    thread.join(5)

    assert not thread.is_alive()


def test_lines_for_a_shell_lead_commands_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    serve(stop=a_set_event(), on_ready=print_exports)

    lines = capsys.readouterr().out.splitlines()
    settings = dict(line.removeprefix("export ").split("=", 1) for line in lines)
    assert all(line.startswith("export ") for line in lines)
    assert settings["CERTDEPLOY_ENDPOINT"].startswith("http://127.0.0.1:")
    assert settings["CERTDEPLOY_TLS"].startswith("127.0.0.1:")
    assert settings["ALIBABA_CLOUD_ACCESS_KEY_ID"]
    assert settings["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]


def test_the_command_s_options_reach_the_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, ready = Event(), Queue[str]()
    arguments = ["serve", "--strict", "--loose", "--answers", "random", "--seed", "7"]
    monkeypatch.setattr("emulator.main.Event", lambda: stop)
    monkeypatch.setattr("emulator.main.print_ready", lambda told: ready.put(told["endpoint"]))
    thread = Thread(target=app, args=(arguments,), kwargs={"standalone_mode": False})
    thread.start()
    try:
        with urlopen(f"{ready.get(timeout=10)}/_emulator/options") as response:
            options = json.load(response)
    finally:
        stop.set()
        thread.join(5)

    assert options == {"strict": True, "loose": True, "answers": "random", "seed": 7}


def a_set_event() -> Event:
    event = Event()
    event.set()
    return event
