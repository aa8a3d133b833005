"""What a clean-up comes to, for each certificate."""

from enum import Enum

from pydantic import AwareDatetime

from shared.domain.stored import StoredCertificate
from shared.domain.values import Wire


class Fate(str, Enum):
    DELETE = "delete"
    KEEP = "keep"
    DELETED = "deleted"
    KEPT = "kept"  #: by the product, or since something has changed
    FAILED = "failed"


class Cleaned(Wire):
    """A certificate of CAS."""

    cert_identifier: str
    name: str
    names: tuple[str, ...]
    not_after: AwareDatetime
    fate: Fate
    reason: str


class CleanedStored(Wire):
    """A certificate in a product's own store."""

    stored: StoredCertificate
    fate: Fate
    reason: str


class CleanUp(Wire):
    unsure: tuple[str, ...] = ()  #: why nothing may be deleted at all
    unread: tuple[
        str, ...
    ] = ()  #: stores of products, or parts of them, that could not be read, each with why
    certificates: tuple[Cleaned, ...] = ()  #: those that go on top, as below
    stored: tuple[CleanedStored, ...] = ()

    @property
    def to_delete(self) -> tuple[str, ...]:
        return tuple(one.cert_identifier for one in self.certificates if one.fate is Fate.DELETE)

    @property
    def stored_to_delete(self) -> tuple[str, ...]:
        """Their places."""
        return tuple(one.stored.place for one in self.stored if one.fate is Fate.DELETE)
