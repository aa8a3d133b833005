"""Domains of buckets that a CDN or DCDN domain of the same name is in front of: clients meet that one."""

from collections.abc import Iterable
from typing import Final

from shared.domain.resources import CloudProduct, CloudResource

FRONTED: Final = CloudProduct.OSS
FRONTING: Final = (CloudProduct.CDN, CloudProduct.DCDN)


class Fronts:
    """The domains among some slots that are in service, by name: online, and with a certificate."""

    def __init__(self, slots: Iterable[CloudResource]) -> None:
        self._by_name = {name: one.slot for one in slots if _in_service(one) for name in one.domains}

    def before(self, resource: CloudResource) -> str:
        """The slot of the one in front of a bucket's domain; "" if there is none."""
        found = (self._by_name.get(name, "") for name in resource.domains)
        return next((slot for slot in found if slot), "")


def _in_service(slot: CloudResource) -> bool:
    return slot.https and bool(slot.cert_identifier) and not slot.obstacle
