"""The ports of a cloud's APIs: plain ASGI on uvicorn, as an object that starts and stops.

Actions run in the event loop, under the cloud's lock; the lengthy ones run in threads of their own,
so that an invoked function can call back. URLs of up to 1 MB are taken: the vendor's SDKs send
whole certificates in the query.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from email.utils import formatdate
from threading import Thread
from time import monotonic
from typing import Any

import uvicorn

from emulator import admin, admin_gate, aws_front, gateway, oss_signatures
from emulator.access_log import AccessLog
from emulator.api import Raw
from emulator.cloud import Cloud
from emulator.faults import DroppedError
from emulator.front_authority import FrontAuthority
from emulator.ports import LOOPBACK, listen, reachable
from emulator.request import Request
from emulator.uvicorn_server import Transports, Uvicorn, droppable

_LONGEST_HEAD = 1 << 20
_LONGEST_BODY = (32 << 20) + 4096  #: what a synchronous invocation may carry
_LONGEST_OBJECT = 256 << 20  #: less than OSS takes; an object is kept in memory


class Server:
    """A cloud on a port of loopback, or of `host`."""

    def __init__(
        self,
        cloud: Cloud,
        port: int = 0,
        *,
        admin: bool = True,
        gate: admin_gate.Gate = admin_gate.Gate(),  # noqa: B008 - a value
        host: str = LOOPBACK,
        https_port: int | None = None,
        authority: FrontAuthority | None = None,
        log: AccessLog | None = None,
    ) -> None:
        """Take the ports. Raises PortError if one cannot be had.

        `admin`: with the unsigned `/_emulator/`, before which `gate` stands. Without it, nothing is read of
        a request that names no known key but its head. `authority`: TLS and `CONNECT` are taken too, as
        the cloud's hosts, at `https_port` as well, and at IPv6.
        """
        self.cloud = cloud
        self.authority, self._log = authority, log
        self._admin, self._gate = admin, gate
        self._host = host
        self._sockets = listen(host, port, both=authority is not None)
        self.port: int = self._sockets[0].getsockname()[1]
        self.https_port = self.port
        if https_port is not None:
            try:
                more = listen(host, https_port, both=True)
            except OSError:
                self._close()
                raise
            self._sockets += more
            self.https_port = more[0].getsockname()[1]
        self._threads = ThreadPoolExecutor(64, thread_name_prefix="emulator")
        self._transports: Transports = {}
        self._uvicorn = Uvicorn(
            uvicorn.Config(
                self._app,
                http=droppable(self._transports),
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
            ),
            authority,
        )
        self._thread = Thread(target=self._run, name="emulator", daemon=True)

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`, what the official SDKs take as endpoint (with protocol="http")."""
        return f"{reachable(self._host)}:{self.port}"

    @property
    def endpoint(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://{self.address}"

    @property
    def https(self) -> str:
        """`https://127.0.0.1:PORT`, where the cloud's hosts are served over TLS."""
        return f"https://{reachable(self._host)}:{self.https_port}"

    def start(self) -> None:
        names = ("EMULATOR_ENDPOINT", "CERTDEPLOY_ENDPOINT")
        self.cloud.leads.update(dict.fromkeys(names, f"http://{LOOPBACK}:{self.port}"))
        self._thread.start()  # the port listens already: a client that comes early waits

    def stop(self) -> None:
        self._uvicorn.stop()
        self._thread.join(5)
        self.cloud.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._close()

    def _close(self) -> None:
        for listening in self._sockets:
            listening.close()

    def _run(self) -> None:
        self._uvicorn.run(sockets=self._sockets)

    async def _app(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        request, start = _head(scope), monotonic()
        try:
            if (refused := self._refused(request)) is not None:
                raw = refused
            elif (body := await _body(receive, _longest(request))) is None:
                raw = gateway.too_large(request, _longest(request))
            else:
                request = replace(request, body=body)
                raw = await self._answer(request)
                if raw.delay_s:
                    await asyncio.sleep(raw.delay_s)
        except DroppedError as dropped:
            await asyncio.sleep(dropped.delay_s)
            self._note(request, scope, 0, start)
            self._transports[tuple(scope["client"])].abort()
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        headers = {"date": formatdate(usegmt=True), "content-type": raw.content_type, **raw.headers}
        headers["content-length"] = str(len(raw.body))
        pairs = [(name.lower().encode(), text.encode()) for name, text in headers.items()]
        await send({"type": "http.response.start", "status": raw.status, "headers": pairs})
        self._note(request, scope, raw.status, start)
        await send({"type": "http.response.body", "body": raw.body})

    def _note(self, request: Request, scope: MutableMapping[str, Any], status: int, start: float) -> None:
        if self._log is not None:
            seconds = monotonic() - start
            self._log.write(request, scope["client"][0], scope["scheme"], status, seconds)

    def _refused(self, request: Request) -> Raw | None:
        """The answer to one whose body is not worth reading."""
        told = request.header("content-length")
        if told.isdecimal() and int(told) > _longest(request):
            return gateway.too_large(request, _longest(request))
        if not self._admin:
            return gateway.stranger(self.cloud, request)
        return self._gate.refused(request) if (request.path + "/").startswith(admin.PREFIX) else None

    async def _answer(self, request: Request) -> Raw:
        if self._admin and (request.path + "/").startswith(admin.PREFIX):
            return admin.answer(self.cloud, request, self.authority.pem if self.authority else "")
        if self.cloud.latency_s:
            await asyncio.sleep(self.cloud.latency_s)
        loop = asyncio.get_running_loop()
        if aws_front.is_aws(request.host):
            service = self.cloud.services["aws"]
            return await loop.run_in_executor(self._threads, aws_front.answer, service, request)
        if gateway.lengthy(self.cloud, request):
            return await loop.run_in_executor(self._threads, gateway.answer, self.cloud, request)
        return gateway.answer(self.cloud, request)


@contextmanager
def running(cloud: Cloud, port: int = 0, **options: Any) -> Iterator[Server]:
    """Serve `cloud` for the length of a `with`; `options` are those of `Server`. Raises PortError."""
    server = Server(cloud, port, **options)
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


def _longest(request: Request) -> int:
    return _LONGEST_OBJECT if oss_signatures.meant(request) else _LONGEST_BODY


async def _body(receive: Any, longest: int) -> bytes | None:
    """None if it is longer than anything that is sent here; the rest is not read."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > longest:
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
