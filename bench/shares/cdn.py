"""CDN."""

from bench.shares.alike import domains
from bench.shares.share import Share


def share(slots: int) -> Share:
    return domains("cdn", "DescribeUserDomains", 500, "DescribeDomainCertificateInfo", slots)
