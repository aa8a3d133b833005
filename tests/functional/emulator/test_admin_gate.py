"""Orders to the emulator: from programs of this machine, and from no web page."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from queue import Queue
from threading import Event, Thread

import pytest

from emulator.admin_gate import Gate
from emulator.cloud import Cloud
from emulator.main import serve
from emulator.server import Server, running

TOKEN = "a-token-of-the-test"


@pytest.fixture(scope="module")
def plain() -> Iterator[Server]:
    with running(Cloud()) as server:
        yield server


@pytest.fixture(scope="module")
def forwarded() -> Iterator[Server]:
    """It was started with a token."""
    with running(Cloud(), gate=Gate(TOKEN)) as server:
        yield server


def ask(server: Server, method: str = "POST", path: str = "reset", **headers: str) -> tuple[int, str]:
    """The status, and what is said about it."""
    sent = {"Host": server.address, **{name.replace("_", "-"): text for name, text in headers.items()}}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request(method, f"/_emulator/{path}", b"{}", sent)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        return answer.status, told.get("error", "")
    finally:
        connection.close()


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost", "LOCALHOST:8100", "[::1]:8100"])
def test_a_program_of_this_machine_gives_orders(plain: Server, host: str) -> None:
    assert ask(plain, Host=host) == (200, "")


@pytest.mark.parametrize(
    "host",
    ["", "evil.example.com", "127.0.0.1.evil.example.com", "localhost.evil.example.com:80", "10.0.0.1"],
)
def test_another_host_is_refused_with_what_to_do(plain: Server, host: str) -> None:
    status, why = ask(plain, Host=host)
    assert status == 403
    assert why.startswith("Host is not of this machine: start it with EMULATOR_TOKEN and send")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_page_of_another_site_gives_no_orders_and_reads_none(
    plain: Server, forwarded: Server, headers: dict[str, str], method: str
) -> None:
    why = "a web page of another site may not give orders"
    assert ask(plain, method, "faults", **headers) == (403, why)
    assert ask(forwarded, method, "faults", X_Emulator_Token=TOKEN, **headers) == (403, why)


def test_a_page_of_the_emulator_s_own_origin_is_none_of_another_site(plain: Server) -> None:
    own = {"Origin": plain.endpoint, "Sec_Fetch_Site": "same-origin"}
    assert ask(plain, **own) == (200, "")


def test_the_token_lets_another_host_in_and_nothing_else_does(plain: Server, forwarded: Server) -> None:
    there = {"Host": "emulator.example.com:8100"}
    wrong = "x-emulator-token is not the token that the emulator was started with"

    assert ask(forwarded, X_Emulator_Token=TOKEN, **there) == (200, "")
    assert ask(forwarded, X_Emulator_Token=f"{TOKEN}x", **there) == (403, wrong)
    assert ask(forwarded, **there)[0] == 403
    assert ask(plain, X_Emulator_Token=TOKEN, **there)[0] == 403, "it was started without one"
    assert ask(forwarded) == (200, ""), "a program of this machine needs none"


def test_beyond_loopback_any_host_can_be_named_so_all_need_the_token(forwarded: Server) -> None:
    with running(Cloud(), gate=Gate(TOKEN, beyond=True)) as server:
        why = "other machines reach this port: start it with EMULATOR_TOKEN and send that as x-emulator-token"
        assert ask(server, Host="127.0.0.1") == (403, why)
        assert ask(server, X_Emulator_Token=TOKEN) == (200, "")
        assert ask(server, "GET", "health") == (200, ""), "a container asks whether it is up"
        assert ask(server, "POST", "health") == (403, why)


def test_what_is_signed_is_taken_for_any_host(plain: Server) -> None:
    """The gate is before the orders alone: the vendor's clients name the product's own host."""
    connection = http.client.HTTPConnection("127.0.0.1", plain.port, timeout=5)
    connection.request("GET", "/?Action=DescribeRegions", headers={"Host": "alb.cn-hangzhou.aliyuncs.com"})
    assert json.loads(connection.getresponse().read())["Code"] != ""
    connection.close()


def test_an_emulator_that_is_started_has_its_token_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EMULATOR_TOKEN", TOKEN)
    stop, ready = Event(), Queue[dict[str, str]]()
    thread = Thread(target=serve, kwargs={"stop": stop, "on_ready": ready.put})
    thread.start()
    try:
        port = int(ready.get(timeout=10)["endpoint"].rpartition(":")[2])
        headers = {"Host": "emulator.example.com", "X-Emulator-Token": TOKEN}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/_emulator/health", headers=headers)
        assert connection.getresponse().status == 200
        connection.close()
    finally:
        stop.set()
        thread.join(10)
