"""Mail to a contact: encrypted, once, under the same id in a repetition; what a server's refusals mean."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from shared.cloud import mail
from shared.cloud.mail import MailServer
from shared.domain.texts import Section, Text
from shared.errors import (
    AppError,
    CloudCredentialsError,
    CloudRejectedError,
    CloudUnavailableError,
    SettingsError,
)
from tests.functional.cloud.sockets import hurry
from tests.mail import PASSWORD, USER, MailRoom, mail_room

NOW = datetime(2026, 5, 1, 12, 0, 7, tzinfo=timezone.utc)
TEXT = Text(
    "[certdeploy] 任务 spring", (Section(("CDN/-/bücher.example.com",), (), ("." + "x" * 2000,)),), ""
)
TO, FROM = "ops@example.com", "certdeploy@example.org"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailRoom]:
    with mail_room(tmp_path) as found:
        monkeypatch.setenv("SSL_CERT_FILE", str(found.roots))
        yield found


def send(
    room: MailRoom, *, host: str = "localhost", user: str = f"{USER}@", password: str = PASSWORD
) -> None:
    MailServer(f"smtp://{user}{host}:{room.port}", FROM).send(TO, "finished-7", TEXT, password, NOW)


def test_a_mail_arrives_encrypted_and_says_what_a_message_says(room: MailRoom) -> None:
    send(room)
    send(room)

    first, second = room.mails
    assert room.encrypted == [True, True]
    assert [str(first[name]) for name in ("From", "To", "Subject")] == [FROM, TO, TEXT.title]
    assert first["Date"].datetime == NOW
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Message-ID"] == second["Message-ID"], "a repetition is another mail"
    assert first.get_content().splitlines() == [TEXT.title, "", "CDN/-/bücher.example.com", "." + "x" * 2000]
    assert room.recipients == [f"TO:<{TO}>"] * 2


def test_tls_from_the_beginning_is_spoken_where_the_url_says_so(room: MailRoom) -> None:
    with pytest.raises(CloudUnavailableError, match="TlsFailed"):
        MailServer(f"smtps://localhost:{room.port}", FROM).send(TO, "x", TEXT, "", NOW)


def test_a_certificate_that_is_not_trusted_gets_no_password(
    room: MailRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(CloudUnavailableError, match="certificate is not accepted"):
        send(room)

    assert room.mails == []


def test_a_server_elsewhere_without_encryption_gets_nothing(
    room: MailRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.starttls = False
    send(room)
    assert room.encrypted == [False], "this machine"
    to = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", room.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: to)

    with pytest.raises(CloudRejectedError, match="offers no encryption"):
        send(room, host="mail.intern.example")

    assert len(room.mails) == 1


@pytest.mark.parametrize(
    ("verb", "reply", "kind", "told"),
    [
        ("RCPT", "550 5.1.1 no such mailbox", CloudRejectedError, "550: 5.1.1 no such mailbox"),
        ("RCPT", "450 4.2.1 try later", CloudUnavailableError, "450: 4.2.1 try later"),
        ("MAIL", "451 4.7.1 too many", CloudUnavailableError, "451: 4.7.1 too many"),
        ("MAIL", "553 5.7.1 not your address", CloudRejectedError, "553: 5.7.1 not your address"),
        ("DATA", "554 5.7.1 spam", CloudRejectedError, "554: 5.7.1 spam"),
        ("EHLO", "garbage", CloudUnavailableError, "the server does not speak SMTP"),
        ("AUTH", "454 4.7.0 later", CloudCredentialsError, "454: 4.7.0 later"),
    ],
)
def test_what_the_server_replies_decides(
    room: MailRoom, verb: str, reply: str, kind: type[AppError], told: str
) -> None:
    room.replies[verb] = reply

    with pytest.raises(kind) as refused:
        send(room)

    assert type(refused.value) is kind
    assert told in str(refused.value)
    assert room.mails == []


def test_a_password_that_is_wrong_is_told_and_not_repeated(room: MailRoom) -> None:
    with pytest.raises(CloudCredentialsError) as refused:
        send(room, password="another-password")

    assert "authentication failed" in str(refused.value)
    assert "another-password" not in str(refused.value)


def test_a_server_that_wants_no_password_is_given_none(room: MailRoom) -> None:
    room.auth = False
    send(room, user="")
    assert len(room.mails) == 1

    with pytest.raises(CloudRejectedError, match="takes no password"):
        send(room)


@pytest.mark.parametrize("greeting", ["", "HTTP/1.1 400 Bad Request", "554 go away"])
def test_what_is_no_mail_server_is_told_in_a_sentence(room: MailRoom, greeting: str) -> None:
    room.replies[""] = greeting

    with pytest.raises(AppError) as failed:
        send(room)

    assert str(failed.value).startswith("email: ")
    assert "\n" not in str(failed.value)
    assert room.mails == []


def test_a_server_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch, 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = MailServer(f"smtp://127.0.0.1:{silent.getsockname()[1]}", FROM)
        with pytest.raises(CloudUnavailableError):
            server.send(TO, "x", TEXT, "", NOW)


def test_a_greeting_without_end_is_left_too(room: MailRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_PATIENCE_S", 0.1)
    room.replies["EHLO"] = "250-more and more"  # the last line has no dash

    with pytest.raises(CloudUnavailableError):
        send(room)


@pytest.mark.parametrize(("url", "sender"), [("", FROM), ("smtp://localhost", "")])
def test_without_a_server_or_a_sender_the_settings_are_named(url: str, sender: str) -> None:
    with pytest.raises(SettingsError, match="CERTDEPLOY_SMTP and CERTDEPLOY_SMTP_FROM"):
        MailServer(url, sender).send(TO, "x", TEXT, "", NOW)
