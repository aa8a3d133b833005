"""Parses certificates from the lists of CAS 2020-04-07.

No field is sure to be in a row: what a list leaves out, the detail of the certificate may tell.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any, Final, TypeVar

from shared.cloud.reading import Fields
from shared.domain.certificate_names import Told, told_names
from shared.domain.certificates import Certificate, CertificateSource, CertificateStatus, ChainLink
from shared.errors import UnreadableAnswerError

Word = TypeVar("Word", CertificateSource, CertificateStatus)
_MS_FROM: Final = 10**11  #: larger numbers are ms; the unit is not documented
_LONGEST_CHAIN: Final = 8  #: that is kept; public ones have two or three
_NOT_YET: Final = frozenset({"checking", "inactive", "payed"})  #: states of an order, in lower case
#: what a deployment rests on
_NEEDED: Final = (
    *("CertificateSource", "CertificateStatus", "Algorithm", "ExistPrivateKey"),
    *("NotBefore", "NotAfter"),
)

_log = logging.getLogger("certdeploy.cas")


def certificate_of(
    row: Mapping[str, Any], store: str, known: Certificate | None = None
) -> Certificate | None:
    """From ListCertificates or GetCertificateDetail; what it does not tell is as `known`.

    None if it is not a certificate yet, or cannot be read. Words that are not known are `OTHER`.
    """
    told = _fields(row)
    try:
        return _read(told, store, known)
    except (UnreadableAnswerError, ValueError, OverflowError) as error:
        which, status = row.get("CertificateId"), row.get("CertificateStatus")
        facts = {"cert_id": which, "status": status, "reason": str(error)}
        _log.warning("CAS lists what is not a certificate we know", extra=facts)
        return None


def is_not_yet(row: Mapping[str, Any]) -> bool:
    """Whether it is an order that has not come to a certificate."""
    return str(row.get("CertificateStatus") or "").lower() in _NOT_YET


def lacks(row: Mapping[str, Any], known: Certificate | None) -> bool:
    """Whether neither a row nor what is known of it tells all that a deployment rests on."""
    if is_not_yet(row):
        return False
    untold = [name for name in _NEEDED if row.get(name) in (None, "")]
    if known is None:
        return bool(untold)
    return ("ExistPrivateKey" in untold and known.has_private_key is None) or (
        "CertificateSource" in untold and known.source is CertificateSource.OTHER
    )


def joined(row: Mapping[str, Any], detail: Mapping[str, Any]) -> Fields:
    """What a list tells of a certificate, and beside it what its detail does."""
    told = {name: row[name] for name in row if row[name] not in (None, "")}
    return Fields({"CertificateChainList": None, **detail, **told})


def certificate_of_order(row: Mapping[str, Any], store: str) -> Certificate | None:
    """From ListUserCertificateOrder with OrderType CERT, which has dates but no status and no key."""
    told = _fields(row)
    try:
        names = told_names((told.text("Sans") or told.text("CommonName")).split(","))
        return Certificate(
            cert_id=int(told.text("CertificateId")),
            store=store,
            name=told.text("Name"),
            source=CertificateSource.UPLOAD if told.flag("Upload") else CertificateSource.BUY,
            status=CertificateStatus.EXPIRED if told.flag("Expired") else CertificateStatus.ISSUED,
            names=names.names,
            other_names=names.other_names,
            algorithm="",
            has_private_key=None,
            fingerprint=_hex(told.text("Sha2") or told.text("Fingerprint")),
            serial=_hex(told.text("SerialNo")).lstrip("0"),
            issuer=told.text("Issuer"),
            organisation=_organisation(told),
            not_before=_day(told.text("StartDate")),
            not_after=_day(told.text("EndDate")),
        )
    except (UnreadableAnswerError, ValueError):
        facts = {"cert_id": row.get("CertificateId")}
        _log.warning("CAS lists among its orders what is not a certificate we know", extra=facts)
        return None


def _read(row: Fields, store: str, known: Certificate | None) -> Certificate:
    if is_not_yet(row):
        raise ValueError("not yet")
    source = _word(CertificateSource, row.text("CertificateSource"))
    status = _word(CertificateStatus, row.text("CertificateStatus"))
    has_key = None if row.get("ExistPrivateKey") == "" else row.flag("ExistPrivateKey")
    # The names that TLS clients check, or CAS's own list if they are missing.
    told = told_names(row.texts("SubjectAlternativeNames") or row.text("Domain").split(","))
    if told == Told() and known:
        told = Told(known.names, known.other_names)
    return Certificate(
        cert_id=int(row.text("CertificateId")),
        store=store,
        name=row.text("CertificateName"),
        source=source or (known.source if known else CertificateSource.OTHER),
        status=status or (known.status if known else CertificateStatus.OTHER),
        names=told.names,
        other_names=told.other_names,
        algorithm=row.text("Algorithm") or (known.algorithm if known else ""),
        key_size=row.number("KeySize") or (known.key_size if known else None),
        has_private_key=known.has_private_key if has_key is None and known else has_key,
        fingerprint=_hex(row.text("FingerPrint")) or (known.fingerprint if known else ""),
        serial=_hex(row.text("Serial")).lstrip("0") or (known.serial if known else ""),
        issuer=row.text("Issuer") or (known.issuer if known else ""),
        organisation=_organisation(row) or (known.organisation if known else ""),
        chain=_chain(row, known.chain if known else None),
        level=known.level if known else None,
        not_before=_moment(row, "NotBefore", known.not_before if known else None),
        not_after=_moment(row, "NotAfter", known.not_after if known else None),
    )


def _chain(row: Fields, known: tuple[ChainLink, ...] | None) -> tuple[ChainLink, ...] | None:
    """The lists tell none. One that cannot be read is as one that is not told."""
    if row.keys().isdisjoint({"CertificateChainList"}):
        return known
    try:
        links = row.rows("CertificateChainList")[:_LONGEST_CHAIN]
        return tuple(_link(link) for link in links) or known or ()
    except (UnreadableAnswerError, ValueError, OverflowError) as error:
        facts = {"cert_id": row.get("CertificateId"), "reason": str(error)}
        _log.warning("a chain that cannot be read is taken for unknown", extra=facts)
        return known or ()


def _link(row: Fields) -> ChainLink:
    end = row.number("NotAfter")
    return ChainLink(
        subject=row.needed("Subject"),
        issuer=row.needed("Issuer"),
        not_after=None if end is None else _time(end),
    )


def _organisation(row: Fields) -> str:
    """The name that the older list has, or the number that the detail has; DV certificates have none."""
    # The newer list has neither. Of both the name, or the row would change from one reading to the next.
    for name in sorted(row.keys() & {"OrgName", "CompanyId"}, reverse=True):
        with suppress(UnreadableAnswerError):
            if (told := row.text(name).strip()) not in ("", "0"):
                return told
    return ""


def _word(words: type[Word], text: str) -> Word | None:
    """None where nothing is told; `OTHER` for a word that is not known."""
    if not text:
        return None
    by_word = {str(one.value).lower(): one for one in words}
    return by_word.get(text.lower()) or words("other" if words is CertificateStatus else "OTHER")


def _fields(row: Mapping[str, Any]) -> Fields:
    return row if isinstance(row, Fields) else Fields(row)


def _hex(text: str) -> str:
    return text.replace(":", "").replace(" ", "").lower()


def _moment(row: Fields, name: str, known: datetime | None) -> datetime:
    number = row.number(name)
    if number is None:
        if known is None:
            raise row.source.below(name).unreadable("it is missing")
        return known
    return _time(number)


def _time(number: int) -> datetime:
    return datetime.fromtimestamp(number / 1000 if number > _MS_FROM else number, timezone.utc)


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=timezone.utc)
