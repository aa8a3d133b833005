"""Delete uploaded certificates from CAS that nothing needs any more: on request, after a preview.

What cannot be seen may need one: unless all was read, and nothing is outside the scope, none is deleted.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from enum import Enum
from typing import Final

from pydantic import AwareDatetime

from shared.domain.certificates import Certificate
from shared.domain.disused import USUAL_GRACE, Uses, successors, why_kept
from shared.domain.names import WILDCARD
from shared.domain.resources import CloudProduct
from shared.domain.values import Wire
from shared.errors import AppError, ConflictError, InvalidRequestError, NotFoundError
from shared.products import default_products
from shared.services.automatic import LEASE
from shared.services.discovered import every_slot
from shared.services.map import find_certificate, known_certificates
from shared.services.policies import policies_of
from shared.services.world import World

_FRESH: Final = timedelta(days=1)  #: what is older may have changed since
_HELD_S: Final = 900.0  #: the lease, at most


class Fate(str, Enum):
    DELETE = "delete"
    KEEP = "keep"
    DELETED = "deleted"
    FAILED = "failed"


class Cleaned(Wire):
    cert_identifier: str
    name: str
    names: tuple[str, ...]
    not_after: AwareDatetime
    fate: Fate
    reason: str


class CleanUp(Wire):
    unsure: tuple[str, ...] = ()  #: why nothing may be deleted at all
    certificates: tuple[Cleaned, ...]  #: those that go on top

    @property
    def to_delete(self) -> tuple[str, ...]:
        return tuple(one.cert_identifier for one in self.certificates if one.fate is Fate.DELETE)


def plan_clean_up(world: World, wanted: Sequence[str] = (), grace: timedelta = USUAL_GRACE) -> CleanUp:
    """`wanted`: ids or identifiers; none: all of CAS. `grace`: how long a way back is kept.

    Raises:
        NotFoundError: of a certificate that is not known.
    """
    known = known_certificates(world)
    asked = {find_certificate(world, text).identifier for text in wanted}
    unsure = tuple(_unsure(world))
    decide = _decisions(world, known, grace)
    found = []
    for one in known:
        if not asked or one.identifier in asked:
            why = decide(one) or (unsure[0] if unsure else "")
            found.append(_cleaned(one, Fate.KEEP, why) if why else _unless_served(world, one))
    found.sort(key=lambda one: (one.fate is Fate.KEEP, one.not_after, one.cert_identifier))
    return CleanUp(unsure=unsure, certificates=tuple(found))


def clean_up(world: World, approved: Sequence[str], grace: timedelta = USUAL_GRACE) -> CleanUp:
    """Delete those that are approved and that nothing needs now either. No automatic plan is made meanwhile.

    Raises:
        ConflictError: a plan is being made.
    """
    with world.leases.hold(LEASE, world.holder, min(world.left_s(), _HELD_S)):
        plan = plan_clean_up(world, approved, grace) if approved else CleanUp(certificates=())
        return plan.evolve(certificates=tuple(map(_deleted_by(world), plan.certificates)))


def _deleted_by(world: World) -> Callable[[Cleaned], Cleaned]:
    def deleted(one: Cleaned) -> Cleaned:
        if one.fate is not Fate.DELETE:
            return one
        record = world.certificates.find(one.cert_identifier)
        if record is None:
            return one.evolve(fate=Fate.DELETED)
        try:
            with suppress(NotFoundError):  # somebody did, or the answer to our own was lost
                world.cas(record.certificate.home).delete(record.certificate.cert_id)
        except AppError as error:
            return one.evolve(fate=Fate.FAILED, reason=str(error))
        with suppress(ConflictError):  # the next scan finds it gone
            world.certificates.delete(record)
        return one.evolve(fate=Fate.DELETED)

    return deleted


def _decisions(world: World, known: Sequence[Certificate], grace: timedelta) -> Callable[[Certificate], str]:
    now = world.clock()
    by_identifier = {one.identifier: one for one in known}
    uses, policies = Uses(), policies_of(world)
    for record in every_slot(world):
        uses.of_slot(record, by_identifier)
    for job in world.jobs.list():
        uses.of_job(job, world.workers.list(job.job_id), now - grace)
    later = successors(known, {one.identifier: world.standing(one) for one in known}, now)

    def decide(certificate: Certificate) -> str:
        if policies.unreadable:
            return policies.unreadable
        if policies.book.names(certificate):
            return "a policy names it"
        successor = later.get(certificate.identifier)
        return why_kept(certificate, uses, now=now, grace=grace, successor=successor)

    return decide


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


def _unless_served(world: World, certificate: Certificate) -> Cleaned:
    """Slots that no discovery knows, such as a web server's, are met where its names lead."""
    silent = []
    for name in certificate.names:
        if name.startswith(WILDCARD):
            continue
        met = world.probe(f"{name}:443", name, certificate)
        if met.served:
            return _cleaned(certificate, Fate.KEEP, f"clients of {name} are served it")
        if met.served is None:
            silent.append(name)
    unasked = f"; {', '.join(silent)} could not be asked what they serve" if silent else ""
    return _cleaned(certificate, Fate.DELETE, f"nothing serves it or needs it{unasked}")


def _cleaned(certificate: Certificate, fate: Fate, reason: str) -> Cleaned:
    return Cleaned(
        cert_identifier=certificate.identifier,
        name=certificate.name,
        names=certificate.names,
        not_after=certificate.not_after,
        fate=fate,
        reason=reason,
    )


def check_grace(grace: timedelta) -> timedelta:
    """Raises InvalidRequestError: a way back of less than a day."""
    if grace < _FRESH:
        raise InvalidRequestError("--grace: at least a day: jobs are rolled back to what was there before")
    return grace
