"""Read CAS, remember what is there, and announce what is new or near its end.

CAS publishes no event when a certificate is issued, so the comparison with the table is the source of it.
"""

from contextlib import suppress
from datetime import timedelta

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
        listed = world.cas(store).list_certificates()
        count += len(listed)
        baseline = world.scans.has_baseline(store)
        for record in _remember(world, store, listed, handled=not baseline):
            certificate, now = record.certificate, world.clock()
            if not record.issued_handled and certificate.why_not_deployable(now) is None:
                _announce_issued(world, certificate)
                issued.append(certificate.identifier)
            left = certificate.not_after - now
            threshold = _threshold(record, left.days, world.policy.expiring_days)
            if threshold is not None and left > timedelta():  # else it is all over
                _announce_expiring(world, certificate, threshold, left.days)
                expiring.append(certificate.identifier)
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
        record = record.evolve(certificate=certificate)
        with suppress(ConflictError):  # another scan is at it; the next tick looks again
            records.append(world.certificates.save(record))
    for record in known.values():  # deleted from CAS
        with suppress(ConflictError):
            world.certificates.delete(record)
    return records


def _announce_issued(world: World, certificate: Certificate) -> None:
    """At every scan until it has been planned for, under the same event id."""
    world.events.publish(
        CertificateIssued(cert_identifier=certificate.identifier),
        id=f"issued-{certificate.identifier}",
        subject=f"Certificate/{certificate.identifier}",
    )


def _announce_expiring(world: World, certificate: Certificate, threshold: int, days_left: int) -> None:
    """At every scan until it has been dealt with, under one event id for each warning time."""
    world.events.publish(
        CertificateExpiring(
            cert_identifier=certificate.identifier, days_left=days_left, threshold_days=threshold
        ),
        id=f"expiring-{certificate.identifier}-{threshold}",
        subject=f"Certificate/{certificate.identifier}",
    )


def _threshold(record: CertificateRecord, days_left: int, days: tuple[int, ...]) -> int | None:
    """The smallest threshold that has been passed; None if none was, or if it has been dealt with."""
    told = record.expiring_handled_days
    passed = min((threshold for threshold in days if days_left < threshold), default=None)
    return passed if passed is not None and (told is None or passed < told) else None
