"""Read CAS, store the certificates, and announce those that are new or about to expire.

CAS publishes no event when a certificate is issued, so the events come from comparing CAS with the table.
"""

from contextlib import suppress
from datetime import timedelta

from shared.cloud.cas import Listing
from shared.domain.certificates import Certificate, CertificateRecord
from shared.domain.events import CertificateExpiring, CertificateIssued
from shared.domain.values import Wire
from shared.errors import ConflictError
from shared.services.unseen import Unseen
from shared.services.world import World


class ScanResult(Wire):
    certificates: int = 0
    issued: tuple[str, ...] = ()
    expiring: tuple[str, ...] = ()


def scan_certificates(world: World) -> ScanResult:
    """Bring the table up to date with every CAS store, and publish events for what changed.

    A store is read completely before anything is written. The first complete scan of a store is the
    baseline: its certificates are stored without Certificate:Issued.
    """
    issued: list[str] = []
    expiring: list[str] = []
    count, unseen = 0, Unseen(world)
    for store in world.policy.stores:
        known = {record.certificate.cert_id: record for record in world.certificates.list(store)}
        listed = world.cas(store).listing({cert_id: one.certificate for cert_id, one in known.items()})
        count += len(listed.certificates)
        baseline = world.scans.has_baseline(store)
        for record in _remember(world, known, listed, handled=not baseline):
            certificate, now = record.certificate, world.clock()
            open_ = not record.issued_handled or unseen.opened(record.issued_unseen)
            if open_ and certificate.why_not_deployable(now) is None:
                _announce_issued(world, certificate)
                issued.append(certificate.identifier)
            left = certificate.not_after - now
            threshold = _threshold(record, left.days, world.policy.expiring_days, unseen)
            if threshold is not None and left > timedelta():  # otherwise it has expired
                _announce_expiring(world, certificate, threshold, left.days)
                expiring.append(certificate.identifier)
        if not baseline:
            world.scans.set_baseline(store, world.clock())
    return ScanResult(certificates=count, issued=tuple(issued), expiring=tuple(expiring))


def _remember(
    world: World, known: dict[int, CertificateRecord], listed: Listing, *, handled: bool
) -> list[CertificateRecord]:
    """What is not listed any more is forgotten, but only by a list that is complete."""
    records = []
    for certificate in listed.certificates:
        record = known.pop(certificate.cert_id, None)
        if record is None:
            record = CertificateRecord(certificate=certificate, issued_handled=handled)
        elif record.certificate == certificate:
            records.append(record)
            continue
        record = record.evolve(certificate=certificate)
        with suppress(ConflictError):  # another scan wrote it; the next scan looks again
            records.append(world.certificates.save(record))
    gone = known.keys() - listed.ids if listed.complete else ()
    for record in (known[cert_id] for cert_id in gone):  # deleted from CAS
        with suppress(ConflictError):
            world.certificates.delete(record)
    return records


def _announce_issued(world: World, certificate: Certificate) -> None:
    """Publish at every scan until the certificate has been planned for, with the same event id."""
    world.events.publish(
        CertificateIssued(cert_identifier=certificate.identifier),
        id=f"issued-{certificate.identifier}",
        subject=f"Certificate/{certificate.identifier}",
    )


def _announce_expiring(world: World, certificate: Certificate, threshold: int, days_left: int) -> None:
    """Publish at every scan until it has been handled, with one event id per threshold."""
    world.events.publish(
        CertificateExpiring(
            cert_identifier=certificate.identifier, days_left=days_left, threshold_days=threshold
        ),
        id=f"expiring-{certificate.identifier}-{threshold}",
        subject=f"Certificate/{certificate.identifier}",
    )


def _threshold(
    record: CertificateRecord, days_left: int, days: tuple[int, ...], unseen: Unseen
) -> int | None:
    """The smallest threshold passed, in days; None if there is none or it has been handled.

    One that was handled but for parts that nobody could read is told again when one of these can be.
    """
    handled = record.expiring_handled_days
    passed = min((threshold for threshold in days if days_left < threshold), default=None)
    if passed is None or handled is None or passed < handled:
        return passed
    return passed if unseen.opened(record.expiring_unseen) else None
