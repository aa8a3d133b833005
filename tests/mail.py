"""A mail server on loopback that speaks SMTP as far as a sender needs it: STARTTLS, AUTH, refusals.

The standard library has none any more (smtpd). What it answers to a command is in `replies`, by its verb;
its greeting under "".
"""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import cast

from emulator.authority import Authority

USER, PASSWORD = "ops", "the-password-of-ops"


@dataclass
class MailRoom:
    port: int = 0
    starttls: bool = True  #: whether it offers encryption
    auth: bool = True  #: whether it wants a user
    replies: dict[str, str] = field(default_factory=dict)
    encrypted: list[bool] = field(default_factory=list)  #: of each mail
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    roots: Path | None = None  #: what a client has to trust


@contextmanager
def mail_room(folder: Path) -> Iterator[MailRoom]:
    """Known as localhost."""
    room = MailRoom()
    bundle = Authority().issue(["localhost"], key="ecdsa-p256")
    (pem := folder / "mail.pem").write_text(f"{bundle.certificate_pem}{bundle.key_pem}")
    (roots := folder / "roots.pem").write_text(Authority().root_pem)
    room.roots = roots
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    class Handler(StreamRequestHandler):
        tls = logged_in = False

        def handle(self) -> None:
            with suppress(OSError):
                self._say(room.replies.get("", "220 mail.example.com"))
                while line := self.rfile.readline().decode().strip():
                    verb, _, rest = line.partition(" ")
                    if verb.upper() == "QUIT" or not self._answer(verb.upper(), rest):
                        return

        def _answer(self, verb: str, rest: str) -> bool:
            if reply := room.replies.get(verb):
                self._say(reply)
            elif verb == "EHLO":
                words = ["mail.example.com"]
                words += ["STARTTLS"] if room.starttls and not self.tls else []
                words += ["AUTH PLAIN"] if room.auth else []
                for word in words[:-1]:
                    self._say(f"250-{word}")
                self._say(f"250 {words[-1]}")
            elif verb == "STARTTLS":
                self._say("220 go on")
                self.request = context.wrap_socket(self.request, server_side=True)
                self.tls, self.rfile, self.wfile = (
                    True,
                    self.request.makefile("rb"),
                    self.request.makefile("wb"),
                )
            elif verb == "AUTH":
                wanted = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
                self.logged_in = rest == f"PLAIN {wanted}"
                self._say("235 welcome" if self.logged_in else "535 5.7.8 authentication failed")
            elif verb == "RCPT":
                room.recipients.append(rest)
                self._say("250 ok")
            elif verb == "DATA":
                self._say("354 go on")
                self._take()
            else:
                well = self.logged_in or not room.auth or verb == "RSET"
                self._say("250 ok" if well else "530 authentication required")
            return True

        def _take(self) -> None:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.removeprefix(b"."))
            room.encrypted.append(self.tls)
            room.mails.append(cast(EmailMessage, message_from_bytes(b"".join(lines), policy=default)))
            self._say("250 taken")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())
            self.wfile.flush()

    class Server(ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    server = Server(("127.0.0.1", 0), Handler)
    room.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield room
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
