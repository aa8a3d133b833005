"""Addresses that settings name: of an emulated cloud on this machine, or of an API elsewhere."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

_HOST_AND_PORT: Final = re.compile(r"(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})")
_VENDORS: Final = re.compile(r"(?:[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.){1,8}aliyuncs\.com")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_METADATA: Final = ipaddress.ip_network("100.100.100.0/24")  #: of the machine itself, with keys of its role

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def emulator_problem(url: str) -> str:
    """Why it is no address of an emulated cloud, such as "http://127.0.0.1:8000"; "" if it is one."""
    parts = _split(url)
    if parts is None or parts.scheme != "http" or not is_this_machine(parts.hostname or ""):
        return f"{url[:80]!r} is not http://127.0.0.1:<port>, an emulated cloud on this machine"
    return next(_more_than_a_host(parts), "")


def endpoint_problem(url: str) -> str:
    """Why no signed requests are sent there; "" if they may be: over TLS, or to this machine."""
    parts = _split(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        return f"{url[:80]!r} is not an address; it must start with https:// and name a host"
    if parts.scheme == "http" and not is_this_machine(parts.hostname):
        return f"{url[:80]!r} is not encrypted; use https:// (http:// only to this machine)"
    return next(_more_than_a_host(parts), "")


def edge_problem(address: str) -> str:
    """Why it is not the TLS edge of an emulated cloud, such as "127.0.0.1:4433"; "" if it is one."""
    found = _HOST_AND_PORT.fullmatch(address)
    if found and 0 < int(found["port"]) < 65536 and is_this_machine(found["host"].strip("[]")):
        return ""
    return f"{address[:80]!r} is not 127.0.0.1:<port>, the TLS edge of an emulated cloud on this machine"


def cluster_problem(url: str, *, emulated: bool) -> str:
    """Why a kubeconfig's server is no API server of ACK; "" if it may be one.

    Those have an address in a VPC or an elastic IP, or a name of Alibaba Cloud; a cluster that is emulated
    is on this machine. Who runs the cluster proves it by the CA of the kubeconfig.
    """
    parts = _split(url)
    if parts is None or parts.scheme != "https" or not parts.hostname:
        return "its server is no https address"
    if not (_is_remote(parts.hostname) or (emulated and is_this_machine(parts.hostname))):
        return "its server is neither an IP address that a cluster may have nor a host of aliyuncs.com"
    return next(_more_than_a_host(parts), "")


def _is_remote(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return _VENDORS.fullmatch(host) is not None
    return is_elsewhere(address)


def is_elsewhere(address: Address) -> bool:
    """Whether another machine may have it: neither this one, nor what tells machines their credentials."""
    mapped = meant(address)
    reserved = mapped.is_loopback or mapped.is_link_local or mapped.is_multicast or mapped.is_unspecified
    return not reserved and mapped not in _METADATA


def meant(address: Address) -> Address:
    """The IPv4 address that one of version 6 leads to, as within NAT64 and 6to4; else itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _split(url: str) -> SplitResult | None:
    """None if it is no URL: `urlsplit` raises for some hosts at once, for ports when they are asked for."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if port == 0 or any(char.isspace() or not char.isprintable() or char == "\\" for char in url):
        return None
    return parts


def _more_than_a_host(parts: SplitResult) -> Iterator[str]:
    if parts.username is not None or parts.password is not None:
        yield "it contains a user name or password; remove it"
    if parts.path.strip("/") or parts.query or parts.fragment:
        yield "it has more than a host and a port; remove the rest"
