"""The owner's receiver of messages: a real HTTP server on loopback that keeps what it is sent."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

SECRET = "a secret that both sides know"


@dataclass(frozen=True)
class Message:
    """One delivery, as it arrived."""

    method: str
    headers: dict[str, str]  #: names in lower case
    raw: bytes
    target: str = "/"
    trouble: str = ""  #: what its sender met instead of 200, as a `Receiver` makes it

    @property
    def id(self) -> str:
        return self.headers["x-certdeploy-id"]

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.raw)
        return found

    def signed_with(self, secret: str) -> bool:
        """As a receiver checks it: HMAC-SHA256 of `<id>.<timestamp>.<body>`."""
        text = f"{self.id}.{self.headers['x-certdeploy-timestamp']}.".encode() + self.raw
        expected = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
        return self.headers.get("x-certdeploy-signature") == f"sha256={expected}"


#: What a receiver does instead of saying yes. Those with a status have the message, and so has one whose
#: answer is lost; one that is down has not.
TROUBLE: Final = {"receiver busy": 503, "receiver refuses": 410, "receiver failed": 500}
DOWN, GARBAGE, LOST = "receiver down", "receiver's garbage", "receiver's answer lost"


@dataclass
class Receiver:
    """`answers`: statuses for the next deliveries, 200 when there are none left.

    `trouble`: what the next delivery meets: a key of TROUBLE, DOWN, GARBAGE or LOST; "": nothing.
    """

    url: str = ""
    messages: list[Message] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    trouble: Callable[[], str] = lambda: ""

    def take(self) -> list[Message]:
        """What arrived since the last time."""
        taken, self.messages = self.messages, []
        return taken

    def one(self) -> Message:
        """The only one since the last time."""
        (message,) = self.take()
        return message


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens. Answers that nobody fetched fail the test, which then proved nothing."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            trouble = receiver.trouble()
            if trouble == DOWN:
                self.close_connection = True
                return
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.messages.append(Message(self.command, headers, raw, self.path, trouble))
            if trouble in (GARBAGE, LOST):
                self.close_connection = True
                self.wfile.write(b"\x00\xff no HTTP\r\n\r\n" if trouble == GARBAGE else b"")
                return
            status = receiver.answers.pop(0) if receiver.answers else TROUBLE.get(trouble, 200)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{receiver.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
    assert not receiver.answers, "an answer was never fetched"
