"""Adapters that still do a whole exchange by themselves. Goes when none is left."""

from abc import abstractmethod
from typing import final

from shared.domain.certificates import Certificate
from shared.domain.resources import CloudResource
from shared.errors import CloudRejectedError
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Carries, Change, Look, carrying


class WholeExchange(ProductAdapter):
    @final
    def read(self, resource: CloudResource) -> CloudResource | None:
        try:
            return self._read(resource)
        except CloudRejectedError as error:
            if error.cloud_code.lower() not in self.gone:
                raise
            return None

    @abstractmethod
    def _read(self, resource: CloudResource) -> CloudResource | None: ...

    @abstractmethod
    def _bind(self, resource: CloudResource, certificate: Certificate) -> None: ...

    def _unbind(self, resource: CloudResource) -> None:
        raise CloudRejectedError("unbind", "Unsupported", f"{resource.slot} keeps its certificate")

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        now = self.read(resource)
        return now if now is not None and now.cert_identifier == certificate.identifier else None

    def settled(self, resource: CloudResource) -> bool:
        return True

    def _look(self, change: Change) -> Look | None:
        resource = change.resource
        if change.wanted and (now := self.successor(resource, change.wanted)):
            return self._shown(Carries.WANTED, now)
        found = self.read(resource)
        if found is None:
            return Look(Carries.BETWEEN, resource) if change.begun else None
        if change.wanted is None and not found.cert_identifier:
            return self._shown(Carries.WANTED, found)
        return self._shown(carrying(change, found.cert_identifier), found)

    def _shown(self, carries: Carries, slot: CloudResource) -> Look:
        try:
            return Look(carries, slot, settled=self.settled(slot))
        except CloudRejectedError as error:
            return Look(carries, slot, failed=error)

    def _write(self, change: Change, look: Look) -> None:
        if change.wanted is None:
            self._unbind(change.resource)
        else:
            self._bind(change.resource, change.wanted)
