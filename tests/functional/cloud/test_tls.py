"""Handshakes with real sockets: what is served, what is refused, and what proves nothing."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from shared.cloud import tls
from shared.cloud.roots import Roots
from shared.cloud.tls import HandshakeRefusedError, NotAcceptedError, UnreachableError, handshake
from tests.functional.cloud.conftest import Scripted
from tests.keys import Signed, a_leaf, a_signed_certificate, ec_key, rsa_key, with_bytes

RSA = a_leaf("www.example.com", key=rsa_key())
ECC = a_leaf("www.example.com", key=ec_key())
Serve = Callable[..., str]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts TLS servers for `www.example.com` only, with the certificates given; their address."""
    listening: list[socket.socket] = []

    def serve(*pairs: Signed, minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2, above: str = "") -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = minimum
        for number, pair in enumerate(pairs):
            path = tmp_path / f"{number}.pem"
            path.write_text(pair.pem + above + pair.key_pem)
            context.load_cert_chain(path)
        context.sni_callback = _only_www
        listener = socket.create_server(("127.0.0.1", 0))
        listening.append(listener)
        threading.Thread(target=_accept, args=(listener, context), daemon=True).start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    for listener in listening:
        listener.close()


def _only_www(tls: object, name: str | None, context: object) -> int | None:
    return None if name == "www.example.com" else ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME


def _accept(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        try:
            context.wrap_socket(connection, server_side=True).close()
        except OSError:
            connection.close()


def serial(pair: Signed) -> str:
    return f"{pair.certificate.serial_number:x}"


def test_the_leaf_is_read_whoever_signed_it(serve: Serve) -> None:
    leaf = handshake(serve(RSA), "www.example.com")
    assert (leaf.serial, leaf.names) == (serial(RSA), ("www.example.com",))
    assert leaf.not_after == RSA.certificate.not_valid_after_utc


@pytest.mark.parametrize(("algorithm", "pair"), [("RSA", RSA), ("ECC", ECC), (None, ECC)])
def test_of_two_kinds_of_certificate_the_one_asked_for_is_met(
    serve: Serve, algorithm: str | None, pair: Signed
) -> None:
    address = serve(RSA, ECC)
    assert handshake(address, "www.example.com", algorithm=algorithm).serial == serial(pair)


def test_a_served_certificate_that_nobody_can_read_is_not_the_one_that_was_deployed(serve: Serve) -> None:
    plain = a_signed_certificate("abcdefgh.example.com", names=["abcdefgh.example.com"])
    odd = with_bytes(plain, b"\x82\x14abcdefgh", b"\x82\x14abcdef\xffh")  # a DNS name that is no ASCII
    with pytest.raises(HandshakeRefusedError, match=r"the certificate cannot be read \(ValueError\)"):
        handshake(serve(odd), "www.example.com")


def test_a_server_without_a_certificate_of_that_kind_refuses(serve: Serve) -> None:
    with pytest.raises(HandshakeRefusedError):
        handshake(serve(RSA), "www.example.com", algorithm="ECC")


def test_a_server_without_tls_1_2_is_asked_without_a_kind(serve: Serve) -> None:
    address = serve(RSA, minimum=ssl.TLSVersion.TLSv1_3)
    assert handshake(address, "www.example.com", algorithm="RSA").serial == serial(RSA)


def test_a_name_that_the_server_does_not_know_is_refused(serve: Serve) -> None:
    with pytest.raises(HandshakeRefusedError, match=r"other\.example\.com"):
        handshake(serve(RSA), "other.example.com")


def test_nothing_is_proved_where_nothing_listens(closed_port: int) -> None:
    with pytest.raises(UnreachableError):
        handshake(f"127.0.0.1:{closed_port}", "www.example.com")


def test_nothing_is_proved_by_silence(hanging: int) -> None:
    with pytest.raises(UnreachableError, match="in time"):
        handshake(f"127.0.0.1:{hanging}", "www.example.com", timeout_s=0.2)


def test_a_handshake_a_byte_at_a_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, for hours: the head of a record, and what it announces."""
    monkeypatch.setattr(tls, "_PATIENCE_S", 0.1)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.recv(65536)  # what is left unread would reset the connection when it is closed
                connection.sendall(b"\x16\x03\x03\x40\x00")
                while not over.wait(0.02):
                    connection.sendall(b"\x02")

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        begun = time.monotonic()
        with pytest.raises(UnreachableError, match="no TLS spoken"):
            handshake(f"127.0.0.1:{listener.getsockname()[1]}", "www.example.com")
        over.set()
        thread.join()

    assert time.monotonic() - begun < 5


def test_nothing_is_proved_by_a_name_without_an_address() -> None:
    with pytest.raises(UnreachableError):
        handshake("nowhere.invalid:443", "nowhere.invalid")


def test_nothing_is_proved_by_a_server_of_something_else(scripted: Scripted) -> None:
    with pytest.raises(UnreachableError):
        handshake(f"127.0.0.1:{scripted.port}", "www.example.com", timeout_s=1)


_ALWAYS: dict[str, Any] = {"age": 20_000, "days": 36_500}  #: in days around NOW: TLS clients are on real time
ROOT = a_signed_certificate("Old Root", ca=True, **_ALWAYS)


@pytest.mark.parametrize(("names", "accepted"), [(["www.example.com"], True), ([], False)])
def test_a_client_that_verifies_goes_by_the_names_and_not_by_the_common_name(
    serve: Serve, names: list[str], accepted: bool
) -> None:
    leaf = a_signed_certificate("www.example.com", issuer=ROOT, names=names, **_ALWAYS)
    address, roots = serve(leaf), Roots.of("only:" + ROOT.pem)

    assert handshake(address, "www.example.com").sent == 1
    if accepted:
        assert handshake(address, "www.example.com", roots=roots).serial == serial(leaf)
    else:
        with pytest.raises(NotAcceptedError, match="not valid for") as refused:
            handshake(address, "www.example.com", roots=roots)
        assert refused.value.code == 62


def test_all_that_a_server_sends_is_counted(serve: Serve) -> None:
    leaf = a_signed_certificate("www.example.com", issuer=ROOT, names=["www.example.com"], **_ALWAYS)

    assert handshake(serve(leaf, above=ROOT.pem), "www.example.com").sent == 2
