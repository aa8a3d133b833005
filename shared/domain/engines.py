"""Who carries a job out: this system by the products' own APIs, or CAS by a deployment job of its own.

CAS's words for products are those of `CloudProduct`. Its API has none for ACK, ESA and PAI, and others for
AWS (the vendor's page on ListCloudResources): slots of these are deployed directly, whatever was chosen.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Final, Protocol, TypeVar

from shared.domain.resources import CloudProduct, CloudResource


class Engine(str, Enum):
    DIRECT = "direct"
    CAS = "cas"


_NOT_BY_CAS: Final = frozenset({CloudProduct.ACK, CloudProduct.AWS, CloudProduct.ESA, CloudProduct.PAI})


class _OfSlot(Protocol):
    @property
    def resource(self) -> CloudResource: ...


Row = TypeVar("Row", bound=_OfSlot)


def engine_of(chosen: Engine, product: CloudProduct) -> Engine:
    """Who deploys to a product in a job for which `chosen` was."""
    return Engine.DIRECT if product in _NOT_BY_CAS else chosen


def by_cas(product: CloudProduct) -> bool:
    """Whether CAS's own jobs know the product."""
    return engine_of(Engine.CAS, product) is Engine.CAS


def deployed_directly(chosen: Engine, rows: Iterable[Row]) -> list[Row]:
    """Those that this system deploys itself: only they are of its own quota."""
    return [row for row in rows if engine_of(chosen, row.resource.product) is Engine.DIRECT]
