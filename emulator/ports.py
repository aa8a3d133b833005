"""Sockets that listen: one port at an address and, where it has one, at its IPv6 counterpart too."""

from __future__ import annotations

import errno
import os
import socket
from ipaddress import ip_address

LOOPBACK = "127.0.0.1"
_COUNTERPARTS = {LOOPBACK: "::1", "0.0.0.0": "::"}  # noqa: S104 - only where a user names it
_NO_SUCH_ADDRESS = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
_ATTEMPTS = 20


class PortError(OSError):
    """A port cannot be had; `strerror` says which, at which address, and why."""


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`, an IP address."""
    return ip_address(host).is_loopback


def counterpart(host: str) -> str | None:
    """The IPv6 address at which is listened too."""
    return _COUNTERPARTS.get(host)


def reachable(host: str) -> str:
    """The address at which this machine reaches what listens at `host`, as in a URL."""
    address = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)  # noqa: S104 - only compared
    return f"[{address}]" if ":" in address else address


def listen(host: str, port: int, *, both: bool = False) -> list[socket.socket]:
    """Listen at `host` on `port` (0: a free one); `both`: on the same port of its IPv6 counterpart as well.

    Raises PortError. A machine without IPv6 has the first address alone.
    """
    other = _COUNTERPARTS.get(host) if both else None
    for attempt in range(_ATTEMPTS):
        first = _socket(host, port)
        try:
            second = [_socket(other, first.getsockname()[1])] if other else []
        except PortError as error:
            if error.errno in _NO_SUCH_ADDRESS:
                return [first]
            first.close()
            if port or attempt == _ATTEMPTS - 1:
                raise
            continue  # what is free at one address is taken at the other: another one
        return [first, *second]
    raise AssertionError("unreachable")


def _socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        told = f"port {port} of {host} cannot be had: {why}"
        raise PortError(error.errno, told) from error
    # For the connections too: asyncio does so only where the socket names its protocol, and
    # without it each answer waits 40 ms for the client's delayed acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
