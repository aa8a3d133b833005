"""Mail to one mailbox, by the server that the settings name: encrypted, with its password only then.

https://www.rfc-editor.org/rfc/rfc5321, 4.2.1: a reply of 4xx may pass, one of 5xx is final.
"""

import hashlib
import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from shared.cloud.private_addresses import connected
from shared.domain.texts import Text
from shared.errors import (
    CloudCredentialsError,
    CloudError,
    CloudRejectedError,
    CloudUnavailableError,
    SettingsError,
)
from shared.validation.addresses import is_this_machine

_TIMEOUT_S: Final = 10.0  #: without a sign of life
_PATIENCE_S: Final = 25.0  #: in all
_LONGEST: Final = 100_000  #: bytes of a text
_SUBMISSION, _SUBMISSIONS = 587, 465  #: RFC 8314


@dataclass(frozen=True)
class MailServer:
    """`url`: smtp://USER@HOST:PORT, or smtps:// where TLS begins at once. `sender`: the address in From."""

    url: str
    sender: str

    def send(self, to: str, message_id: str, text: Text, password: str, now: datetime) -> None:
        """Under the same Message-ID in a repetition, by which mailboxes recognise it.

        Raises:
            SettingsError: no server is set.
            CloudRejectedError: it refuses the mail for good, or is not encrypted.
            CloudError: it does not answer, refuses the password, or refuses the mail for now.
        """
        if not self.url or not self.sender:
            raise SettingsError("mail needs CERTDEPLOY_SMTP and CERTDEPLOY_SMTP_FROM")
        try:
            self._deliver(self._message(to, message_id, text, now), to, password)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise _told(code, words) from None
        except smtplib.SMTPAuthenticationError as error:
            raise CloudCredentialsError("email", str(error.smtp_code), _words(error.smtp_error)) from None
        except smtplib.SMTPResponseException as error:
            raise _told(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPNotSupportedError:
            raise CloudRejectedError("email", "NotSupported", "the server takes no password") from None
        except ssl.SSLError:
            why = "the server's TLS certificate is not accepted"
            raise CloudUnavailableError("email", "TlsFailed", why) from None
        except (OSError, ValueError):  # smtplib's own errors are OSErrors
            raise CloudUnavailableError("email", "Unreachable", "the mail server does not answer") from None

    def _message(self, to: str, message_id: str, text: Text, now: datetime) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"] = self.sender, to
        message["Subject"] = text.title
        message["Date"] = format_datetime(now)
        own = hashlib.sha256(f"{message_id}\n{to}".encode()).hexdigest()[:32]
        message["Message-ID"] = f"<{own}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes in return
        message.set_content(text.within(lambda said: len(said.encode()) <= _LONGEST))
        return message

    def _deliver(self, message: EmailMessage, to: str, password: str) -> None:
        parts = urlsplit(self.url)
        host, context = parts.hostname or "", ssl.create_default_context()
        server: _Smtp | _Smtps
        if parts.scheme == "smtps":
            server = _Smtps(timeout=_TIMEOUT_S, context=context)
        else:
            server = _Smtp(timeout=_TIMEOUT_S)
        watch = threading.Timer(_PATIENCE_S, _abort, (server,))
        watch.daemon = True
        watch.start()
        try:
            port = parts.port or (_SUBMISSIONS if parts.scheme == "smtps" else _SUBMISSION)
            _check(server.connect(host, port), 220)
            server._host = host  # as the constructor sets it: STARTTLS checks that name
            _check(server.ehlo(), 250)
            if parts.scheme == "smtp":
                self._encrypt(server, host, context)
            if parts.username:
                server.login(unquote(parts.username), password)
            server.send_message(message, self.sender, [to])
        finally:
            watch.cancel()
            server.close()

    def _encrypt(self, server: smtplib.SMTP, host: str, context: ssl.SSLContext) -> None:
        if server.has_extn("starttls"):
            server.starttls(context=context)
            _check(server.ehlo(), 250)
        elif not is_this_machine(host):
            raise CloudRejectedError("email", "NoTls", "the mail server offers no encryption")


class _Smtp(smtplib.SMTP):
    """To an address that was checked; a relay is mostly within the network."""

    _host: str

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connected(host, port, timeout, private=True)


class _Smtps(smtplib.SMTP_SSL):
    _host: str

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        plain = connected(host, port, timeout, private=True)
        return self.context.wrap_socket(plain, server_hostname=host)


def _abort(server: smtplib.SMTP) -> None:
    """From another thread: a reply may come a byte at a time."""
    if server.sock is not None:
        with suppress(OSError):
            socket.socket.shutdown(server.sock, socket.SHUT_RDWR)


def _check(reply: tuple[int, bytes], wanted: int) -> None:
    if reply[0] != wanted:
        raise smtplib.SMTPResponseException(*reply)


def _told(code: int, words: bytes | str) -> CloudError:
    if code < 0:
        return CloudUnavailableError("email", "UnreadableAnswer", "the server does not speak SMTP")
    kind = CloudUnavailableError if code < 500 else CloudRejectedError
    return kind("email", str(code), _words(words))


def _words(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
