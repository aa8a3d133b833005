"""Drift: a slot does not carry any more what the last job put there, and no job of ours changed it.

Nothing is stored but what was put there: a slot that is put right has not drifted from that moment on.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from shared.domain.certificates import Certificate
from shared.domain.resources import ResourceRecord

#: Lists of some products show a change minutes later: what was seen before that tells nothing.
_SHOWN_AFTER: Final = timedelta(minutes=15)


def may_have_drifted(record: ResourceRecord) -> bool:
    """By what the row tells alone; `has_drifted` asks CAS's copies, too."""
    placed = record.placed
    if placed is None or record.seen_at < placed.at + _SHOWN_AFTER:
        return False
    return placed.cert_identifier != record.resource.cert_identifier


def has_drifted(record: ResourceRecord, find: Callable[[str], Certificate | None]) -> bool:
    """`find`: a certificate of CAS by its identifier.

    Another copy of the same certificate is no drift. Nor is it one that CAS has deleted since: the product
    may tell it otherwise then, and its end is what is left to compare.
    """
    placed = record.placed
    if placed is None or not may_have_drifted(record):
        return False
    there = record.resource.cert_identifier
    if not placed.cert_identifier or not there:
        return True
    if known := find(there):
        return not placed.fingerprint or known.fingerprint != placed.fingerprint
    return record.resource.cert_not_after is None or record.resource.cert_not_after != placed.not_after


def heir(gone: ResourceRecord, others: list[ResourceRecord]) -> ResourceRecord | None:
    """The additional slot of the same listener that serves a name of one that is gone: who replaced its
    certificate by hand has made a slot of another name. None: it was taken off, or another job's is there.
    """
    names = set(gone.resource.domains)
    for one in sorted(others, key=lambda record: record.resource.slot):
        beside = one.resource.place == gone.resource.place and one.resource.role is gone.resource.role
        if beside and one.placed is None and not names.isdisjoint(one.resource.domains):
            return one
    return None
