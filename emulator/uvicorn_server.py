"""uvicorn as the emulator needs it: connections come through `Front`, it stops at once, and can drop one."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from emulator.front import Front
from emulator.front_authority import FrontAuthority

Transports = dict[tuple[str, int], asyncio.Transport]  #: open connections, by the client's address
_PATIENCE_S = 1.0


class Uvicorn(uvicorn.Server):
    """uvicorn, but told to stop it stops at once, not at its next tick: tests start many."""

    def __init__(self, config: uvicorn.Config, authority: FrontAuthority | None) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()
        self._front = Front(self._protocol, authority)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """uvicorn itself listens nowhere."""
        await super().startup(sockets=[])
        for listening in sockets or []:
            self._front.listen(listening)

    def _protocol(self) -> asyncio.Protocol:
        made: Any = self.config.http_protocol_class
        kept = {"server_state": self.server_state, "app_state": self.lifespan.state}
        protocol: asyncio.Protocol = made(config=self.config, **kept)
        return protocol

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        if not self.should_exit:
            await self._stopped.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._front.stop()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_PATIENCE_S)

    def stop(self) -> None:
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopped.set)


def droppable(transports: Transports) -> type[asyncio.Protocol]:
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
