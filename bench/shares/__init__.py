"""So many slots of one product as a part of an estate, and the calls that listing them cannot do without."""

from bench.shares import balancers, compute, edge
from bench.shares.share import REGIONS, STORE, Share, certificates
from shared.domain.resources import CloudProduct

__all__ = ["REGIONS", "STORE", "Share", "certificates", "share", "shared_products"]

_MAKERS = {**balancers.MAKERS, **compute.MAKERS, **edge.MAKERS}


def shared_products() -> list[CloudProduct]:
    return sorted(_MAKERS)


def share(product: CloudProduct, slots: int) -> Share:
    """Exactly `slots` of them, several to a load balancer, gateway, bucket, where there are such things."""
    return _MAKERS[product](slots)
