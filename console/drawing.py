"""Drawings in places, of which templates make SVG: a bar in parts, the map of certificates and slots."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

ROWS: Final = 120  #: of a drawing; a longer one nobody reads
_ROW, _TOP, _WIDTH = 24, 20, 960
_CERTIFICATE, _SLOT = 300, 560  #: where lines begin and end


@dataclass(frozen=True)
class Part:
    kind: str
    count: int
    x: float
    width: float


def bar(counts: Mapping[str, int], width: float = 240.0) -> list[Part]:
    """A part for each, as wide as it is large; none is so small that it cannot be seen."""
    total = sum(counts.values())
    parts: list[Part] = []
    x = 0.0
    for kind, count in counts.items():
        if count:
            wide = max(3.0, count / total * width)
            parts.append(Part(kind, count, round(x, 1), round(min(wide, width - x), 1)))
            x += wide
    return parts


@dataclass(frozen=True)
class Line:
    """From a certificate to a slot. `kind`: serves; by-itself: it goes there without being asked for; could:
    by hand; left: it covers the slot and does not go there; bare: the slot serves none."""

    certificate: str
    slot: str
    kind: str
    why: str = ""


@dataclass(frozen=True)
class Place:
    key: str
    label: str
    y: float


@dataclass(frozen=True)
class Drawn:
    certificates: tuple[Place, ...]
    slots: tuple[Place, ...]
    lines: tuple[tuple[Line, float, float], ...]  #: with both heights
    left_out: int  #: slots
    height: int
    width: int = _WIDTH
    start: int = _CERTIFICATE
    end: int = _SLOT


def drawn(lines: Iterable[Line], labels: Mapping[str, str]) -> Drawn:
    """Certificates on the left, each at the middle of its slots, which stand on the right."""
    lines = list(lines)
    slots = list(dict.fromkeys(one.slot for one in lines))
    shown = {slot: _TOP + number * _ROW for number, slot in enumerate(slots[:ROWS])}
    kept = [one for one in lines if one.slot in shown]
    middles: dict[str, list[int]] = {}
    for one in kept:
        middles.setdefault(one.certificate, []).append(shown[one.slot])
    heights: dict[str, float] = {}
    free = float(_TOP)
    for key in sorted(middles, key=lambda key: sum(middles[key]) / len(middles[key])):
        heights[key] = max(free, sum(middles[key]) / len(middles[key]))
        free = heights[key] + _ROW
    bottom = max([_TOP, *shown.values(), *heights.values()])
    return Drawn(
        certificates=tuple(Place(key, labels.get(key, key), y) for key, y in heights.items()),
        slots=tuple(Place(slot, labels.get(slot, slot), y) for slot, y in shown.items()),
        lines=tuple((one, heights[one.certificate], shown[one.slot]) for one in kept),
        left_out=len(slots) - len(shown),
        height=int(bottom) + _TOP,
    )
