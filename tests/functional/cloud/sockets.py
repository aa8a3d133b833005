"""What a client's sockets do: how long they wait, as the operating system is told; what they are answered."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import pytest

Wait = tuple[float | None, float | None]  #: to connect, to read; None is without end


@dataclass
class Waits:
    """What the sockets that connected waited for, in the order of their connections."""

    of: list[Wait] = field(default_factory=list)

    @property
    def last(self) -> Wait:
        return self.of[-1]


def watch(patch: pytest.MonkeyPatch) -> Waits:
    """Watches sockets that connect; those of servers accept, and are left out."""
    waits, places = Waits(), dict[int, int]()
    connect, recv_into = socket.socket.connect, socket.socket.recv_into

    def connecting(self: socket.socket, address: Any) -> None:
        places[id(self)] = len(waits.of)
        waits.of.append((self.gettimeout(), None))
        connect(self, address)

    def reading(self: socket.socket, *arguments: Any) -> int:
        if (place := places.get(id(self))) is not None:
            waits.of[place] = waits.of[place][0], self.gettimeout()
        return recv_into(self, *arguments)

    patch.setattr(socket.socket, "connect", connecting)
    patch.setattr(socket.socket, "recv_into", reading)
    return waits


def hurry(patch: pytest.MonkeyPatch, longest_s: float) -> None:
    """Lets no wait last longer; also one that would have no end."""
    settimeout = socket.socket.settimeout

    def shorter(self: socket.socket, seconds: float | None) -> None:
        settimeout(self, longest_s if seconds is None else min(seconds, longest_s))

    patch.setattr(socket.socket, "settimeout", shorter)


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """A port of this machine that answers one connection so, and closes it."""

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)
