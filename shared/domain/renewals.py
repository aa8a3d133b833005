"""The line of renewals that a certificate stands in: those for the same names with the same kind of key."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from shared.domain.certificates import Certificate


class Line(NamedTuple):
    """`before`: those that end earlier, the last of them on top. `after`: those that end later, the next of
    them on top.
    """

    before: tuple[Certificate, ...]
    after: tuple[Certificate, ...]


def line_of(certificate: Certificate, known: Iterable[Certificate]) -> Line:
    """The others of `known` in its line, within its account. Who has issued them does not matter.

    The same certificate in another store is neither before it nor after it. Of one that is reissued with
    its end the start decides. A certificate for nothing stands in no line.
    """
    names = _names(certificate)
    own = _span(certificate)
    alike = [
        one
        for one in known
        if any(names)
        and one.account == certificate.account
        and one.algorithm == certificate.algorithm
        and _names(one) == names
    ]
    alike.sort(key=lambda one: (*_span(one), one.cert_id))
    before = [one for one in alike if _span(one) < own]
    return Line(tuple(reversed(before)), tuple(one for one in alike if _span(one) > own))


def _names(certificate: Certificate) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(certificate.names), frozenset(certificate.other_names)


def _span(certificate: Certificate) -> tuple[datetime, datetime]:
    return certificate.not_after, certificate.not_before
