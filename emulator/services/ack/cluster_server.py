"""Kubernetes API servers on loopback: HTTPS, one per emulated cluster, each with a CA of its own.

A server starts when its first kubeconfig is asked for, lives as long as its cloud, and looks the
cluster up at each request, so a reset changes what it serves and not where.
Clients show a certificate of the cluster's CA; its common name is the user.
"""

from __future__ import annotations

import json
import os
import socket
import socketserver
import ssl
import tempfile
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from threading import Event, Lock, Thread
from typing import Any

import yaml

from emulator.cluster_authority import ClusterAuthority
from emulator.faults import DroppedError
from emulator.request import Request
from emulator.service import Account
from emulator.services.ack.cluster_api import Reply, Watch, answer
from emulator.services.ack.cluster_model import Cluster
from emulator.services.cas.cas import Service as Cas

Find = Callable[[Account, str], Cluster | None]
_PATIENCE_S = 30.0
_TICK_S = 0.05
_servers: weakref.WeakKeyDictionary[Account, dict[str, ApiServer]] = weakref.WeakKeyDictionary()
_lock = Lock()


def api_server(cloud: Account, cluster_id: str, find: Find) -> ApiServer:
    """The running server of a cluster, which `find` finds anew for each request."""
    with _lock:
        if cloud not in _servers:
            _servers[cloud] = {}
            weakref.finalize(cloud, _stop_all, _servers[cloud])
        servers = _servers[cloud]
        if cluster_id not in servers:
            servers[cluster_id] = ApiServer(cloud, cluster_id, find)
        return servers[cluster_id]


def _stop_all(servers: dict[str, ApiServer]) -> None:
    for server in servers.values():
        server.stop()


class ApiServer:
    def __init__(self, cloud: Account, cluster_id: str, find: Find) -> None:
        self._cloud, self.cluster_id, self._find = weakref.ref(cloud), cluster_id, find
        self.authority = ClusterAuthority(cluster_id, cloud.clock())
        self.stopped = Event()
        self._server = _TcpServer(("127.0.0.1", 0), _Connection)
        self._server.api = self
        self.context = _context(self.authority)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self._server.server_address[1]}"

    def kubeconfig(self, user: str, now: datetime, expires: datetime) -> str:
        """For `kubectl` and every other client: YAML with a new client certificate for `user`."""
        certificate, key = self.authority.client(user, now, expires)
        context = f"{user}-{self.cluster_id}"
        cluster = {"server": self.address, "certificate-authority-data": self.authority.ca_data}
        return yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "kubernetes", "cluster": cluster}],
                "contexts": [{"name": context, "context": {"cluster": "kubernetes", "user": user}}],
                "current-context": context,
                "users": [
                    {"name": user, "user": {"client-certificate-data": certificate, "client-key-data": key}}
                ],
                "preferences": {},
            },
            sort_keys=False,
        )

    def stop(self) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request, user: str) -> Reply | Watch:
        cloud = self._cloud()
        cluster = self._find(cloud, self.cluster_id) if cloud is not None else None
        if cloud is None or cluster is None:
            raise DroppedError("the cluster is gone, and its API server with it")
        if cloud.latency_s:
            time.sleep(cloud.latency_s)
        return answer(cloud, cluster, request, user)

    def events(self, watch: Watch, version: int) -> tuple[list[dict[str, Any]], int]:
        """What has happened since `version`, and the version by now."""
        cloud = self._cloud()
        if cloud is None:
            return [], version
        with cloud.lock:
            cluster = self._find(cloud, self.cluster_id)
            if cluster is None:
                return [], version
            cluster.reconcile(cloud.clock(), cloud.settle_s, cloud.service(Cas))
            found = cluster.store.since(version, watch.wanted, watch.query)
            rows = [{"type": event.type, "object": event.object} for event in found]
            return rows, max(version, cluster.store.version)


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64
    api: ApiServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that breaks off, or does not trust the CA, is no event."""


class _Connection(BaseHTTPRequestHandler):
    server: _TcpServer
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        self.request.settimeout(_PATIENCE_S)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = self.server.api.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.request.close()

    def log_message(self, format: str, *args: Any) -> None:
        """The cloud logs calls."""

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): text for name, text in self.headers.items()}
        request = Request(self.command, path, query, headers, body)
        try:
            reply = self.server.api.answer(request, _user(self.request))
        except DroppedError:
            self.close_connection = True
            return
        if isinstance(reply, Watch):
            self._stream(reply)
        else:
            self._send(reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def _send(self, reply: Reply) -> None:
        text = isinstance(reply.body, str)
        body = reply.body.encode() if isinstance(reply.body, str) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "text/plain; charset=utf-8" if text else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, watch: Watch) -> None:
        """One JSON line per event until the client leaves, its time is up, or the server stops."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        api, version = self.server.api, watch.version
        until = time.monotonic() + float(watch.query.get("timeoutSeconds") or 1800)
        rows = [{"type": "ADDED", "object": item} for item in watch.first]
        with suppress(OSError):
            while not api.stopped.is_set() and time.monotonic() < until:
                for row in rows:
                    line = json.dumps(row).encode() + b"\n"
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
                api.stopped.wait(_TICK_S)
                rows, version = api.events(watch, version)
            self.wfile.write(b"0\r\n\r\n")


def _user(connection: ssl.SSLSocket) -> str:
    """The common name of the client's certificate, "" without one."""
    subject = (connection.getpeercert() or {}).get("subject", ())
    fields = dict(pair for part in subject for pair in part)  # type: ignore[misc]
    return str(fields.get("commonName", ""))


def _context(authority: ClusterAuthority) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(cadata=authority.ca_pem)
    handle, path = tempfile.mkstemp(prefix="api-server-")  # `ssl` reads files only
    try:
        with os.fdopen(handle, "w") as file:
            file.write(authority.server_pem)
        context.load_cert_chain(path)
    finally:
        os.unlink(path)
    return context
