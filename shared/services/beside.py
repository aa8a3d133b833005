"""The other certificates of a slot's listener, one of which clients may be served instead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from shared.domain.certificates import Certificate, CertificateSource, CertificateStatus
from shared.domain.resources import CloudResource
from shared.errors import AppError
from shared.products.kit.changer import Changer
from shared.products.kit.changes import Carries, Change, Look
from shared.services.world import World


@dataclass(frozen=True)
class ServedBeside:
    """The certificate of another slot of the listener, which clients were served."""

    slot: CloudResource
    certificate: Certificate
    trusted: bool | None = None  #: whether clients accept it, as of a ProbeResult
    why_not: str = ""

    def __str__(self) -> str:
        end = f"valid until {self.certificate.not_after:%Y-%m-%d}"
        return f"clients are served {self.certificate.identifier} of {self.slot.slot}, {end}"

    def why_worse_than(self, wanted: Certificate, now: datetime, *, public: bool) -> str:
        """Why who wants the other one to be served cannot do with this one; "" if they can.

        `public`: clients have to accept it by the roots that they have.
        """
        mine = self.certificate
        if mine.not_after <= now:
            return "it has expired"
        if mine.status is CertificateStatus.REVOKED:
            return "it is revoked"
        if mine.status is CertificateStatus.OTHER:
            return "CAS tells of it a state that is not known"
        if mine.source is CertificateSource.TEST and wanted.source is not CertificateSource.TEST:
            return "it is a test certificate"
        if public and not self.trusted:
            return f"clients do not trust it: {self.why_not or 'it is not of a public CA'}"
        return "it ends sooner" if mine.not_after < wanted.not_after else ""


@dataclass(frozen=True)
class Beside:
    """The other slots of the listener of one that carries the wanted certificate. `look`: the last one."""

    world: World
    adapter: Changer
    change: Change
    look: Look

    def served(self, wanted: Certificate, name: str) -> ServedBeside | None:
        """What clients that ask for `name` are served, if another slot carries it by a new look.

        Of the same kind of key: a client that does not take that of `wanted` proves nothing. What the product
        cannot tell now is no answer: it may be asked again.
        """
        try:
            for slot, certificate in self._covering(wanted, name):
                met = self.world.probe(slot.endpoint, name, certificate)
                if met.served and self._still(slot):
                    return ServedBeside(slot, certificate, met.trusted, met.why_not)
        except AppError:
            pass
        return None

    def _covering(self, wanted: Certificate, name: str) -> Iterator[tuple[CloudResource, Certificate]]:
        for slot in self._others:
            if record := self.world.certificates.find(slot.cert_identifier):
                other = record.certificate
                if other.covers(name) and other.algorithm == wanted.algorithm:
                    yield slot, other

    @cached_property
    def _others(self) -> Sequence[CloudResource]:
        return self.adapter.beside(self.look)

    def _still(self, slot: CloudResource) -> bool:
        """Both certificates are in place now."""
        (look,) = self.adapter.look([self.change])
        if look is None or not look.settled or look.carries is not Carries.WANTED:
            return False
        there = {(one.slot, one.cert_identifier) for one in self.adapter.beside(look)}
        return (slot.slot, slot.cert_identifier) in there
