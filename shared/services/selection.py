"""Choose from the map what somebody asks for, and count what matters in it. Pure: a walk over the slots."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from fnmatch import translate
from typing import Any, Final

from shared.domain.certificates import Certificate
from shared.domain.names import in_letters
from shared.domain.queries import CertificateOrder, ListCertificates, ListResources, SlotOrder
from shared.domain.values import Wire
from shared.services.map import MappedSlot

SOON: Final = 30.0  #: days within which an end counts as near where nothing else is asked for
_WILD: Final = frozenset("*?[")
_NOTHING: Final = "(?!)"  #: fits no word
_NEVER: Final = datetime.max.replace(tzinfo=timezone.utc)
NO_REGION: Final = "-"


class SlotCounts(Wire):
    """Of the slots that are listed."""

    slots: int = 0
    expired: int = 0  #: the certificate in place has ended
    ending: int = 0  #: it ends within `ending_days`
    ending_days: float = SOON
    uncovered: int = 0
    unknown_to_cas: int = 0
    without_certificate: int = 0
    drifted: int = 0  #: they do not carry any more what the last job put there
    not_seen: int = 0  #: the last discovery could not tell whether it is still there


class SlotList(Wire):
    resources: tuple[MappedSlot, ...]
    counts: SlotCounts
    left_out: int = 0  #: others that fit, but have no certificate


def is_uncovered(slot: MappedSlot) -> bool:
    """Whether no deployable certificate covers it; of a slot whose names are not known nobody can tell."""
    return bool(slot.domains) and not slot.best_cert_identifier and slot.kept_away is None


def is_unknown(slot: MappedSlot) -> bool:
    """Whether it has a certificate that CAS does not know."""
    return bool(slot.cert_identifier) and not slot.known_to_cas


def is_drifted(slot: MappedSlot) -> bool:
    return slot.drifted_from is not None


def select_slots(slots: Iterable[MappedSlot], query: ListResources, now: datetime) -> SlotList:
    """In one walk, then sorted."""
    fits = _tests(query, now)
    found = [slot for slot in slots if all(test(slot) for test in fits)]
    bare = query.without_certificate or query.drifted  # one may have been taken off
    listed = [one for one in found if one.cert_identifier or bare]
    listed.sort(key=_SLOT_KEYS[query.sort], reverse=query.reverse)
    days = SOON if query.ends_within_days is None else query.ends_within_days
    return SlotList(
        resources=tuple(_page(listed, query)),
        counts=count(listed, now, days),
        left_out=len(found) - len(listed),
    )


def _page(listed: list[MappedSlot], query: ListResources) -> list[MappedSlot]:
    end = None if query.limit is None else query.offset + query.limit
    return listed[query.offset : end]


def count(slots: Iterable[MappedSlot], now: datetime, days: float = SOON) -> SlotCounts:
    soon = _until(days, now)
    total = expired = ending = uncovered = unknown = drifted = bare = not_seen = 0
    for slot in slots:  # one walk: pages count all of them
        total += 1
        if (end := slot.cert_not_after) is not None:
            expired += end <= now
            ending += now < end <= soon
        uncovered += is_uncovered(slot)
        unknown += is_unknown(slot)
        drifted += is_drifted(slot)
        bare += not slot.cert_identifier
        not_seen += slot.not_seen_since is not None
    return SlotCounts(
        slots=total,
        expired=expired,
        ending=ending,
        ending_days=days,
        uncovered=uncovered,
        unknown_to_cas=unknown,
        drifted=drifted,
        without_certificate=bare,
        not_seen=not_seen,
    )


def select_certificates(
    certificates: Iterable[Certificate], query: ListCertificates, used: frozenset[str], now: datetime
) -> list[Certificate]:
    """`used`: identifiers that slots serve."""
    by_domain, by_name = any_of(query.domains), any_of(query.names)
    until = None if query.ends_within_days is None else _until(query.ends_within_days, now)

    def fits(one: Certificate) -> bool:
        return (
            (not query.stores or one.store in query.stores)
            and (not query.accounts or (one.account or NO_REGION) in query.accounts)
            and (by_domain is None or any(map(by_domain, spellings(one.names))))
            and (by_name is None or by_name(one.name))
            and (until is None or one.not_after <= until)
            and query.deployable in (None, one.why_not_deployable(now) is None)
            and not (query.unused and one.identifier in used)
        )

    found = [one for one in certificates if fits(one)]
    return sorted(found, key=_CERTIFICATE_KEYS[query.sort], reverse=query.reverse)


def serves(slot: MappedSlot, certificate: str) -> bool:
    """`certificate`: an id, in any store; an identifier; or the beginning of one that is shown shortened."""
    text, place = certificate.strip(), slot.cert_identifier
    if ":" in text:
        return place.startswith(text.rstrip("…"))
    return place == text or (text.isdecimal() and place.partition("-")[0] == text)


def _tests(query: ListResources, now: datetime) -> list[Callable[[MappedSlot], bool]]:
    """What has to hold of a slot; nothing for what is not asked for."""
    products, regions = frozenset(query.products), frozenset(query.regions)
    by_instance, by_domain = any_of(query.instances), any_of(query.domains)
    until = _until(query.ends_within_days or 0.0, now)

    def instance(slot: MappedSlot) -> bool:
        return by_instance is None or by_instance(slot.instance_id) or by_instance(slot.instance_name)

    def domain(slot: MappedSlot) -> bool:
        return by_domain is None or any(map(by_domain, spellings(slot.domains)))

    def ends(slot: MappedSlot) -> bool:
        return slot.cert_not_after is not None and slot.cert_not_after <= until

    asked: list[tuple[object, Callable[[MappedSlot], bool]]] = [
        (products, lambda slot: slot.product in products),
        (query.accounts, lambda slot: (slot.account or NO_REGION) in query.accounts),
        (regions, lambda slot: not regions.isdisjoint((slot.region or NO_REGION, slot.location))),
        (query.certificate, lambda slot: serves(slot, query.certificate)),
        (query.uncovered, is_uncovered),
        (query.unknown_to_cas, is_unknown),
        (query.drifted, is_drifted),
        (by_instance, instance),
        (by_domain, domain),
        (query.ends_within_days is not None, ends),
    ]
    return [test for wanted, test in asked if wanted]


def any_of(patterns: Iterable[str]) -> Callable[[str], bool] | None:
    """None: there are no patterns. What is empty fits none of them.

    Thousands of names are as quick as one.
    """
    words = {one.strip().casefold() for one in patterns}
    if not words:
        return None
    names = frozenset(one for one in words if not is_pattern(one))
    match = re.compile("|".join(map(translate, words - names)) or _NOTHING).match
    return lambda text: bool(text) and ((word := text.casefold()) in names or match(word) is not None)


def is_pattern(word: str) -> bool:
    """Whether it may fit other words than itself."""
    return not _WILD.isdisjoint(word)


def _until(days: float, now: datetime) -> datetime:
    try:
        return now + timedelta(days=days)
    except OverflowError:
        return _NEVER


def spellings(names: Iterable[str]) -> Iterable[str]:
    """Each name as it is compared, and as people read it."""
    for name in names:
        yield name
        if "xn--" in name:
            yield in_letters(name)


_SLOT_KEYS: Final[dict[SlotOrder, Callable[[MappedSlot], Any]]] = {
    SlotOrder.SLOT: lambda one: one.slot,
    SlotOrder.EXPIRES: lambda one: (one.cert_not_after or _NEVER, one.slot),
    SlotOrder.REGION: lambda one: (one.region, one.slot),
    SlotOrder.INSTANCE: lambda one: (one.instance_name or one.instance_id, one.slot),
    SlotOrder.NAMES: lambda one: (one.domains, one.slot),
    SlotOrder.CERTIFICATE: lambda one: (one.cert_identifier, one.slot),
}
_CERTIFICATE_KEYS: Final[dict[CertificateOrder, Callable[[Certificate], Any]]] = {
    CertificateOrder.EXPIRES: lambda one: (one.not_after, one.cert_id),
    CertificateOrder.NAME: lambda one: (one.name, one.cert_id),
    CertificateOrder.ID: lambda one: (one.cert_id, one.store),
}
