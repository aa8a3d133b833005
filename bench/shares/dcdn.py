"""DCDN."""

from bench.shares.alike import domains
from bench.shares.share import Share


def share(slots: int) -> Share:
    return domains("dcdn", "DescribeDcdnUserDomains", 500, "DescribeDcdnDomainCertificateInfo", slots)
