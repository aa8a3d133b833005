"""Connections that a name cannot lead astray: what it resolves to is checked, and connected to as checked."""

import ipaddress
import socket
from typing import Final

from shared.errors import CloudRejectedError
from shared.validation.addresses import is_this_machine, meant

SETTING: Final = "CERTDEPLOY_WEBHOOK_PRIVATE"
#: Where Alibaba Cloud tells its machines their credentials; other clouds do at link-local addresses.
_METADATA: Final = ipaddress.ip_address("100.100.100.200")


def connected(host: str, port: int, timeout_s: float, *, private: bool) -> socket.socket:
    """A TCP connection to a host, by its name or its address.

    Whoever has the name's DNS would else choose a service within the network that gets the request. An
    address that stands in the settings as it is was meant, and so was this machine.

    Raises:
        CloudRejectedError: it is at an address that is not public, and `private` is not set; or where
            credentials of machines are told, which nobody means.
        OSError: it cannot be resolved, or does not answer.
    """
    places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, address in places:
        _check(host, str(address[0]), private)
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


def _check(host: str, address: str, private: bool) -> None:
    found = meant(ipaddress.ip_address(address.partition("%")[0]))
    if found.is_link_local or found == _METADATA:
        raise _refused("an address where machines are told their credentials")
    if not (private or found.is_global or _as_it_stands(host)):
        raise _refused(f"a private address, which a name may lead to only if {SETTING} is on")


def _as_it_stands(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return is_this_machine(host)
    return True


def _refused(where: str) -> CloudRejectedError:
    return CloudRejectedError("webhook", "PrivateAddress", f"the receiver is at {where}")
