"""Which certificates may be deleted: those that nothing needs any more, and nothing could still need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.replacing import kin
from shared.domain.resources import ResourceRecord
from shared.domain.states import WorkerStatus
from shared.domain.trust import Standing

USUAL_GRACE: Final = timedelta(days=30)
#: A worker that ended so has written nothing: what was in place before it is no way back of it.
_UNTOUCHED: Final = (WorkerStatus.CANCELLED,)


@dataclass
class Uses:
    """What slots and jobs need, by what identifies a certificate."""

    slots: dict[str, list[str]] = field(default_factory=dict)  #: by identifier, and by fingerprint
    ends: dict[datetime, str] = field(default_factory=dict)  #: of slots whose certificate CAS does not know
    jobs: dict[str, str] = field(default_factory=dict)  #: why, by identifier

    def of_slot(self, record: ResourceRecord, known: Mapping[str, Certificate]) -> None:
        resource, placed = record.resource, record.placed
        present = known.get(resource.cert_identifier)
        names = {resource.cert_identifier, present.fingerprint if present else ""}
        if placed is not None:  # somebody may put back what was there
            names |= {placed.cert_identifier, placed.fingerprint}
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
                for identifier in both:
                    self.jobs.setdefault(identifier, f"job {job.job_id} is at work with it")
            elif before is not None and worker.status not in _UNTOUCHED and _ended(worker, kept_until):
                why = f"job {job.job_id} may be rolled back to it"
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
    slots = uses.slots.get(certificate.identifier, []) + uses.slots.get(certificate.fingerprint, [])
    if slots:
        more = f" and {len(set(slots)) - 1} more" if len(set(slots)) > 1 else ""
        return f"{min(slots)}{more} serves it, or is to"
    if slot := uses.ends.get(certificate.not_after):
        return f"{slot} serves a certificate with the same end that CAS does not know"
    if why := uses.jobs.get(certificate.identifier):
        return why
    if certificate.not_after <= now - grace:
        return ""
    if certificate.not_before > now - grace:
        return f"it has been valid for less than {grace.days} days, and may be meant for something"
    return "" if successor else "nothing else in CAS covers all of its names and ends later"


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
