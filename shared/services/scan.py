"""Read CAS, remember what is there, and announce what is new or near its end.

CAS publishes no event when a certificate is issued, so the comparison with the table is the source of it.
"""

from datetime import datetime

from shared.domain.certificates import Certificate, CertificateRecord
from shared.domain.events import CertificateExpiring, CertificateIssued
from shared.domain.values import Wire
from shared.errors import ConflictError
from shared.services.world import World


class ScanResult(Wire):
    certificates: int = 0
    issued: tuple[str, ...] = ()
    expiring: tuple[str, ...] = ()


def scan_certificates(world: World) -> ScanResult:
    """Bring the table up to date with every CAS store, and publish events for what changed.

    A store is read completely before anything is written. What the first complete scan of a store
    finds is no news: it is remembered without Certificate:Issued.
    """
    issued: list[str] = []
    expiring: list[str] = []
    count = 0
    for store in world.policy.stores:
        listed = list(world.cas(store).list_certificates())
        count += len(listed)
        baseline = world.scans.has_baseline(store)
        for record in _remember(world, store, listed, handled=not baseline):
            if _announce_issued(world, record):
                issued.append(record.certificate.identifier)
            if _announce_expiring(world, record):
                expiring.append(record.certificate.identifier)
        if not baseline:
            world.scans.set_baseline(store, world.clock())
    return ScanResult(certificates=count, issued=tuple(issued), expiring=tuple(expiring))


def _remember(
    world: World, store: str, listed: list[Certificate], *, handled: bool
) -> list[CertificateRecord]:
    known = {record.certificate.cert_id: record for record in world.certificates.list(store)}
    records = []
    for certificate in listed:
        record = known.pop(certificate.cert_id, None)
        if record is None:
            record = CertificateRecord(certificate=certificate, issued_handled=handled)
        elif record.certificate == certificate:
            records.append(record)
            continue
        record = record.model_copy(update={"certificate": certificate})
        try:
            records.append(world.certificates.save(record))
        except ConflictError:
            continue  # another scan is at it; the next tick looks again
    for record in known.values():  # deleted from CAS
        try:
            world.certificates.delete(record)
        except ConflictError:
            continue
    return records


def _announce_issued(world: World, record: CertificateRecord) -> bool:
    """Announced at every scan until it has been planned for, under the same event id."""
    certificate = record.certificate
    if record.issued_handled or certificate.why_not_deployable(world.clock()) is not None:
        return False
    world.events.publish(
        CertificateIssued(cert_identifier=certificate.identifier),
        id=f"issued-{certificate.identifier}",
        subject=f"Certificate/{certificate.identifier}",
    )
    return True


def _announce_expiring(world: World, record: CertificateRecord) -> bool:
    """Announced at every scan until it has been dealt with, once for each warning time."""
    certificate, now = record.certificate, world.clock()
    threshold = _threshold(certificate, now, world.policy.expiring_days)
    told = record.expiring_handled_days
    if threshold is None or (told is not None and told <= threshold):
        return False
    world.events.publish(
        CertificateExpiring(
            cert_identifier=certificate.identifier,
            days_left=_days_left(certificate, now),
            threshold_days=threshold,
        ),
        id=f"expiring-{certificate.identifier}-{threshold}",
        subject=f"Certificate/{certificate.identifier}",
    )
    return True


def _days_left(certificate: Certificate, now: datetime) -> int:
    return (certificate.not_after - now).days


def _threshold(certificate: Certificate, now: datetime, days: tuple[int, ...]) -> int | None:
    """The smallest threshold that has been passed; None if none was, or if it is all over."""
    left = _days_left(certificate, now)
    passed = [threshold for threshold in days if left < threshold]
    return min(passed) if passed and certificate.not_after > now else None
