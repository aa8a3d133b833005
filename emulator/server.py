"""The one HTTP port of a cloud: plain ASGI on uvicorn, as an object that starts and stops.

Actions run in the event loop, under the cloud's lock; the lengthy ones run in threads of their own,
so that an invoked function can call back. URLs of up to 1 MB are taken: the vendor's SDKs send
whole certificates in the query.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from email.utils import formatdate
from threading import Thread
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from emulator import admin, admin_gate, gateway
from emulator.api import Raw
from emulator.cloud import Cloud
from emulator.faults import DroppedError
from emulator.request import Request

_LONGEST_HEAD = 1 << 20
_LONGEST_BODY = (32 << 20) + 4096  #: what a synchronous invocation may carry is the most that is taken
_PATIENCE_S = 1.0


class Server:
    """A cloud on a loopback port."""

    def __init__(self, cloud: Cloud, port: int = 0, *, admin: bool = True, token: str = "") -> None:
        """Take the port. Raises OSError if it is in use.

        `admin`: with the unsigned `/_emulator/`, of which `token` is as `admin_gate` says. Without it,
        nothing is read of a request that names no known key but its head.
        """
        self.cloud = cloud
        self._admin, self._token = admin, token
        self._socket = socket.create_server(("127.0.0.1", port), backlog=256)
        # For the connections too: asyncio does so only where the socket names its protocol, and
        # without it each answer waits 40 ms for the client's delayed acknowledgement.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._socket.getsockname()[1]
        self._threads = ThreadPoolExecutor(64, thread_name_prefix="emulator")
        self._transports: dict[tuple[str, int], asyncio.Transport] = {}
        self._uvicorn = _Uvicorn(
            uvicorn.Config(
                self._app,
                http=_protocol(self._transports),
                interface="asgi3",
                ws="none",
                lifespan="off",
                loop="asyncio",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                timeout_keep_alive=75,
                h11_max_incomplete_event_size=_LONGEST_HEAD,
            )
        )
        self._thread = Thread(target=self._run, name="emulator", daemon=True)

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`, what the official SDKs take as endpoint (with protocol="http")."""
        return f"127.0.0.1:{self.port}"

    @property
    def endpoint(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://{self.address}"

    def start(self) -> None:
        self._thread.start()  # the port listens already: a client that comes early waits

    def stop(self) -> None:
        self._uvicorn.stop()
        self._thread.join(5)
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._socket.close()

    def _run(self) -> None:
        self._uvicorn.run(sockets=[self._socket])

    async def _app(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        request = _head(scope)
        try:
            if (refused := self._refused(request)) is not None:
                raw = refused
            elif (body := await _body(receive)) is None:
                raw = gateway.too_large(request)
            else:
                raw = await self._answer(replace(request, body=body))
        except DroppedError:
            self._transports[tuple(scope["client"])].abort()
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        headers = {"date": formatdate(usegmt=True), "content-type": raw.content_type, **raw.headers}
        headers["content-length"] = str(len(raw.body))
        pairs = [(name.lower().encode(), text.encode()) for name, text in headers.items()]
        await send({"type": "http.response.start", "status": raw.status, "headers": pairs})
        await send({"type": "http.response.body", "body": raw.body})

    def _refused(self, request: Request) -> Raw | None:
        """The answer to one whose body is not worth reading."""
        told = request.header("content-length")
        if told.isdecimal() and int(told) > _LONGEST_BODY:
            return gateway.too_large(request)
        if not self._admin:
            return gateway.stranger(self.cloud, request)
        return admin_gate.refused(request, self._token) if request.path.startswith(admin.PREFIX) else None

    async def _answer(self, request: Request) -> Raw:
        if self._admin and request.path.startswith(admin.PREFIX):
            return admin.answer(self.cloud, request)
        if self.cloud.latency_s:
            await asyncio.sleep(self.cloud.latency_s)
        if gateway.lengthy(self.cloud, request):
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, gateway.answer, self.cloud, request)
        return gateway.answer(self.cloud, request)


class _Uvicorn(uvicorn.Server):
    """uvicorn, but told to stop it stops at once, not at its next tick: tests start many."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        if not self.should_exit:
            await self._stopped.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_PATIENCE_S)

    def stop(self) -> None:
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopped.set)


@contextmanager
def running(cloud: Cloud, port: int = 0, *, admin: bool = True, token: str = "") -> Iterator[Server]:
    """Serve `cloud` for the length of a `with`. Raises OSError if the port is in use."""
    server = Server(cloud, port, admin=admin, token=token)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _head(scope: MutableMapping[str, Any]) -> Request:
    return Request(
        method=scope["method"],
        path=_origin_form(scope["raw_path"].decode("ascii", "replace")),
        query=scope["query_string"].decode("ascii", "replace"),
        headers={name.decode("ascii").lower(): _text(text) for name, text in scope["headers"]},
    )


async def _body(receive: Any) -> bytes | None:
    """None if it is longer than anything that is sent here; the rest is not read."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > _LONGEST_BODY:
            return None
    return bytes(body)


def _origin_form(target: str) -> str:
    """The path of a request target, which a client may give in absolute form, as to a proxy.

    What is signed has no more than the path; the host is that of the Host header.
    """
    if target[:1] == "/":
        return target
    absolute = re.match(r"https?://[^/]*", target, re.IGNORECASE)
    return target[absolute.end() :] or "/" if absolute else target


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _protocol(transports: dict[tuple[str, int], asyncio.Transport]) -> type[asyncio.Protocol]:
    """uvicorn's protocol, but a connection can be found by its client's address, to be dropped."""

    class Droppable(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if self.client is not None:
                transports[self.client] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            if self.client is not None:
                transports.pop(self.client, None)
            super().connection_lost(exc)

    return Droppable
