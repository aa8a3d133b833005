"""What is sent between the processes of a run: an order to run a function, and what came of it."""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import asdict, dataclass, field
from typing import Any

MEETS = b"{}"  #: in place of a result
_LENGTH = struct.Struct("!Q")


@dataclass(frozen=True)
class Order:
    """Run a function once."""

    function: str
    payload: str
    request_id: str
    key: tuple[str, str]  #: of the account
    timeout_s: float  #: of the function
    loads: bool = False  #: not in a process of its own
    settings: dict[str, Any] = field(default_factory=dict)  #: from now on
    meets: bool = False  #: it lets others act before each write to its state


@dataclass(frozen=True)
class Result:
    """`answer` of a function that returned; `error` of one that raised; `killed`: where it was."""

    answer: Any = None
    error: str = ""
    killed: str = ""
    trace: str = ""
    met: tuple[str, ...] = ()  #: the boundaries that it passed


def send_order(to: socket.socket, order: Order) -> socket.socket:
    """Where its results come."""
    here, there = socket.socketpair()
    with there:
        text = json.dumps(asdict(order)).encode()
        socket.send_fds(to, [_LENGTH.pack(len(text))], [there.fileno()])
        to.sendall(text)
    return here


def receive_order(source: socket.socket) -> tuple[Order, socket.socket] | None:
    head, handles, _, _ = socket.recv_fds(source, _LENGTH.size, 1)
    if not head:
        return None
    text, left = b"", _LENGTH.unpack(head)[0]
    while len(text) < left:
        text += source.recv(left - len(text))
    told = json.loads(text)
    return Order(**{**told, "key": tuple(told["key"])}), socket.socket(fileno=handles[0])


def send_result(to: socket.socket, told: dict[str, Any]) -> None:
    to.sendall(json.dumps(told).encode() + b"\n")


def wait_for_others(to: socket.socket) -> None:
    """Until whoever ordered the function has let others act, or has not."""
    to.sendall(MEETS + b"\n")
    to.recv(1)


def go_on(to: socket.socket) -> None:
    to.sendall(b"\n")
