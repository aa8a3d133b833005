"""Requests whose bodies are not read: too long ones, and to the port of the functions those of strangers."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from emulator.cloud import Cloud
from emulator.server import Server, running

PATH = "/2023-03-30/functions/certdeploy-deploy_cdn/invocations"
MUCH = 300 << 20


@pytest.fixture(scope="module")
def port() -> Iterator[Server]:
    """As `certdeploy serve` opens it."""
    with running(Cloud(only=("fc", "eventbridge")), admin=False) as server:
        yield server


def signed_by(key: str) -> str:
    return f"ACS3-HMAC-SHA256 Credential={key},SignedHeaders=host,Signature=00"


def answer(server: Server, *headers: str, body: bytes = b"", path: str = PATH) -> str:
    """To a request whose body is not sent beyond `body`, whatever the headers say."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        head = "\r\n".join([f"POST {path} HTTP/1.1", f"Host: {server.address}", *headers])
        connection.sendall(f"{head}\r\n\r\n".encode() + body)
        connection.shutdown(socket.SHUT_WR) if not headers else None
        found = b""
        while part := connection.recv(65536):
            found += part
    return found.decode()


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("", "MissingAccessKeyId"),
        (signed_by("nobody"), "InvalidAccessKeyId.NotFound"),
        ("acs nobody:00", "MissingAccessKeyId"),
    ],
)
def test_a_stranger_is_refused_before_a_body_is_read(port: Server, authorization: str, code: str) -> None:
    found = answer(port, f"Authorization: {authorization}", "Content-Length: 1000")

    assert f'"Code": "{code}"' in found or f'"Code":"{code}"' in found
    assert "connection: close" in found.lower()


def test_a_body_that_says_it_is_too_long_is_not_read(port: Server) -> None:
    known = f"Authorization: {signed_by(port.cloud.key.access_key_id)}"

    assert answer(port, known, f"Content-Length: {MUCH}").startswith("HTTP/1.1 413 ")


def test_a_body_that_does_not_say_how_long_it_is_is_read_so_far_only(
    port: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.server._LONGEST_BODY", 64)
    known = f"Authorization: {signed_by(port.cloud.key.access_key_id)}"

    found = answer(port, known, "Transfer-Encoding: chunked", body=b"100\r\n" + b"x" * 0x100 + b"\r\n")

    assert found.startswith("HTTP/1.1 413 ")


def test_the_emulated_cloud_reads_no_longer_bodies_either(server: Server) -> None:
    assert answer(server, f"Content-Length: {MUCH}", path="/").startswith("HTTP/1.1 413 ")
