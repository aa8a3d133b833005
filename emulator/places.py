"""A place that holds one server certificate, as CAS's own deployment jobs see it.

CAS puts certificates there with a role of its own: no right of the account's users is asked, no call logged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True)
class Place:
    """`put` raises ApiError, in the product's own words, where it refuses the certificate."""

    product: str  #: CAS's word: "CDN", "ALB"
    region: str  #: "" where the product has one for all
    domain: str  #: several are joined by commas: of a listener, those of the certificate in place [guess]
    in_place: str  #: identifier in CAS; "" for none, or one that CAS does not have
    put: Callable[[str], None] = field(compare=False)  #: takes an identifier
    instance_id: str = ""
    listener_id: str = ""  #: `lsn-…@443`
    port: int = 0
    default: bool = True  #: of a listener

    @property
    def resource_id(self) -> int:
        """The same as long as the place is there, whatever it carries."""
        names = "" if self.listener_id and self.default else self.domain
        words = self.product, self.region, self.instance_id, self.listener_id, str(self.default), names
        return 10_000_000 + int(sha256("/".join(words).encode()).hexdigest()[:7], 16)

    @property
    def names(self) -> list[str]:
        return [name for name in self.domain.split(",") if name]
