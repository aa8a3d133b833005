"""Parses certificates from the lists of CAS 2020-04-07."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any, Final

from shared.domain.certificates import Certificate, CertificateSource, CertificateStatus
from shared.domain.names import normalize

_MS_FROM: Final = 10**11  #: larger numbers are ms; the unit is not documented

_log = logging.getLogger(__name__)


def certificate_of(row: Mapping[str, Any], store: str) -> Certificate | None:
    """From ListCertificates or GetCertificateDetail.

    None if it is not a certificate yet, or of a type unknown in April 2026.
    """
    cert_id, source, status = (
        row.get(name) for name in ("CertificateId", "CertificateSource", "CertificateStatus")
    )
    try:
        return Certificate(
            cert_id=int(str(cert_id)),
            store=store,
            name=row.get("CertificateName") or "",
            source=CertificateSource(source),
            status=CertificateStatus(status),
            names=_names(row.get("SubjectAlternativeNames") or (row.get("Domain") or "").split(",")),
            algorithm=row.get("Algorithm") or "",
            has_private_key=row.get("ExistPrivateKey", True),
            fingerprint=_hex(row.get("FingerPrint")),
            serial=_hex(row.get("Serial")).lstrip("0"),
            issuer=row.get("Issuer") or "",
            not_before=_moment(row["NotBefore"]),
            not_after=_moment(row["NotAfter"]),
        )
    except (KeyError, ValueError):
        _log.warning("CAS lists %s as %s, %s: not a certificate we know", cert_id, source, status)
        return None


def certificate_of_order(row: Mapping[str, Any], store: str) -> Certificate | None:
    """From ListUserCertificateOrder with OrderType CERT, which has dates but no status and no key."""
    try:
        return Certificate(
            cert_id=int(row["CertificateId"]),
            store=store,
            name=row.get("Name") or "",
            source=CertificateSource.UPLOAD if row.get("Upload") else CertificateSource.BUY,
            status=CertificateStatus.EXPIRED if row.get("Expired") else CertificateStatus.ISSUED,
            names=_names((row.get("Sans") or row.get("CommonName") or "").split(",")),
            algorithm="",
            has_private_key=None,
            fingerprint=_hex(row.get("Fingerprint")),
            serial=_hex(row.get("SerialNo")).lstrip("0"),
            issuer=row.get("Issuer") or "",
            not_before=_day(row["StartDate"]),
            not_after=_day(row["EndDate"]),
        )
    except (KeyError, ValueError):
        _log.warning("CAS lists %s among its orders: not a certificate we know", row.get("CertificateId"))
        return None


def _names(written: list[str]) -> tuple[str, ...]:
    """The names that TLS clients check, or CAS's own list if they are missing."""
    names: tuple[str, ...] = ()
    for text in written:
        with suppress(ValueError):  # empty, or an e-mail address, for example
            names += (normalize(text),)
    return names


def _hex(value: object) -> str:
    return str(value or "").replace(":", "").replace(" ", "").lower()


def _moment(value: object) -> datetime:
    number = int(str(value))
    return datetime.fromtimestamp(number / 1000 if number > _MS_FROM else number, timezone.utc)


def _day(value: object) -> datetime:
    return datetime.strptime(str(value), "%Y-%m-%d").replace(tzinfo=timezone.utc)
