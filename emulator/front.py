"""How connections come to the APIs: plain, over TLS, and through `CONNECT`, on the same port.

The first byte tells which. A client with `HTTPS_PROXY` says `CONNECT alb.cn-shanghai.aliyuncs.com:443`
first and then speaks TLS with that host, so that it needs no other endpoint and no line in /etc/hosts.
`CONNECT` leads to the cloud's hosts and nowhere else: no request leaves this machine.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from emulator.front_authority import FrontAuthority, speaks_for

_HANDSHAKE = b"\x16"  #: the first byte of TLS: a handshake record
_LONGEST_CONNECT = 8192
_PATIENCE_S = 75.0
_TLS_PATIENCE_S = 10.0
_ELSEWHERE = b"HTTP/1.1 502 This host is not emulated\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Front:
    """Takes connections and gives each to a new protocol of `protocol`, until `stop`."""

    def __init__(self, protocol: Callable[[], asyncio.Protocol], authority: FrontAuthority | None) -> None:
        self._protocol = protocol
        self._context = authority.context() if authority else None
        self._tasks: set[asyncio.Task[None]] = set()

    def listen(self, listening: socket.socket) -> None:
        listening.setblocking(False)
        self._start(self._accept(listening))

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listening)
            except OSError:  # no file descriptor left, or the client is gone again
                await asyncio.sleep(0.05)
                continue
            self._start(self._serve(connection))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        try:
            await asyncio.wait_for(self._hand_over(connection), _PATIENCE_S)
        except (OSError, asyncio.TimeoutError):
            connection.close()
        except asyncio.CancelledError:
            connection.close()
            raise

    async def _hand_over(self, connection: socket.socket) -> None:
        """Raises OSError where the client has gone, or says what nobody understands."""
        loop = asyncio.get_running_loop()
        first = await _peek(connection)
        if self._context and first == b"C":
            host = await _connect_line(connection)
            if not speaks_for(host):
                await loop.sock_sendall(connection, _ELSEWHERE)
                raise ConnectionAbortedError(host)
            await loop.sock_sendall(connection, b"HTTP/1.1 200 Connection established\r\n\r\n")
            first = await _peek(connection)
        if not first:
            raise ConnectionResetError
        if self._context and first == _HANDSHAKE:
            patience = _TLS_PATIENCE_S
            await loop.connect_accepted_socket(
                self._protocol, connection, ssl=self._context, ssl_handshake_timeout=patience
            )
        else:
            await loop.connect_accepted_socket(self._protocol, connection)


async def _peek(connection: socket.socket) -> bytes:
    """The next byte, which stays to be read; empty at the end."""
    with suppress(BlockingIOError):
        return connection.recv(1, socket.MSG_PEEK)
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(connection, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(connection)
    return connection.recv(1, socket.MSG_PEEK)


async def _connect_line(connection: socket.socket) -> str:
    """The host of a `CONNECT host:port HTTP/1.1`, or ""."""
    loop = asyncio.get_running_loop()
    head = b""
    while not head.endswith(b"\r\n\r\n") and len(head) < _LONGEST_CONNECT:
        piece = await loop.sock_recv(connection, _LONGEST_CONNECT)
        if not piece:
            return ""
        head += piece
    words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    if len(words) != 3 or words[0] != "CONNECT":
        return ""
    return words[1].rpartition(":")[0].strip("[]").lower()
