"""What came before a certificate and after it, and whether that still serves anywhere."""

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import AwareDatetime

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.renewals import Line
from shared.domain.values import Wire

_SHOWN: Final = 20  #: of each side; and those that serve, however many there are


class Renewal(Wire):
    """Another certificate for the same names with the same kind of key."""

    cert_identifier: str
    name: str
    source: CertificateSource
    not_before: AwareDatetime
    not_after: AwareDatetime
    serving: int  #: slots where it is in place


class Renewals(Wire):
    """Of what CAS still has. The nearest are on top."""

    before: tuple[Renewal, ...] = ()  #: ends earlier
    more_before: int = 0  #: that are left out: further away, and in place nowhere
    after: tuple[Renewal, ...] = ()  #: ends later
    more_after: int = 0


def renewals_of(line: Line, slots: Mapping[str, int]) -> Renewals:
    """`slots`: how many serve each of the line, by identifier."""
    before, after = (_shown(side, slots) for side in line)
    return Renewals(
        before=before,
        more_before=len(line.before) - len(before),
        after=after,
        more_after=len(line.after) - len(after),
    )


def _shown(side: Sequence[Certificate], slots: Mapping[str, int]) -> tuple[Renewal, ...]:
    return tuple(
        Renewal(
            cert_identifier=one.identifier,
            name=one.name,
            source=one.source,
            not_before=one.not_before,
            not_after=one.not_after,
            serving=slots.get(one.identifier, 0),
        )
        for place, one in enumerate(side)
        if place < _SHOWN or slots.get(one.identifier)
    )
