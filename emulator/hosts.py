"""The hosts of the cloud that clients of an account call, and lines of a hosts file for them."""

from __future__ import annotations

from emulator.cloud import CENTRAL, Cloud
from emulator.ports import counterpart


def known_hosts(cloud: Cloud) -> list[str]:
    """Of the products in the estate's regions, its buckets, and its instances of Tablestore."""
    regions = list(dict.fromkeys([*cloud.regions, *CENTRAL]))
    with cloud.lock:
        return sorted({name for service in cloud.services.values() for name in service.endpoints(regions)})


def hosts_lines(cloud: Cloud, host: str) -> list[str]:
    """Lines that send the hosts to an emulator which listens at `host`, by IPv6 as well where it does."""
    addresses = [host, *filter(None, [counterpart(host)])]
    return [f"{address}\t{name}" for address in addresses for name in known_hosts(cloud)]
