"""Certificates that products keep beside CAS: stores that listeners take theirs from, pools of an edge."""

from pydantic import AwareDatetime

from shared.domain.accounts import OWN, within
from shared.domain.resources import CloudProduct
from shared.domain.values import Wire


class StoredCertificate(Wire):
    """One certificate in a product's own store, as the product tells of it now."""

    product: CloudProduct
    account: str = OWN
    region: str = ""
    kind: str = ""  #: as of a slot, where the product has several
    stored_id: str  #: where it is a slot, that slot's resource id
    name: str = ""
    cert_identifier: str  #: as a slot that carries it is said to carry
    not_after: AwareDatetime | None = None
    put_at: AwareDatetime | None = None  #: when it came there, if the product tells
    put_as: str = ""  #: the identifier under which this system put it there; "": somebody else may have
    is_slot: bool = False  #: it is served by being there, and deployed to in place
    kept: str = ""  #: why it is to stay, as the product shows it: what uses it, or who renews it

    @property
    def area(self) -> str:
        """Its region within its account."""
        return within(self.account, self.region)

    @property
    def place(self) -> str:
        """Unique among all; of one that is a slot, the slot."""
        return f"{self.product.value}/{self.area or '-'}/{self.stored_id}"
