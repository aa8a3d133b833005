"""A certificate held against a slot and what is in place there: by the rules for what nobody looks at."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from shared.domain.ca_names import ca_key
from shared.domain.certificates import Certificate
from shared.domain.replacing import Exchange, Verdict, by_itself
from shared.domain.resources import CloudResource
from shared.domain.trust import standing_of
from tests.builders import NOW, a_certificate, a_resource, signed_by

NEW = a_certificate(7)
#: A lifetime of 90 days, whose last 7 are its last days.
OLD = a_certificate(1, not_before=NOW - timedelta(days=80), not_after=NOW + timedelta(days=10))


def ending(days: float) -> Certificate:
    return OLD.evolve(not_after=NOW + timedelta(days=days), not_before=NOW + timedelta(days=days - 90))


standing = partial(standing_of, public_roots=frozenset({ca_key("Public Root")}), now=NOW)


def exchanged(
    certificate: Certificate, present: Certificate | None, slot: CloudResource | None = None
) -> Exchange:
    before = standing(present) if present else None
    return Exchange(certificate, standing(certificate), slot or a_resource(), present, before, NOW)


def held(certificate: Certificate, present: Certificate | None, slot: CloudResource | None = None) -> Verdict:
    return by_itself(exchanged(certificate, present, slot))


PUBLIC, PRIVATE = signed_by("Public CA", "Public Root"), signed_by("Corp CA", "Corp Root")
