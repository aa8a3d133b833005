"""What earlier discoveries stored of a product's slots, for one that can tell that a slot is as it was.

So what is dear to read, or holds more than a discovery has to know, such as keys, is not read each time. An
adapter keeps a memo beside a slot: what tells its state then. It trusts a row that others may have written
until the period ends, and no longer; a deployment looks at the slot itself in any case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from shared.domain.resources import CloudResource


@dataclass(frozen=True)
class Kept:
    resource: CloudResource
    memo: str


class Known(Protocol):
    @property
    def period(self) -> str:
        """Changes now and then, when everything is to be read anew: part of each memo."""

    def within(self, start: str) -> Mapping[str, Kept]:
        """Slots with a memo, by resource id, whose ids begin so."""

    def keep(self, resource_id: str, memo: str) -> None:
        """Stored with the slot, if that is found."""


class _NothingKnown:
    """For whom no discovery has been: everything is read."""

    period = ""

    def within(self, start: str) -> Mapping[str, Kept]:
        return {}

    def keep(self, resource_id: str, memo: str) -> None:
        """Nobody stores it."""


NOTHING_KNOWN: Known = _NothingKnown()
