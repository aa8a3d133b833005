"""CAS's deployment jobs on CLB: a copy goes into the region's store, and the listener takes that."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from functools import partial

from emulator.places import Place
from emulator.service import Account, EmulatedService
from emulator.services.cas.cas import Service as Cas
from emulator.services.slb import store
from emulator.services.slb.model import Extension, Listener
from emulator.services.slb.store import ServerCertificate


class Held(EmulatedService):
    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._certificates: dict[str, ServerCertificate] = {}

    @abstractmethod
    def _all_listeners(self) -> list[Listener]:
        """Of every region."""

    def held(self) -> Iterator[Place]:
        """The names of a default are those of the certificate in place, of an extension its domain."""
        for listener in self._all_listeners():
            carriers: list[Listener | Extension] = [listener, *listener.extensions]
            for carrier in carriers if listener.protocol == "https" else ():
                found = self._certificates.get(carrier.certificate)
                names = ",".join(found.bundle.names) if found else ""
                yield Place(
                    "SLB",
                    listener.balancer.region,
                    carrier.domain if isinstance(carrier, Extension) else names,
                    f"{found.cas_id}-{store.CHINA}" if found and found.cas_id else "",
                    partial(self._take, listener.balancer.region, carrier),
                    listener.balancer.id,
                    f"{listener.balancer.id}@{listener.port}",
                    listener.port,
                    carrier is listener,
                )

    def _take(self, region: str, carrier: Listener | Extension, identifier: str) -> None:
        row = self.cloud.service(Cas).given(identifier)
        copies = [one for one in self._certificates.values() if (one.region, one.cas_id) == (region, row.id)]
        if not copies:
            new_id = store.store_id(self.cloud.account, region, identifier)
            now = self.cloud.clock()
            copies = [ServerCertificate(new_id, row.name, region, row.bundle, now, row.id, row.name)]
            self._certificates[new_id] = copies[0]
        carrier.certificate = copies[0].id
