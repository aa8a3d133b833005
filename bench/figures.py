"""Figures: what was measured, beside what no way can do better than, and the one table that shows them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any, Final

from rich.text import Text

from cli import output
from cli.tables import Table

_LEEWAY: Final = 1.1  #: times vary from run to run; a ratio beyond its goal by more than that fails the run


class Verdict(str, Enum):
    HOLDS = "yes"
    NEARLY = "nearly"  #: beyond the goal by a tenth at most
    MISSED = "no"
    SHOWN = ""  #: without a goal


_STYLES: Final = {
    Verdict.HOLDS: "green",
    Verdict.NEARLY: "yellow",
    Verdict.MISSED: "bold red",
    Verdict.SHOWN: "",
}


@dataclass(frozen=True)
class Figure:
    """One number of this run. `floor`: nothing can be less, or a base that `note` names."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    goal: float | None = None  #: the largest ratio that is good; None: the figure is shown only
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Value to floor; of a floor that is zero, 1 or infinite."""
        if self.floor is None:
            return None
        if self.floor == 0:
            return 1.0 if self.value == 0 else math.inf
        return self.value / self.floor

    @property
    def verdict(self) -> Verdict:
        if self.ratio is None or self.goal is None:
            return Verdict.SHOWN
        if self.ratio <= self.goal:
            return Verdict.HOLDS
        return Verdict.NEARLY if self.ratio <= self.goal * _LEEWAY else Verdict.MISSED


Parts = Mapping[str, Iterable[Figure]]  #: what was measured, in parts by name


def good(parts: Parts) -> bool:
    return not any(one.verdict is Verdict.MISSED for figures in parts.values() for one in figures)


def as_rows(parts: Parts) -> list[dict[str, Any]]:
    """For JSON, which has no infinity: such a ratio is null, and its verdict tells."""
    return [
        {
            "part": part,
            **asdict(one),
            "ratio": one.ratio if one.ratio is not None and math.isfinite(one.ratio) else None,
            "verdict": one.verdict.value,
        }
        for part, figures in parts.items()
        for one in figures
    ]


def as_table(parts: Parts) -> Table:
    made = output.table(
        "Figure", "Value", "Floor", "Ratio", "Goal", "Holds", "Note",
        wrap=("Figure", "Note"), right=("Value", "Floor", "Ratio", "Goal"),
    )  # fmt: skip
    for part, figures in parts.items():
        output.row(made, Text(part, "bold"))
        for one in figures:
            output.row(
                made,
                f"  {one.name}",
                f"{number(one.value)} {one.unit}".rstrip(),
                number(one.floor),
                number(one.ratio),
                number(one.goal),
                Text(one.verdict.value, _STYLES[one.verdict]),
                one.note,
            )
    return made


def number(value: float | None) -> str:
    """Three digits that count, or all before the point."""
    if value is None:
        return ""
    if not math.isfinite(value):
        return "∞"
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"
