"""Connections that a name cannot lead astray: what it resolves to is checked, and connected to as checked."""

import errno
import ipaddress
import socket
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from shared.errors import CloudRejectedError
from shared.validation.addresses import Address, is_elsewhere, is_this_machine, meant

SETTING: Final = "CERTDEPLOY_WEBHOOK_PRIVATE"
#: Where Alibaba Cloud tells its machines their credentials; other clouds do at link-local addresses.
_METADATA: Final = ipaddress.ip_address("100.100.100.200")
_Place: TypeAlias = tuple[Any, Any, int, str, Any]  #: as `getaddrinfo` tells it


def connected(host: str, port: int, timeout_s: float, *, private: bool) -> socket.socket:
    """A TCP connection to a host, by its name or its address.

    Whoever has the name's DNS, or may add contacts, would else choose a service within the network that gets
    the request. This machine, by its own name or address, is where functions run that somebody tries out.

    Raises:
        CloudRejectedError: it is at an address that is not public, and `private` is not set; or where
            credentials of machines are told, which nobody means.
        OSError: it cannot be resolved, or does not answer.
    """
    places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, address in places:
        _check(host, str(address[0]), private)
    return _first(places, timeout_s)


def connected_as_client(host: str, port: int, timeout_s: float) -> socket.socket:
    """A TCP connection to where clients meet a slot, as a product told it, or a row that others may write.

    Raises:
        OSError: as `connected`; or it is this machine, or where machines are told their credentials: no
            client is served there.
    """
    places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, address in places:
        if not is_elsewhere(_read(str(address[0]))):
            raise OSError(errno.EADDRNOTAVAIL, f"at {address[0]} no client is served")
    return _first(places, timeout_s)


def _first(places: Sequence[_Place], timeout_s: float) -> socket.socket:
    """To the first that answers."""
    failure: OSError = OSError("it has no address")
    for family, kind, protocol, _, address in places:
        try:
            connection = socket.socket(family, kind, protocol)
        except OSError as error:
            failure = error
            continue
        try:
            connection.settimeout(timeout_s)
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
            continue
        return connection
    raise failure


def _read(address: str) -> Address:
    return ipaddress.ip_address(address.partition("%")[0])


def _check(host: str, address: str, private: bool) -> None:
    found = meant(_read(address))
    if found.is_link_local or found == _METADATA:
        raise _refused("an address where machines are told their credentials")
    if not (private or found.is_global or is_this_machine(host)):
        raise _refused(f"a private address, which is met only if {SETTING} is on")


def _refused(where: str) -> CloudRejectedError:
    return CloudRejectedError("webhook", "PrivateAddress", f"the receiver is at {where}")
