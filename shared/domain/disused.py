"""Which certificates may be deleted, of CAS and of products' own stores: those that nothing needs any more,
and nothing could still need.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.replacing import kin
from shared.domain.resources import ResourceRecord
from shared.domain.states import WorkerStatus
from shared.domain.stored import StoredCertificate
from shared.domain.trust import Standing

USUAL_GRACE: Final = timedelta(days=30)
SHORTEST_GRACE: Final = timedelta(days=1)
#: A worker that ended so has written nothing: what was in place before it is no way back of it.
_UNTOUCHED: Final = (WorkerStatus.CANCELLED,)


@dataclass
class Uses:
    """What slots and jobs need, by what identifies a certificate."""

    slots: dict[str, list[str]] = field(default_factory=dict)  #: by identifier, and by fingerprint
    ends: dict[datetime, str] = field(default_factory=dict)  #: of slots whose certificate CAS does not know
    jobs: dict[str, str] = field(default_factory=dict)  #: why, by identifier
    places: dict[str, str] = field(default_factory=dict)  #: why, by slot: what is at work with it, or may be
    drifted: set[str] = field(
        default_factory=set
    )  #: slots that carry something else than a job has put there

    def of_slot(self, record: ResourceRecord, known: Mapping[str, Certificate]) -> None:
        resource, placed = record.resource, record.placed
        present = known.get(resource.cert_identifier)
        names = {resource.cert_identifier, present.fingerprint if present else ""}
        if placed is not None:  # somebody may put back what was there
            names |= {placed.cert_identifier, placed.fingerprint}
            if placed.cert_identifier != resource.cert_identifier:
                self.drifted.add(resource.slot)
        for name in names - {""}:
            self.slots.setdefault(name, []).append(resource.slot)
        if present is None and resource.cert_identifier and resource.cert_not_after:
            self.ends.setdefault(resource.cert_not_after, resource.slot)

    def of_job(self, job: DeploymentJob, workers: Iterable[WorkerResource], kept_until: datetime) -> None:
        """`kept_until`: a rollback of what ended later is still to be possible."""
        if not job.status.final:
            for identifier in job.cert_identifiers:
                self.jobs.setdefault(identifier, f"job {job.job_id} is to deploy it")
        for worker in workers:
            before = worker.previous_cert_identifier
            both = {worker.cert_identifier, before or worker.resource.cert_identifier} - {""}
            if not worker.status.settled:
                why = f"job {job.job_id} is at work with it"
                self.places.setdefault(worker.resource.slot, why)
                for identifier in both:
                    self.jobs.setdefault(identifier, why)
            elif before is not None and worker.status not in _UNTOUCHED and _ended(worker, kept_until):
                why = f"job {job.job_id} may be rolled back to it"
                self.places.setdefault(worker.resource.slot, f"job {job.job_id} may be rolled back there")
                for identifier in both:
                    self.jobs.setdefault(identifier, why)


def _ended(worker: WorkerResource, kept_until: datetime) -> bool:
    return worker.finished_at is None or worker.finished_at > kept_until


def why_kept(
    certificate: Certificate, uses: Uses, *, now: datetime, grace: timedelta, successor: Certificate | None
) -> str:
    """Why it is not deleted; "" if nothing needs it.

    `successor`: another one that may take its place wherever it could be.
    """
    if certificate.source is not CertificateSource.UPLOAD:
        return "it was bought; CAS keeps its order"
    if why := _in_use({certificate.identifier, certificate.fingerprint}, uses):
        return why
    if slot := uses.ends.get(certificate.not_after):
        return _same_end(slot)
    if certificate.not_after <= now - grace:
        return ""
    if certificate.not_before > now - grace:
        return _too_new(grace)
    return "" if successor else "nothing else in CAS covers all of its names and ends later"


def why_stored_kept(
    stored: StoredCertificate,
    certificate: Certificate | None,
    uses: Uses,
    *,
    now: datetime,
    grace: timedelta,
    successor: Certificate | None,
) -> str:
    """As `why_kept`, of a product's own store. There one stays as well of which nobody could make another.

    `certificate`: what it is in CAS; None: CAS does not know it. `successor`: of one that is a slot, another
    one in the same store.
    """
    if stored.kept:
        return stored.kept
    if stored.is_slot and (why := _at_slot(stored.place, uses)):
        return why
    names = {stored.cert_identifier, stored.put_as}
    if certificate is not None:
        names |= {certificate.identifier, certificate.fingerprint}
    if why := _in_use(names, uses, but=stored.place if stored.is_slot else ""):
        return why
    if slot := uses.ends.get(stored.not_after) if stored.not_after else "":
        return _same_end(slot)
    if stored.put_at is not None and stored.put_at > now - grace:
        return f"it came there less than {grace.days} days ago, and may be meant for something"
    if certificate is None or not certificate.has_private_key:
        ended = stored.not_after is not None and stored.not_after <= now - grace
        gone = stored.put_as and ended and not stored.is_slot
        return "" if gone else "CAS does not have it with its key, so nobody could put it back"
    if certificate.not_before > now - grace:
        return _too_new(grace)
    if stored.is_slot:
        return "" if successor else "nothing else there covers all of its names and ends later"
    if certificate.not_after <= now - grace or successor:
        return ""
    return "nothing else in CAS covers all of its names and ends later"


def _at_slot(slot: str, uses: Uses) -> str:
    if slot in uses.drifted:
        return "a job has put another one there"
    return uses.places.get(slot, "")


def _in_use(names: Set[str], uses: Uses, but: str = "") -> str:
    """`but`: the slot that the certificate itself is."""
    found = {slot for name in names - {""} for slot in uses.slots.get(name, ()) if slot != but}
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        return f"{min(found)}{more} serves it, or is to"
    return next((uses.jobs[name] for name in sorted(names) if name in uses.jobs), "")


def _same_end(slot: str) -> str:
    return f"{slot} serves a certificate with the same end that CAS does not know"


def _too_new(grace: timedelta) -> str:
    return f"it has been valid for less than {grace.days} days, and may be meant for something"


def successors(
    certificates: Iterable[Certificate], standings: Mapping[str, Standing], now: datetime
) -> Mapping[str, Certificate]:
    """By identifier: another one that ends later, covers all of its names, and is alike in all that rules
    look at.
    """
    found: dict[str, Certificate] = {}
    alike: dict[object, list[Certificate]] = {}
    for one in certificates:
        alike.setdefault(kin(one, standings[one.identifier]), []).append(one)
    for group in alike.values():
        group.sort(key=lambda one: (one.not_after, one.cert_id), reverse=True)
        good = [one for one in group if one.why_not_deployable(now) is None]
        for one in group:
            later = (other for other in good if other.not_after > one.not_after)
            covering = (other for other in later if one.names and all(map(other.covers, one.names)))
            if (other := next(covering, None)) is not None:
                found[one.identifier] = other
    return found
