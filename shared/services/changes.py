"""What has happened to the certificates that no automatic plan has dealt with."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from shared.domain.certificates import Certificate, CertificateRecord
from shared.domain.warning_times import is_last_look, looked_at, warning_times
from shared.services.policies import ReadPolicies
from shared.services.unseen import EVERYTHING, Unseen
from shared.services.world import World

_LONGEST_NAME = 63  #: of a job, as CAS has it


@dataclass(frozen=True)
class Issued:
    record: CertificateRecord
    parts: tuple[str, ...]  #: where it is to be planned for; see `Unseen`

    @property
    def certificate(self) -> Certificate:
        return self.record.certificate


@dataclass(frozen=True)
class Ending:
    record: CertificateRecord
    parts: tuple[str, ...]
    threshold_days: float  #: the warning time that has passed
    left: timedelta
    warns: bool  #: False: not a warning time, but the beginning of its last days
    last: bool  #: nobody looks again by itself

    @property
    def certificate(self) -> Certificate:
        return self.record.certificate

    @property
    def told(self) -> bool:
        """Whether a plan has dealt with this warning time, but for parts that had to wait."""
        handled = self.record.expiring_handled_days
        return handled is not None and handled <= self.threshold_days


AChange = TypeVar("AChange", Issued, Ending)


@dataclass(frozen=True)
class Changes:
    issued: Sequence[Issued]
    ending: Sequence[Ending]

    @classmethod
    def among(
        cls, world: World, records: Iterable[CertificateRecord], unseen: Unseen, policies: ReadPolicies
    ) -> "Changes":
        now = world.clock()
        issued: list[Issued] = []
        ending: list[Ending] = []
        for record in records:
            certificate = record.certificate
            parts = record.issued_unseen if record.issued_handled else EVERYTHING
            asked = certificate.chain is not None  # else the next scan asks for it, before it is weighed
            if asked and unseen.opened(parts) and certificate.why_not_deployable(now) is None:
                issued.append(Issued(record, parts))
            left = certificate.not_after - now
            days = policies.warning_days(certificate)
            passed = looked_at(certificate, now, days)
            if passed is None:
                continue  # once it has expired, its last one has: nobody may have looked since the one before
            warns = record.only_told or passed in warning_times(certificate, days)
            last = is_last_look(certificate, passed, days)
            found = Ending(record, EVERYTHING, passed, left, warns, last)
            found = replace(found, parts=record.expiring_unseen) if found.told else found
            if unseen.opened(found.parts):
                ending.append(found)
        return cls(issued, ending)

    def __bool__(self) -> bool:
        return bool(self.issued or self.ending)

    def with_records(self, stored: Mapping[str, CertificateRecord]) -> "Changes":
        """The same, with records that have been stored since, by identifier."""

        def now(one: AChange) -> AChange:
            return replace(one, record=stored.get(one.certificate.identifier, one.record))

        return Changes([now(one) for one in self.issued], [now(one) for one in self.ending])

    @property
    def origin(self) -> str:
        """The same for the same changes, however often they are planned for."""
        issued = [f"issued-{one.certificate.identifier}" for one in self.issued]
        ending = [f"expiring-{one.certificate.identifier}-{one.threshold_days:g}" for one in self.ending]
        keys = sorted(issued) + sorted(ending)
        if len(keys) == 1:
            return keys[0]
        return f"changes-{hashlib.sha256(repr(keys).encode()).hexdigest()[:16]}"

    @property
    def name(self) -> str:
        """For people."""
        issued = [f"{one.certificate.name} issued" for one in self.issued]
        first, *rest = issued + [f"{one.certificate.name} expiring" for one in self.ending]
        more = f", {len(rest)} more" if rest else ""
        return first[: _LONGEST_NAME - len(more)] + more
