"""Live."""

from bench.shares.alike import domains
from bench.shares.share import Share


def share(slots: int) -> Share:
    return domains("live", "DescribeLiveUserDomains", 50, "DescribeLiveDomainCertificateInfo", slots)
