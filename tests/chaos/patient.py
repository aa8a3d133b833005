"""The port of an emulated cloud: each connection has a thread, so while a call is held up others go on."""

from __future__ import annotations

import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from emulator import gateway
from emulator.cloud import Cloud
from emulator.faults import DroppedError
from emulator.request import Request


class PatientServer:
    """As `emulator.server.Server` to our own clients, at less cost: a run makes some thousand calls."""

    def __init__(self, cloud: Cloud, port: int = 0) -> None:
        self._http = _Http(cloud, port)
        self._thread = Thread(target=self._http.serve_forever, args=(0.01,), name="emulator", daemon=True)

    @property
    def port(self) -> int:
        return self._http.server_port

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Whoever is connected is cut off."""
        self._http.shutdown()
        self._thread.join(5)
        self._http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, cloud: Cloud, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.cloud = cloud
        self._open: set[socket.socket] = set()
        self._lock = Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        with self._lock:
            left = list(self._open)
        for connection in left:
            super().shutdown_request(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is killed hangs up in the middle."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # a head and a body are sent together
    server: _Http

    def handle_one_request(self) -> None:
        self.close_connection = False
        if (request := self._request()) is None:
            self.close_connection = True
            return
        try:
            raw = gateway.answer(self.server.cloud, request)
        except DroppedError:
            self.close_connection = True
            return
        self.send_response_only(raw.status)
        kept = {"Content-Type": raw.content_type, "Content-Length": str(len(raw.body)), **raw.headers}
        for name, text in kept.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(raw.body)
        self.wfile.flush()

    def _request(self) -> Request | None:
        """None: the client has hung up."""
        words = self.rfile.readline().decode("latin-1").split()
        if len(words) != 3:
            return None
        method, target, self.request_version = words
        headers: dict[str, str] = {}
        while line := self.rfile.readline().decode("latin-1").rstrip("\r\n"):
            name, _, text = line.partition(":")
            headers[name.lower()] = text.strip()
        assert "transfer-encoding" not in headers, "our clients tell the length of what they send"
        body = self.rfile.read(int(headers.get("content-length", 0)))
        path, _, query = target.partition("?")
        return Request(method, path, query, headers, body)
