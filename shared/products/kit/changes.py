"""What a slot is to carry, and what its product shows of it: the values between the loop and the adapters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from shared.domain.certificates import Certificate
from shared.domain.jobs import HalfMade
from shared.domain.resources import CloudResource
from shared.errors import CloudError

Settings = Mapping[str, Any]  #: JSON values, no secrets: they are stored with the worker


class Carries(str, Enum):
    EXPECTED = "expected"  #: what `resource` says, so that nothing is written yet
    BETWEEN = "between"  #: our own change, half made
    WANTED = "wanted"
    OTHER = "other"


@dataclass(frozen=True)
class Undone:
    """What a rollback takes back, as far as it came."""

    identifier: str  #: the certificate that was to be in place
    half_made: tuple[HalfMade, ...]

    @property
    def freed(self) -> str:
        """The certificate, if it was taken off to become this slot's: it belongs beside it."""
        return self.identifier if HalfMade.FREED in self.half_made else ""


@dataclass(frozen=True)
class Change:
    """A slot that is to carry another certificate."""

    resource: CloudResource  #: with the certificate that is expected in place
    wanted: Certificate | None  #: None: none again, after a first deployment
    begun: bool = False  #: an attempt, this or an earlier one, came to the point of writing
    before: Settings | None = None  #: the settings before the first write; None: none to compare
    lost: tuple[str, ...] = ()  #: what the write cost, in words: it is being taken back
    half_made: tuple[HalfMade, ...] = ()  #: or begun to be, by this or an earlier attempt
    undoes: Undone | None = None
    #: certificates that other slots of the writer had, and what the job has put there instead, or may have
    moved: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] | None = None  #: what else was told before the first write; None: nothing seen


@dataclass(frozen=True)
class Look:
    """One slot as the product shows it."""

    carries: Carries
    slot: CloudResource  #: as it is now; one that is named by its certificate has a new name
    settled: bool = True  #: the product has finished its last change
    settings: Settings | None = None  #: what a write might touch and should not; None: nothing to compare
    failed: CloudError | None = None  #: the product says so of its last change
    stage: str = ""  #: tells the steps of an exchange apart that takes several
    leaves: HalfMade | None = None  #: what the next write has half made, until the one after it
    #: the slot as it is with the wanted certificate, which we put beside the one that is still in place
    added: CloudResource | None = None
    #: what else the product tells of it, as digests by field: what differs after a write is told, not undone
    others: Mapping[str, str] | None = None
    #: what else the adapter read, for its own next write: stored nowhere
    held: Any = field(default=None, repr=False, compare=False)

    @property
    def progress(self) -> tuple[Carries, str]:
        return self.carries, self.stage


def carrying(change: Change, identifier: str) -> Carries:
    """What it means that the slot carries the certificate of this identifier ("" = none)."""
    wanted = change.wanted.identifier if change.wanted else ""
    if identifier == wanted:
        return Carries.WANTED
    return Carries.EXPECTED if identifier == change.resource.cert_identifier else Carries.OTHER
