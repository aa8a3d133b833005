"""Levels of validation that names do not tell: remembered of what is uploaded, asked of what is in place.

CAS tells the level of what it has sold. Of any other certificate names tell at most that its CA has checked
the organisation (OV); whether it has by the stricter rules (EV), only the certificate itself tells.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Final

from shared.domain.accounts import parted
from shared.domain.certificates import Certificate, CertificateRecord, CertificateSource, CertificateStatus
from shared.domain.levels import Evidence, Level, Validation
from shared.domain.resources import CloudResource
from shared.domain.trust import Trust
from shared.errors import AppError, ConflictError
from shared.services.discovered import every_slot
from shared.services.verify import server_names
from shared.services.world import World
from shared.validation.bundles import CertificateBundle

log = logging.getLogger("certdeploy.levels")
_AGAIN: Final = timedelta(minutes=30)  #: where no place told it
_AT_ONCE: Final = 5  #: certificates that are asked for in one scan
_PLACES: Final = 2  #: that are asked for one of them
_SPARE_S: Final = 120.0  #: for the rest of a scan; a handshake takes up to 20 s, and may be made twice


class Places:
    """Where certificates are served, of the last discovery; read when it is asked for."""

    def __init__(self, world: World) -> None:
        self._world = world

    def of(self, certificate: Certificate) -> Sequence[CloudResource]:
        return self._by_certificate.get(certificate.identifier, ())

    @cached_property
    def _by_certificate(self) -> Mapping[str, Sequence[CloudResource]]:
        found: dict[str, list[CloudResource]] = defaultdict(list)
        for record in every_slot(self._world):
            slot = record.resource
            there = found[slot.cert_identifier]
            if slot.endpoint and len(there) < _PLACES and not self._world.policy.why_barred(slot):
                there.append(slot)
        return found


def with_levels(
    world: World, records: Iterable[CertificateRecord], places: Places
) -> list[CertificateRecord]:
    """As they are; those whose level only the certificate itself tells with it, where it is served."""
    now, left = world.clock(), _AT_ONCE
    found: list[CertificateRecord] = []
    for record in records:
        last = record.level_asked_at
        due = last is None or now >= last + _AGAIN or last > now
        if due and left and _may_be_more(world, record.certificate):
            left -= bool(places.of(record.certificate))
            level = _told(world, record.certificate, places.of(record.certificate))
            record = record.evolve(level_asked_at=now)
            if level is not None:
                record = record.evolve(certificate=record.certificate.evolve(level=level))
            try:
                record = world.certificates.save(record)
            except ConflictError:  # another scan wrote it; the next scan looks again
                log.info("a level was not stored", extra={"cert_id": record.certificate.cert_id})
        found.append(record)
    return found


def _may_be_more(world: World, certificate: Certificate) -> bool:
    """Whether it may be an EV certificate, which is told like an OV one."""
    standing = world.standing(certificate)
    only_names = standing.validation is Validation.OV and standing.validation_by is Evidence.OWNER
    return only_names and standing.trust is Trust.PUBLIC


def _told(world: World, certificate: Certificate, places: Sequence[CloudResource]) -> Level | None:
    """Whatever a server does, the scan goes on."""
    for slot in places:
        for name in server_names(slot)[:1]:
            if world.left_s() < _SPARE_S:
                return None
            try:
                level = world.probe(slot.endpoint, name, certificate).level
            except Exception:
                log.exception("a place could not be asked for a level", extra={"slot": slot.slot})
                continue
            if level and level.validation is not Validation.UNKNOWN:
                return level
    return None


def remember(world: World, identifier: str, bundle: CertificateBundle, new_name: str = "") -> None:
    """The level of a certificate that CAS has, whose PEM is at hand; CAS never tells it.

    `new_name`: of one that has just been added, which a scan finds later. It is no error if it cannot be
    stored, as on a stack: once the certificate is in place, that is asked.
    """
    if bundle.level.validation is Validation.UNKNOWN:
        return
    try:
        stored = world.certificates.find(identifier)
        if stored is None and not new_name:
            return
        record = stored or CertificateRecord(certificate=_as_uploaded(identifier, new_name, bundle))
        record = record.evolve(certificate=record.certificate.evolve(level=bundle.level))
        if record != stored:
            world.certificates.save(record)
    except AppError as error:
        log.warning("a level was not stored", extra={"certificate": identifier, "reason": str(error)})


def _as_uploaded(identifier: str, name: str, bundle: CertificateBundle) -> Certificate:
    cert_id, _, home = identifier.partition("-")
    account, store = parted(home)
    return Certificate(
        cert_id=int(cert_id),
        store=store,
        account=account,
        name=name,
        source=CertificateSource.UPLOAD,
        status=CertificateStatus.ISSUED,
        names=bundle.names,
        other_names=bundle.other_names,
        algorithm=bundle.algorithm,
        key_size=bundle.key_size,
        fingerprint=bundle.sha1,
        serial=bundle.serial,
        issuer=bundle.issuer,
        chain=bundle.chain,
        not_before=bundle.not_before,
        not_after=bundle.not_after,
    )
