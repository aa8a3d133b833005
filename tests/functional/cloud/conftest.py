"""Our client before the emulated cloud, and before servers that behave as no cloud should."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from emulator.server import Server
from shared.cloud.cas import Cas
from shared.cloud.credentials import Credentials, fixed
from shared.cloud.openapi import OpenApi
from shared.cloud.pacing import Pacer
from tests.chats import Chats, chatting
from tests.functional.cloud.channels import NOW

MakeClient = Callable[..., OpenApi]
KEY = Credentials("LTAI-test", "the-access-key-secret", "the-security-token")


@dataclass
class Pauses:
    """Sleeps at once, and remembers for how long it should have slept."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def client(server: Server, pauses: Pauses) -> MakeClient:
    """Makes clients of the emulated cloud, with its own key unless another is given."""

    def make(credentials: Credentials | None = None, **options: Any) -> OpenApi:
        return OpenApi(
            fixed(credentials or key_of(server)),
            **{
                "endpoint": server.endpoint,
                "sleep": pauses,
                "pacer": Pacer(sleep=lambda _: None),
                **options,
            },
        )

    return make


def key_of(server: Server) -> Credentials:
    key = server.cloud.key
    return Credentials(key.access_key_id, key.access_key_secret, key.token)


@dataclass
class Scripted:
    """A server that keeps what it was sent and answers from a list; the last answer repeats."""

    answers: list[tuple[int, bytes, dict[str, str]]]
    methods: list[str] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def at(scripted: Scripted, key: Credentials = KEY, **options: Any) -> OpenApi:
    """A client of that server. It repeats as always, but pauses for nothing."""
    quick = {"sleep": lambda _: None, "pacer": Pacer(sleep=lambda _: None)}
    return OpenApi(fixed(key), endpoint=scripted.endpoint, **{**quick, **options})


def ok(**body: Any) -> tuple[int, bytes, dict[str, str]]:
    return 200, json.dumps({"RequestId": "R", **body}).encode(), {}


#: The connection ends instead.
NO_ANSWER = (0, b"", dict[str, str]())


def refused(status: int, code: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    return status, json.dumps({"Code": code, "Message": "no", "RequestId": "R"}).encode(), headers


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    script = Scripted([ok()])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are sent apart: the client would wait 40 ms

        def do_POST(self) -> None:
            script.methods.append(self.command)
            script.targets.append(self.path)
            script.heads.append({name.lower(): text for name, text in self.headers.items()})
            script.bodies.append(self.rfile.read(int(self.headers.get("content-length", 0))))
            status, body, headers = script.answers[0]
            if len(script.answers) > 1:
                script.answers.pop(0)
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            for name, text in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_PATCH = do_CONNECT = do_POST

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    script.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield script
    server.shutdown()
    server.server_close()


@pytest.fixture
def closed_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@pytest.fixture
def hanging() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def chats() -> Iterator[Chats]:
    with chatting() as found:
        found.now = NOW.timestamp
        yield found


@pytest.fixture
def cas(scripted: Scripted) -> Cas:
    return Cas(at(scripted))
