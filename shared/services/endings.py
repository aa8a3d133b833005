"""Slots by the end of their certificate: expired, left alone, late, or to be replaced in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from shared.domain.certificates import Certificate
from shared.domain.replacing import FRONTED
from shared.domain.warning_times import passed_time, passed_time_of_end, warning_times
from shared.services.map import MappedSlot
from shared.services.policies import ReadPolicies, policies_of
from shared.services.world import World


class _Nearness(Enum):
    FAR = "far"
    FIRST = "first warning time"  #: it has passed, and no other one
    NEAR = "near"  #: another one has passed since


@dataclass(frozen=True)
class Endings:
    """`late`: something would replace it by itself, and has not since the warning time before last."""

    expired: list[MappedSlot]
    left_alone: list[MappedSlot]
    late: list[MappedSlot]
    in_time: list[MappedSlot]

    @classmethod
    def of(cls, world: World, slots: Iterable[MappedSlot], within: timedelta | None) -> "Endings":
        """`within`: what ends within it is near; None: by the warning times, as policies set them."""
        found = cls([], [], [], [])
        nearness = _Ends(world, within)
        slots = list(slots)
        there = {slot.slot for slot in slots}
        for slot in slots:
            if slot.cert_not_after is None or slot.follows in there:  # the one that it follows stands for it
                continue
            near = nearness.of(slot)
            if slot.cert_not_after <= nearness.now:
                found.expired.append(slot)
            elif near is not _Nearness.FAR and _fronted(slot):
                found.in_time.append(slot)
            elif near is not _Nearness.FAR and not _replaced(slot):
                found.left_alone.append(slot)
            elif near is _Nearness.NEAR:
                found.late.append(slot)
            elif near is _Nearness.FIRST:
                found.in_time.append(slot)
        return found


def _replaced(slot: MappedSlot) -> bool:
    """Whether an automatic plan would put another certificate there."""
    return bool(slot.best_cert_identifier) and slot.best_cert_identifier != slot.cert_identifier


def _fronted(slot: MappedSlot) -> bool:
    """Whether it waits only because CDN is in front of it: it is replaced in its last days."""
    return slot.kept_away is not None and slot.kept_away.rule == FRONTED


class _Ends:
    """Warning times are found once for each certificate."""

    def __init__(self, world: World, within: timedelta | None) -> None:
        self.now = world.clock()
        self._within = within
        self._policies: ReadPolicies = policies_of(world)
        self._known: dict[str, Certificate] = {
            record.certificate.identifier: record.certificate
            for home in world.policy.homes
            for record in world.certificates.list(home)
        }
        self._found: dict[tuple[str, datetime], _Nearness] = {}

    def of(self, slot: MappedSlot) -> _Nearness:
        ends = slot.cert_not_after or datetime.max.replace(tzinfo=self.now.tzinfo)
        if self._within is not None:
            return _Nearness.NEAR if ends - self.now <= self._within else _Nearness.FAR
        certificate = self._known.get(slot.cert_identifier)
        if certificate is None:
            days = self._policies.warning_days_at(slot)
            passed = passed_time_of_end(ends, self.now, days)
            return _Nearness.FAR if passed is None else _Nearness.NEAR
        key = certificate.identifier, ends
        if key not in self._found:
            self._found[key] = self._of_known(certificate)
        return self._found[key]

    def _of_known(self, certificate: Certificate) -> _Nearness:
        days = self._policies.warning_days(certificate)
        passed = passed_time(certificate, self.now, days)
        if passed is None:
            return _Nearness.FAR
        return _Nearness.FIRST if passed == warning_times(certificate, days)[0] else _Nearness.NEAR
