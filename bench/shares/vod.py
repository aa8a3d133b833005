"""VOD."""

from bench.shares.alike import domains
from bench.shares.share import Share


def share(slots: int) -> Share:
    return domains("vod", "DescribeVodUserDomains", 50, "DescribeVodDomainCertificateInfo", slots)
