"""The TLS edge: one port that serves, by server name, what is deployed on the emulated products.

A client that only opens TLS gets whoever serves its server name. A client that first says
`CONNECT host:port HTTP/1.1` (as `curl -x` does) is put through to that address: a load balancer's
DNS name, a CNAME, a bucket's host. An address that does not exist, or is internal, is answered 502.
At a load balancer's address the versions of TLS are those of the listener's policy, elsewhere 1.2 and 1.3.
After the handshake any HTTP request gets a short 200. No session is resumed, so that every handshake shows
what is served now.
"""

from __future__ import annotations

import os
import socket
import socketserver
import ssl
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from threading import Lock, Thread
from typing import Any

from emulator.bundles import Bundle
from emulator.ports import LOOPBACK, listen, reachable
from emulator.service import Account, EmulatedService
from emulator.tls_versions import limit

_PATIENCE_S = 10.0
_LONGEST_CONNECT = 8192


class Edge:
    """A cloud's edge on a port of loopback, or of `host`; `both`: at its IPv6 counterpart too.

    Raises PortError from the constructor.
    """

    def __init__(self, cloud: Account, port: int = 0, host: str = LOOPBACK, *, both: bool = False) -> None:
        self.cloud, self._host = cloud, host
        self._servers = [_TcpServer(self, listening) for listening in listen(host, port, both=both)]
        self._contexts: dict[tuple[str, ...], ssl.SSLContext] = {}
        self._lock = Lock()
        self._threads = [
            Thread(target=server.serve_forever, args=(0.05,), daemon=True) for server in self._servers
        ]

    @property
    def port(self) -> int:
        return int(self._servers[0].server_address[1])

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`."""
        return f"{reachable(self._host)}:{self.port}"

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join(5)

    def __enter__(self) -> Edge:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def context(self, bundles: Sequence[Bundle], policy: str) -> ssl.SSLContext:
        """A server context with the best ECC and the best RSA pair; TLS picks what a client can."""
        best = {bundle.algorithm: bundle for bundle in reversed(bundles)}
        chosen = [best[name] for name in ("ECC", "RSA") if name in best]
        key = (policy, *(bundle.sha256 for bundle in chosen))
        with self._lock:
            if key not in self._contexts:
                self._contexts[key] = _context(chosen, policy)
            return self._contexts[key]


def offered(cloud: Account, host: str, server_name: str) -> tuple[Bundle, ...] | None:
    """What is served at `host` ("name:port", or "" for the edge itself) for a server name.

    Empty: the address is there and refuses the name. None: there is no such address.
    """
    with cloud.lock:
        for service in _every_service(cloud):
            found = service.served(host, server_name)
            if found is not None:
                return found
        name, _, port = host.rpartition(":")
        if port == "443" and offered(cloud, "", name):  # a domain's own name leads to its product
            return offered(cloud, "", server_name) or ()
    return None if host else ()


def _every_service(cloud: Account) -> Iterator[EmulatedService]:
    for account in cloud.every():
        yield from account.services.values()


def _policy(cloud: Account, host: str) -> str:
    """That of the listener at an address, or ""."""
    with cloud.lock:
        policies = (service.cipher_policy(host) for service in _every_service(cloud)) if host else ()
        return next(filter(None, policies), "")


def edge_table(cloud: Account) -> list[dict[str, str]]:
    """What every slot serves now: product, host, server_name, fingerprint_sha256, not_after.

    A slot that serves nothing (HTTPS off, no certificate, offline) has an empty fingerprint.
    """
    rows = []
    with cloud.lock:
        each = [(product, one) for account in cloud.every() for product, one in account.services.items()]
        for product, service in each:
            for host, name in service.slots():
                best = next(iter(offered(cloud, host, name) or ()), None)
                rows.append(
                    {
                        "product": product,
                        "host": host,
                        "server_name": name,
                        "fingerprint_sha256": best.sha256 if best else "",
                        "not_after": f"{best.not_after:%Y-%m-%dT%H:%M:%SZ}" if best else "",
                    }
                )
    return rows


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, edge: Edge, listening: socket.socket) -> None:
        super().__init__(listening.getsockname()[:2], _Connection, bind_and_activate=False)
        self.socket.close()
        self.socket, self.edge = listening, edge

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that breaks off is no event."""


class _Connection(socketserver.BaseRequestHandler):
    server: _TcpServer

    def handle(self) -> None:
        self.request.settimeout(_PATIENCE_S)
        host = ""
        if self.request.recv(1, socket.MSG_PEEK) == b"C":
            host = self._connect_line()
            if offered(self.server.edge.cloud, host, "") is None:
                self.request.sendall(b"HTTP/1.1 502 No such address\r\nContent-Length: 0\r\n\r\n")
                return
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        policy = _policy(self.server.edge.cloud, host)
        _prepare(context, policy)
        context.sni_callback = self._chooser(host, policy)
        with suppress(OSError), context.wrap_socket(self.request, server_side=True) as secure:
            self._respond(secure)

    def _connect_line(self) -> str:
        head = b""
        while b"\r\n\r\n" not in head and len(head) < _LONGEST_CONNECT:
            piece = self.request.recv(_LONGEST_CONNECT)
            if not piece:
                break
            head += piece
        words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        return words[1].lower() if len(words) == 3 and words[0] == "CONNECT" else "?"

    def _chooser(self, host: str, policy: str) -> Any:
        edge = self.server.edge

        def choose(sock: ssl.SSLObject, server_name: str | None, _: ssl.SSLContext) -> int | None:
            bundles = offered(edge.cloud, host, (server_name or "").lower())
            if not bundles:
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            sock.context = edge.context(bundles, policy)
            return None

        return choose

    def _respond(self, secure: ssl.SSLSocket) -> None:
        if not secure.recv(65536):
            return
        body = b"served by the emulated edge\n"
        secure.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        with suppress(OSError):
            secure.unwrap()


def _context(bundles: Sequence[Bundle], policy: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _prepare(context, policy)
    for bundle in bundles:
        # `ssl` reads files only: a private one (0600), gone as soon as it is read.
        handle, path = tempfile.mkstemp(prefix="edge-")
        try:
            with os.fdopen(handle, "w") as file:
                file.write((bundle.key_pem or "") + bundle.certificate_pem)
            context.load_cert_chain(path)
        finally:
            os.unlink(path)
    return context


def _prepare(context: ssl.SSLContext, policy: str) -> None:
    limit(context, policy)
    context.options |= ssl.OP_NO_TICKET | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.num_tickets = 0
    context.set_alpn_protocols(["http/1.1"])  # HTTP/2 is not spoken here
