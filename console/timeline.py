"""The time line: which certificates end on which day, and how many slots serve them. Places in a drawing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log10
from typing import Final

from pydantic import AwareDatetime

from shared.domain.values import Wire
from shared.services.map import MappedSlot

DAYS: Final = 120
WIDTH, HEIGHT, _BASE, _LEFT = 960, 150, 118, 12
_LABEL: Final = 108  #: width of a label


class Ending(Wire):
    """Slots whose certificate, the same one, ends at the same time."""

    cert_identifier: str
    name: str  #: in CAS; "" if CAS does not know it
    at: AwareDatetime
    slots: int
    known_to_cas: bool


@dataclass(frozen=True)
class Mark:
    ending: Ending
    x: float
    top: float
    radius: float
    label: str  #: "" where there is no room


@dataclass(frozen=True)
class Tick:
    x: float
    day: datetime


@dataclass(frozen=True)
class Timeline:
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    base: int = _BASE


def endings_of(slots: Iterable[MappedSlot]) -> list[Ending]:
    """The first to end on top."""
    found: dict[tuple[str, datetime], list[MappedSlot]] = defaultdict(list)
    for slot in slots:
        if slot.cert_not_after is not None:
            found[slot.cert_identifier, slot.cert_not_after].append(slot)
    made = (
        Ending(
            cert_identifier=identifier,
            name=some[0].cert_name,
            at=at,
            slots=len(some),
            known_to_cas=some[0].known_to_cas,
        )
        for (identifier, at), some in found.items()
    )
    return sorted(made, key=lambda one: (one.at, one.cert_identifier))


def timeline_of(endings: Iterable[Ending], now: datetime, most: int = 200) -> Timeline:
    """Of what ends within 120 days; what has ended stands at its beginning."""
    marks: list[Mark] = []
    free_from = 0.0
    for one in sorted(list(endings)[:most], key=lambda one: one.at):
        x = _x(one.at, now)
        labelled = x >= free_from and x < WIDTH - _LABEL / 2
        free_from = x + _LABEL if labelled else free_from
        radius = 4 + 3 * log10(max(1, one.slots))
        name = (one.name or one.cert_identifier)[:16]
        marks.append(Mark(one, x, _BASE - 18 - 14 * log10(1 + one.slots), radius, name if labelled else ""))
    ticks = (Tick(_x(day, now), day) for day in (now + timedelta(days=30 * n) for n in range(5)))
    return Timeline(tuple(marks), tuple(ticks))


def _x(at: datetime, now: datetime) -> float:
    days = max(0.0, (at - now) / timedelta(days=1))
    return round(_LEFT + min(days, DAYS) / DAYS * (WIDTH - 2 * _LEFT), 1)
