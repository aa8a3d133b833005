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
from emulator.__main__ import parser
from emulator.front_authority import speaks_for
from emulator.listening import Listening, ListeningError
from emulator.main import print_exports, print_hosts, serve
from emulator.ports import PortError, listen

PROGRAM = "import sys; from emulator.main import serve; sys.exit(serve(0, 0, None, 0, 'none', 0.1))"
ROOT = Path(__file__).parents[3]


@pytest.mark.long
def test_one_line_says_where_it_is_and_a_signal_ends_it() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        keys = ["access_key_id", "access_key_secret"]
        assert list(ready) == ["endpoint", "tls", *keys, "root", "https"]
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


def test_what_is_told_is_in_a_file_while_it_serves(tmp_path: Path) -> None:
    ready_file, ca = tmp_path / "ready.json", tmp_path / "ca.pem"
    seen: list[tuple[str, int, str]] = []

    def look(_: dict[str, str]) -> None:
        seen.append((ready_file.read_text(), ready_file.stat().st_mode & 0o777, ca.read_text()))

    told = Listening(ready_file=ready_file, ca_out=ca, access_key_id="LTAI1", access_key_secret="s")
    serve(listening=told, on_ready=look, stop=a_set_event())

    ((text, mode, pem),) = seen
    ready = json.loads(text)
    assert (ready["access_key_id"], ready["access_key_secret"], mode) == ("LTAI1", "s", 0o600)
    assert ready["https"].startswith("https://127.0.0.1:")
    assert pem.startswith("-----BEGIN CERTIFICATE-----")
    assert [path.name for path in tmp_path.iterdir()] == ["ca.pem"]


@pytest.mark.parametrize("option", ["ca_out", "ready_file", "access_log"])
def test_a_file_that_cannot_be_written_is_one_sentence(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "nowhere" / "file"
    given = Listening(**{option: path})  # type: ignore[arg-type]

    assert serve(listening=given, stop=a_set_event()) == 2

    assert capsys.readouterr().err == f"{path}: No such file or directory\n"


def test_the_lines_of_a_hosts_file_lead_to_it_by_both_addresses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "estate.yaml"
    path.write_text(
        "regions: [cn-shanghai]\n"
        "oss: [{bucket: my-assets, region: cn-beijing}]\n"
        "tablestore: [{instance: rows, region: cn-shanghai}]\n"
    )

    assert print_hosts(path, "127.0.0.1") == 0

    lines = capsys.readouterr().out.splitlines()
    for name in (
        *("alb.cn-shanghai.aliyuncs.com", "cdn.aliyuncs.com", "cas.ap-southeast-1.aliyuncs.com"),
        *("my-assets.oss-cn-beijing.aliyuncs.com", "oss-cn-beijing.aliyuncs.com"),
        *("rows.cn-shanghai.ots.aliyuncs.com", "1000000000000001.cn-shanghai.fc.aliyuncs.com"),
    ):
        assert {f"127.0.0.1\t{name}", f"::1\t{name}"} <= set(lines)
    assert len(lines) == len(set(lines))
    assert all(speaks_for(line.partition("\t")[2]) for line in lines)


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("--port", "70000"),
        ("--tls-port", "-1"),
        ("--https-port", "x"),
        ("--latency-ms", "nan"),
        ("--latency-ms", "-5"),
        ("--settle-s", "inf"),
    ],
)
def test_a_figure_out_of_bounds_is_refused_by_name(
    option: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["serve", f"{option}={text}"])

    assert ended.value.code == 2
    assert f"argument {option}: " in capsys.readouterr().err


def test_a_host_that_is_no_address_is_refused() -> None:
    with pytest.raises(ListeningError, match='--host: "localhost" is no IP address'):
        Listening("localhost")


def test_a_port_that_is_taken_at_ipv6_alone_is_taken() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortError, match=f"port {port} of ::1 cannot be had"):
            listen("127.0.0.1", port, both=True)
        (first,) = listen("127.0.0.1", port)
        first.close()


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

    assert options == {
        **{"strict": True, "loose": True, "answers": "random", "seed": 7},
        **{"limits": "documented", "latency_ms": 0, "settle_s": 1},
    }


def a_set_event() -> Event:
    event = Event()
    event.set()
    return event
