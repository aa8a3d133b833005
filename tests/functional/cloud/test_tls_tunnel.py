"""A handshake through a tunnel that takes CONNECT, and what tunnels and servers may do instead."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from emulator.bundles import Bundle
from emulator.cloud import Cloud
from emulator.edge import Edge
from emulator.estate import parse_estate
from shared.cloud.tls import HandshakeRefusedError, UnreachableError, handshake

ASKED = "www.example.com:8443"
NAME = "www.example.com"


class Listening:
    """A TCP server that takes one connection, keeps what it says up to the empty line, and answers."""

    def __init__(self, answer: bytes, then: str) -> None:
        self.head = b""
        self._answer, self._then = answer, then
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.left = threading.Event()  #: the client has closed the connection
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            connection, _ = self._listener.accept()
            with connection:
                if self._then == "hangs up":
                    return
                connection.settimeout(5)
                while not self.head.endswith(b"\r\n\r\n") and (byte := connection.recv(1)):
                    self.head += byte
                connection.sendall(self._answer)
                if self._then == "closes":
                    return
                while connection.recv(4096):
                    """Until the client lets go."""
                self.left.set()

    def stop(self) -> None:
        self._listener.close()


@pytest.fixture
def listening() -> Iterator[Callable[..., Listening]]:
    made: list[Listening] = []

    def start(answer: bytes = b"", then: str = "stays") -> Listening:
        made.append(Listening(answer, then))
        return made[-1]

    yield start
    for one in made:
        one.stop()


def through(tunnel: Listening, timeout_s: float = 2) -> str:
    """Why it did not come to a handshake."""
    with pytest.raises(UnreachableError) as unreachable:
        handshake(ASKED, NAME, via=tunnel.address, timeout_s=timeout_s)
    return str(unreachable.value)


def test_the_tunnel_is_told_where_to(listening: Callable[..., Listening]) -> None:
    tunnel = listening(b"HTTP/1.1 502 No such address\r\n\r\n")

    why = through(tunnel)

    assert tunnel.head == b"CONNECT www.example.com:8443 HTTP/1.1\r\nHost: www.example.com:8443\r\n\r\n"
    assert why == f"{ASKED}: the tunnel {tunnel.address} answered 'HTTP/1.1 502 No such address'"
    assert tunnel.left.wait(2), "the connection was left open"


@pytest.mark.parametrize(
    "status", ["HTTP/1.1 2000 Fine", "HTTP/2 200 OK", "SMTP 200", "HTTP/1.1 407 HTTP/1.1 200"]
)
def test_only_200_opens_a_tunnel(listening: Callable[..., Listening], status: str) -> None:
    assert f"answered {status!r}" in through(listening(f"{status}\r\n\r\n".encode()))


@pytest.mark.parametrize("status", ["HTTP/1.1 200 Connection established", "HTTP/1.0 200"])
def test_behind_an_open_tunnel_tls_is_spoken(listening: Callable[..., Listening], status: str) -> None:
    """What comes next is the server's, not the tunnel's."""
    tunnel = listening(f"{status}\r\nProxy: x\r\n\r\nSSH-2.0-server\r\n".encode())
    assert through(tunnel).startswith(f"{ASKED}: no TLS spoken (")


def test_a_tunnel_that_closes_without_an_answer_proves_nothing(listening: Callable[..., Listening]) -> None:
    tunnel = listening(b"HTTP/1.1 200 OK\r\n", then="closes")
    assert through(tunnel) == f"{ASKED}: the tunnel {tunnel.address} closed the connection"


def test_a_tunnel_that_says_nothing_proves_nothing(listening: Callable[..., Listening]) -> None:
    tunnel = listening()
    assert through(tunnel, timeout_s=0.1) == f"{ASKED} by {tunnel.address}: no answer in time"
    assert tunnel.left.wait(2), "the connection was left open"


def test_no_tunnel_at_all_proves_nothing(closed_port: int) -> None:
    with pytest.raises(UnreachableError) as unreachable:
        handshake(ASKED, NAME, via=f"127.0.0.1:{closed_port}")
    assert str(unreachable.value) == f"127.0.0.1:{closed_port}: Connection refused"


def test_a_server_that_hangs_up_proves_nothing(listening: Callable[..., Listening]) -> None:
    server = listening(then="hangs up")
    with pytest.raises(UnreachableError, match=server.address):
        handshake(server.address, NAME, timeout_s=2)


@pytest.fixture
def edge() -> Iterator[Edge]:
    """The edge of a cloud with an ECC certificate for www.example.com on CDN."""
    cloud = Cloud()
    certificate = {"names": [NAME], "key": "ecdsa-p256", "days": 40}
    listed = [{"domain": NAME, "certificate": "shop"}]
    cloud.load(parse_estate({"certificates": {"shop": certificate}, "cdn": listed}))
    with Edge(cloud) as edge:
        yield edge


def test_the_name_is_what_the_server_is_asked_for_not_the_address(edge: Edge) -> None:
    (bundle,) = edge.cloud.service("cdn").served("", NAME)
    assert isinstance(bundle, Bundle)

    direct = handshake(edge.address, NAME)
    tunnelled = handshake(f"{NAME}:443", NAME, via=edge.address)

    assert direct == tunnelled
    assert direct.sha256 == bundle.sha256.lower()
    with pytest.raises(HandshakeRefusedError) as refused:
        handshake(f"{NAME}:443", "other.example.com", via=edge.address)
    assert str(refused.value).startswith(f"{NAME}:443 for other.example.com: ")
    with pytest.raises(UnreachableError, match="502"):
        handshake("nowhere.example:443", NAME, via=edge.address)


def test_an_address_of_ip_version_6_is_taken_in_brackets(closed_port: int) -> None:
    """It is no name to look up; a machine without IPv6 has other words for the refusal."""
    with pytest.raises(UnreachableError, match=r"refused|assign|unreachable|not supported"):
        handshake(f"[::1]:{closed_port}", NAME, timeout_s=2)
