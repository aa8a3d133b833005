"""What could still need a certificate: slots, jobs, policies, clients of its names; and what was not seen."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from shared.domain.certificates import Certificate
from shared.domain.disused import Uses, successors, why_kept, why_stored_kept
from shared.domain.names import WILDCARD
from shared.domain.resources import CloudProduct
from shared.domain.stored import StoredCertificate
from shared.errors import UnreadableRowError
from shared.products import default_products
from shared.services.map import known_certificates
from shared.services.policies import policies_of
from shared.services.verify import server_names
from shared.services.world import World

_SEE: Final = "`certdeploy state check` lists such rows"
_FRESH: Final = timedelta(days=1)  #: what is older may have changed since


class Needed:
    """As of now; what is asked twice is answered once."""

    def __init__(self, world: World, grace: timedelta) -> None:
        """`grace`: how long a way back is kept."""
        self._world, self._grace, self._now = world, grace, world.clock()
        self.known = known_certificates(world)
        self.by_identifier = {one.identifier: one for one in self.known}
        self._uses, self._policies = Uses(), policies_of(world)
        unreadable = list(self._use_all())
        self._later = self._successors(self.known)
        self._met: dict[tuple[str, str, str], bool | None] = {}
        self.unsure = (*_unsure(world), *unreadable)

    def _use_all(self) -> Iterator[str]:
        """Also jobs that are being stored just now. What cannot be read, which may need anything, is told."""
        world, kept_until = self._world, self._now - self._grace
        for product in world.policy.products:
            for record in world.resources.each(product):
                if isinstance(record, UnreadableRowError):
                    yield f"{record}; {_SEE}"
                else:
                    self._uses.of_slot(record, self.by_identifier)
        for job in world.jobs.each():
            if isinstance(job, UnreadableRowError):
                yield f"{job}; {_SEE}"
            elif not job.undone:
                workers = list(world.workers.each(job.job_id))
                yield from (f"{one}; {_SEE}" for one in workers if isinstance(one, UnreadableRowError))
                read = [one for one in workers if not isinstance(one, UnreadableRowError)]
                self._uses.of_job(job, read, kept_until)

    def names_of(self, identifier: str) -> tuple[str, ...]:
        """Identifiers of all that are the same certificate in CAS."""
        one = self.by_identifier.get(identifier)
        if one is None or not one.fingerprint:
            return (identifier,)
        return tuple(other.identifier for other in self.known if other.fingerprint == one.fingerprint)

    def why_kept(self, certificate: Certificate) -> str:
        """Why it stays in CAS; "" if nothing needs it, as far as is known without asking what clients get."""
        return self._by_policy(certificate) or why_kept(
            certificate,
            self._uses,
            now=self._now,
            grace=self._grace,
            successor=self._later.get(certificate.identifier),
        )

    def why_stored_kept(self, stored: StoredCertificate, beside: Iterable[StoredCertificate]) -> str:
        """As `why_kept`, of a product's own store. `beside`: what else is served there, if it is a slot."""
        certificate = self.by_identifier.get(stored.cert_identifier)
        successor = None
        if certificate is not None:
            there = [self.by_identifier.get(one.cert_identifier) for one in beside]
            among = [certificate, *filter(None, there)]
            later = self._successors(among) if stored.is_slot else self._later
            successor = later.get(certificate.identifier)
        return self._by_policy(certificate, stored.place) or why_stored_kept(
            stored, certificate, self._uses, now=self._now, grace=self._grace, successor=successor
        )

    def served(self, certificate: Certificate) -> tuple[str, list[str]]:
        """A name whose clients are served it, though no discovery knows where; names that do not answer."""
        silent = []
        for name in certificate.names:
            if name.startswith(WILDCARD):
                continue
            met = self._asked(f"{name}:443", name, certificate)
            if met:
                return name, []
            if met is None:
                silent.append(name)
        return "", silent

    def served_at(self, slot: str, certificate: Certificate) -> str:
        """Why it may be what clients of the slot itself are served; "" if all of them get another one."""
        record = self._world.resources.find(slot)
        if record is None or not record.resource.endpoint:
            return ""
        for name in server_names(record.resource):
            met = self._asked(record.resource.endpoint, name, certificate)
            if met is not False:
                return (
                    f"clients of {name} are served it" if met else f"{name} could not be asked what it serves"
                )
        return ""

    def _asked(self, endpoint: str, name: str, certificate: Certificate) -> bool | None:
        key = endpoint, name, certificate.identifier
        if key not in self._met:
            self._met[key] = self._world.probe(endpoint, name, certificate).served
        return self._met[key]

    def _by_policy(self, certificate: Certificate | None, place: str = "") -> str:
        if self._policies.unreadable:
            return self._policies.unreadable
        book = self._policies.book
        if certificate is not None and book.names(certificate):
            return "a policy names it"
        return "a policy names its slot" if place and book.names_slot(place) else ""

    def _successors(self, some: Iterable[Certificate]) -> Mapping[str, Certificate]:
        found = {one.identifier: one for one in some}
        standings = {name: self._world.standing(one) for name, one in found.items()}
        return successors(found.values(), standings, self._now)


def _unsure(world: World) -> Iterator[str]:
    """What may be there that was not seen, or not lately."""
    now, policy = world.clock(), world.policy
    if left_out := [one.value for one in default_products() if one not in policy.products]:
        yield f"CERTDEPLOY_PRODUCTS leaves out {', '.join(left_out)}, whose slots are not seen"
    if policy.regions:
        yield "CERTDEPLOY_REGIONS leaves out regions, whose slots are not seen"
    for home in policy.homes:
        at = world.scans.last(home)
        if at is None or at < now - _FRESH:
            yield f"CAS {home} has not been read for a day; run `certdeploy scan`"
    for product in policy.products:
        yield from _unread(world, product)


def _unread(world: World, product: CloudProduct) -> Iterator[str]:
    statuses = list(world.syncs.list(product))
    if not statuses:
        yield f"{product.value} was never discovered; run `certdeploy discover`"
    for status in statuses:
        place = f"{product.value} {status.area}".strip()
        if not status.state.complete:
            yield f"{place} is {status.state.value}, not read whole; see `certdeploy resource list`"
        elif status.finished_at is None or status.finished_at < world.clock() - _FRESH:
            yield f"{place} has not been read for a day; run `certdeploy discover`"
