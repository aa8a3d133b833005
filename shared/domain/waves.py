"""Waves of a job: some slots first, as canaries; the rest when these are proved and somebody allows it."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from shared.domain.values import Stored, Wire

ONE: Final = "one"
PER_PRODUCT: Final = "per-product"
_PART: Final = re.compile(r"([1-9]\d?)%", re.ASCII)
LONGEST_PAUSE: Final = 7 * 24 * 60.0  #: minutes: a wave that is forgotten for longer is no roll-out any more


def _canary(text: str) -> str:
    if text not in (ONE, PER_PRODUCT) and not _PART.fullmatch(text):
        raise ValueError(f"{text!r} is none of {ONE}, {PER_PRODUCT} and a part of the slots such as 10%")
    return text


Canary = Annotated[str, AfterValidator(_canary)]


def part_of(canary: str) -> int | None:
    """Of `10%` the 10; None of the others."""
    found = _PART.fullmatch(canary)
    return int(found[1]) if found else None


class AskedWaves(Wire):
    """`canaries`: each is a wave; what they leave is the last one. None: all slots at once.

    The next wave begins when the one before has ended, by itself after `pause_minutes`, or with `approval` as
    soon as somebody lets it. What a listener serves is in one wave, so one may have some more slots.
    """

    canaries: Annotated[tuple[Canary, ...], Field(max_length=5)] = ()
    pause_minutes: Annotated[float, Field(ge=0, le=LONGEST_PAUSE)] = 0.0
    approval: bool = False
    #: More than this part of the slots of the waves that have begun failed: what is left is not begun.
    halt_at_percent: Annotated[float, Field(ge=0, lt=100)] = 0.0


class Waves(AskedWaves, Stored):
    """Of a job."""


def of_job(asked: AskedWaves | None) -> Waves | None:
    """None: it is done at once."""
    return Waves(**dict(asked)) if asked and asked.canaries else None
