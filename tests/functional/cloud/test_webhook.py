"""A message on its way to the owner's receiver: what it carries, and what becomes of a refusal."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone

import pytest
from pydantic import SecretStr

from shared.cloud.webhook import Webhook
from shared.errors import CloudError, CloudRejectedError, CloudUnavailableError
from tests.functional.cloud.sockets import Waits, answering, watch
from tests.receiver import SECRET, Receiver, receiving

AT = datetime(2026, 5, 1, 12, 0, 7, 900_000, tzinfo=timezone.utc)
SECONDS = "1777636807"  # date -u -d 2026-05-01T12:00:07Z +%s


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def webhook(url: str, secret: str = SECRET, *, private: bool = False) -> Webhook:
    return Webhook(url, lambda: SecretStr(secret), lambda: AT, private=private)


def send(receiver: Receiver, *, secret: str = SECRET, at: str = "") -> bool:
    return webhook(at or receiver.url, secret)("finished-7", {"Name": "bücher", "Count": 2})


def test_a_message_carries_its_body_its_id_its_time_and_a_signature_of_these(receiver: Receiver) -> None:
    assert send(receiver) is True

    message = receiver.one()
    assert message.method == "POST"
    assert message.body == {"Name": "bücher", "Count": 2}
    assert "bücher" in message.raw.decode("utf-8"), "escaped: a person may read it too"
    assert message.headers["content-type"] == "application/json; charset=utf-8"
    assert message.headers["user-agent"] == "certdeploy"
    assert message.id == "finished-7"
    assert message.headers["x-certdeploy-timestamp"] == SECONDS
    assert message.signed_with(SECRET)
    assert not message.signed_with("another secret")
    another = replace(message, headers={**message.headers, "x-certdeploy-id": "finished-8"})
    assert not another.signed_with(SECRET), "whoever has a message could send it again under another id"


def test_a_receiver_is_waited_for_ten_seconds(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = watch(monkeypatch)

    send(receiver)

    assert waits.of == [(10, 10)]


def test_without_a_secret_nothing_is_signed_and_that_is_said(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    assert send(receiver, secret="") is True

    assert "x-certdeploy-signature" not in receiver.one().headers
    assert caplog.messages == ["message is not signed"]
    assert caplog.records[0].__dict__["reason"] == "CERTDEPLOY_WEBHOOK_SECRET is not set"


def test_without_a_receiver_nothing_is_delivered() -> None:
    assert webhook("")("finished-7", {}) is False


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, CloudUnavailableError),
        (500, CloudUnavailableError),
        (503, CloudUnavailableError),
        (599, CloudUnavailableError),
        (400, CloudRejectedError),
        (404, CloudRejectedError),
        (428, CloudRejectedError),
        (499, CloudRejectedError),
    ],
)
def test_only_what_may_pass_is_worth_another_delivery(
    receiver: Receiver, status: int, kind: type[CloudError]
) -> None:
    receiver.answers = [status]

    with pytest.raises(kind) as refused:
        send(receiver)

    assert str(refused.value) == f"webhook: HTTP {status}: the webhook refused it (RequestId -)"
    assert len(receiver.take()) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_no_delivery(receiver: Receiver, status: int) -> None:
    """A page that answers a GET has not read the message."""
    receiver.answers = [status]

    with pytest.raises(CloudRejectedError, match=f"HTTP {status}"):
        send(receiver)

    assert receiver.one().method == "POST"


def test_a_receiver_that_does_not_answer_is_tried_again_and_its_url_is_not_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(CloudUnavailableError) as refused:
        webhook(f"http://127.0.0.1:{port}/token-of-the-robot")("finished-7", {})

    assert str(refused.value) == "webhook: Unreachable: no answer (RequestId -)"


@pytest.mark.parametrize("answer", [b"no HTTP at all\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b""])
def test_an_answer_that_is_not_http_is_tried_again(answer: bytes) -> None:
    with answering(answer) as port, pytest.raises(CloudUnavailableError) as refused:
        webhook(f"http://127.0.0.1:{port}/token-of-the-robot")("finished-7", {})

    assert str(refused.value) == "webhook: UnreadableAnswer: the answer is not HTTP (RequestId -)"


def test_a_certificate_that_is_not_accepted_is_told() -> None:
    with answering(b"no TLS at all") as port, pytest.raises(CloudUnavailableError, match="TlsFailed"):
        webhook(f"https://127.0.0.1:{port}/")("finished-7", {})


def test_a_query_is_kept(receiver: Receiver) -> None:
    assert send(receiver, at=f"{receiver.url}?access_token=a%2Bb")

    assert receiver.one().target == "/hook?access_token=a%2Bb"


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> Waits:
    """Every name leads there. The sockets that connect are watched."""

    def places(host: str, port: int, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in one], socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", places)
    return watch(monkeypatch)


PRIVATE = ["10.0.0.7", "192.168.1.1", "172.16.0.1", "127.0.0.1", "fd00::1", "::ffff:10.0.0.7", "::"]
PRIVATE += ["64:ff9b::a00:7", "2002:a00:7::1"]  # 10.0.0.7 within NAT64 and 6to4
METADATA = ["100.100.100.200", "169.254.169.254", "fe80::1", "::ffff:100.100.100.200"]
METADATA += ["64:ff9b::a9fe:a9fe", "64:ff9b::6464:64c8", "2002:a9fe:a9fe::"]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Nor to a public one beside it, which the name may lose until the next look."""
    waits = resolving(monkeypatch, "8.8.8.8", address)

    with pytest.raises(CloudRejectedError, match="CERTDEPLOY_WEBHOOK_PRIVATE"):
        webhook("https://hooks.example.com/")("finished-7", {})

    assert waits.of == []


@pytest.mark.parametrize("address", [one for one in PRIVATE if one not in ("127.0.0.1", "::")])
def test_nor_is_one_that_is_named_as_it_is(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Who may add contacts need not be the one who says what they may reach."""
    waits = resolving(monkeypatch, address)
    host = f"[{address}]" if ":" in address else address

    with pytest.raises(CloudRejectedError, match="CERTDEPLOY_WEBHOOK_PRIVATE"):
        webhook(f"https://{host}/")("finished-7", {})

    assert waits.of == []


@pytest.mark.parametrize("url", ["https://hooks.example.com/", "https://[fe80::1]/"])
@pytest.mark.parametrize("address", METADATA)
def test_where_machines_are_told_credentials_nothing_is_sent_whatever_is_allowed(
    monkeypatch: pytest.MonkeyPatch, url: str, address: str
) -> None:
    waits = resolving(monkeypatch, address)

    with pytest.raises(CloudRejectedError, match="told their credentials"):
        webhook(url, private=True)("finished-7", {})

    assert waits.of == []


def test_a_name_within_the_network_is_connected_to_where_that_is_allowed(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the address that was checked: the name is not looked up a second time."""
    resolving(monkeypatch, "127.0.0.1")
    url = receiver.url.replace("127.0.0.1", "hooks.intern.example")

    assert webhook(url, private=True)("finished-7", {}) is True
    assert receiver.one().headers["host"].startswith("hooks.intern.example:")
