"""What to list, and in which order: of the slots, and of the certificates."""

from enum import Enum
from typing import Annotated

from pydantic import Field

from shared.domain.resources import CloudProduct
from shared.domain.values import Wire

#: From now on; what has ended is within any span.
Days = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class SlotOrder(str, Enum):
    SLOT = "slot"  #: by product, region and id
    EXPIRES = "expires"  #: the first to end on top; those whose end is not known come last
    REGION = "region"
    INSTANCE = "instance"
    NAMES = "names"
    CERTIFICATE = "certificate"


class CertificateOrder(str, Enum):
    EXPIRES = "expires"
    NAME = "name"
    ID = "id"


class ListResources(Wire):
    """Slots for which everything holds that is given; of several values for one field, one has to fit.

    In `instances` and `domains` `*` stands for any text, `?` for any character; case does not matter.
    """

    products: tuple[CloudProduct, ...] = ()
    accounts: tuple[str, ...] = ()  #: by number; "-": the installation's own
    regions: tuple[str, ...] = ()  #: of the slot, or of its instance; "-": products without regions
    instances: tuple[str, ...] = ()  #: id or name
    domains: tuple[str, ...] = ()  #: a name of the slot, such as `*.example.com` for all below it
    certificate: str = ""  #: in place: its id, or its identifier as it is shown
    ends_within_days: Days | None = None  #: of the certificate in place
    uncovered: bool = False  #: no certificate of CAS that can be deployed covers all of its names
    unknown_to_cas: bool = False  #: CAS does not know the certificate in place
    drifted: bool = False  #: it does not carry any more what the last job put there
    without_certificate: bool = False  #: also list slots without a certificate
    sort: SlotOrder = SlotOrder.SLOT
    reverse: bool = False
    offset: Annotated[int, Field(ge=0)] = 0  #: leave out so many of them, which are counted all the same
    limit: Annotated[int, Field(ge=1)] | None = None  #: at most so many; an answer of a function holds 6 MB


class ShowStatus(Wire):
    """What needs a hand. `ends_within_days`: also each slot whose certificate ends within it."""

    ends_within_days: Days | None = None
    max_age_days: Days = 1.0  #: of the last scan and discovery


class ListCertificates(Wire):
    """Certificates for which everything holds that is given. `domains` and `names` as in ListResources."""

    domains: tuple[str, ...] = ()  #: one of its names
    names: tuple[str, ...] = ()  #: its name in CAS
    accounts: tuple[str, ...] = ()  #: as in ListResources
    stores: tuple[str, ...] = ()
    ends_within_days: Days | None = None
    deployable: bool | None = None  #: whether CAS would deploy it; None: both
    unused: bool = False  #: no slot serves it
    sort: CertificateOrder = CertificateOrder.EXPIRES
    reverse: bool = False
