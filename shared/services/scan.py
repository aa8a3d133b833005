"""Read CAS, store the certificates, and announce those that are new or about to expire.

CAS publishes no event when a certificate is issued, so the events come from comparing CAS with the table.
"""

import logging
from contextlib import suppress

from shared.cloud.cas import Listing
from shared.domain.accounts import account_of
from shared.domain.certificates import Certificate, CertificateRecord
from shared.domain.events import CertificateExpiring, CertificateIssued
from shared.domain.moments import whole_days
from shared.domain.values import Wire
from shared.errors import AppError, CloudError, ConflictError
from shared.services.baseline import as_found, is_baseline
from shared.services.changes import Changes, Ending
from shared.services.discovered import every_slot
from shared.services.drift import Drifting, tell_drift
from shared.services.levels import Places, with_levels
from shared.services.measures import SlotsSeen, log_measures
from shared.services.policies import ReadPolicies, policies_of
from shared.services.strangers import look_after_strangers
from shared.services.unseen import Unseen
from shared.services.world import World
from shared.state.scans import Unread

log = logging.getLogger("certdeploy.scan")


class ScanResult(Wire):
    """`levels_unread`: by store, why the levels of what CAS has sold are not known.

    `unread`: by store, why the CAS of another account could not be read.
    """

    certificates: int = 0
    issued: tuple[str, ...] = ()
    expiring: tuple[str, ...] = ()
    levels_unread: dict[str, str] = {}
    unread: dict[str, str] = {}


def scan_certificates(world: World) -> ScanResult:
    """Bring the table up to date with every CAS store, and publish events for what changed.

    A store is read completely before anything is written. The first complete scan of a store is the
    baseline: of its certificates only those are announced whose end must be told. One that cannot be
    read does not keep the others from being read; another account that cannot be read is told of as its
    state, and holds up nothing but what is in it.
    """
    found: list[ScanResult] = []
    failures: list[AppError] = []
    unread: dict[str, str] = {}
    unseen, policies, places = Unseen(world), policies_of(world), Places(world)
    for home in world.policy.homes:
        try:
            found.append(_scan(world, home, unseen, policies, places))
        except AppError as error:
            if account_of(home):
                unread[home] = _tell_unread(world, home, error)
            else:
                failures.append(error)
    if failures:  # what is in such a store may be unknown for that reason alone
        raise failures[0]
    shut = {account_of(home) for home in unread}
    drifting, counted = Drifting(), SlotsSeen(world)
    seen = (record for record in every_slot(world) if record.resource.account not in shut)
    look_after_strangers(world, policies, drifting.among(counted.among(seen)))
    log_measures(counted.measured(world))
    tell_drift(world, drifting)
    return ScanResult(
        certificates=sum(one.certificates for one in found),
        issued=tuple(identifier for one in found for identifier in one.issued),
        expiring=tuple(identifier for one in found for identifier in one.expiring),
        levels_unread={home: why for one in found for home, why in one.levels_unread.items()},
        unread=unread,
    )


def _tell_unread(world: World, home: str, error: AppError) -> str:
    why = Unread(reason=str(error), code=error.code, at=world.clock())
    log.warning("CAS of another account could not be read", extra={"store": home, "reason": why.reason})
    world.scans.failed(home, why)
    return why.reason


def _scan(world: World, home: str, unseen: Unseen, policies: ReadPolicies, places: Places) -> ScanResult:
    known = {record.certificate.cert_id: record for record in world.certificates.list(home)}
    listed = world.cas(home).listing({cert_id: one.certificate for cert_id, one in known.items()})
    baseline = is_baseline(world, home)
    records = _remember(world, known, listed, policies if baseline else None)
    if not baseline:  # then no slot is known yet
        records = with_levels(world, records, places)
    changes = Changes.among(world, records, unseen, policies)
    for new in changes.issued:
        _announce_issued(world, new.certificate)
    for one in changes.ending:
        _announce_expiring(world, one)
    if baseline:
        world.scans.set_baseline(home, world.clock())
    world.scans.scanned(home, world.clock())
    why = _tell_levels_unread(world, home, listed.levels_unread) if listed.levels_unread else ""
    return ScanResult(
        certificates=len(listed.certificates),
        issued=tuple(new.certificate.identifier for new in changes.issued),
        expiring=tuple(one.certificate.identifier for one in changes.ending),
        levels_unread={home: why} if why else {},
    )


def _tell_levels_unread(world: World, home: str, error: CloudError) -> str:
    """It holds nothing up: names have to do. Logged once, and kept with the scan."""
    if world.scans.why_levels_unread(home) is None:
        log.warning("levels of what CAS has sold are not known", extra={"store": home, "reason": str(error)})
    why = Unread(reason=str(error), code=error.code, at=world.clock())
    world.scans.levels_unread(home, why)
    return why.reason


def _remember(
    world: World, known: dict[int, CertificateRecord], listed: Listing, baseline: ReadPolicies | None
) -> list[CertificateRecord]:
    """What is not listed any more is forgotten, but only by a list that is complete.

    `baseline`: by what all of it is, if it is the baseline.
    """
    records = []
    for certificate in listed.certificates:
        stored = known.pop(certificate.cert_id, None)
        record = stored or CertificateRecord(certificate=certificate)
        record = record.evolve(certificate=record.certificate.as_told_by(certificate))
        if baseline:
            record = as_found(world, record, baseline)
        if record == stored:
            records.append(record)
            continue
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


def _announce_expiring(world: World, ending: Ending) -> None:
    """Publish at every scan until it has been handled, with one event id per threshold."""
    identifier, threshold = ending.certificate.identifier, ending.threshold_days
    world.events.publish(
        CertificateExpiring(
            cert_identifier=identifier, days_left=whole_days(ending.left), threshold_days=threshold
        ),
        id=f"expiring-{identifier}-{threshold:g}",
        subject=f"Certificate/{identifier}",
    )
