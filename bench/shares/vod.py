"""VOD."""

from typing import Final

from bench.shares.alike import domains
from bench.shares.share import Share

LOOK_READS: Final = {"DescribeVodDomainCertificateInfo": 1, "DescribeVodDomainConfigs": 1}
WRITE_CALLS: Final = {"SetVodDomainSSLCertificate": 1}


def share(slots: int) -> Share:
    return domains("vod", "DescribeVodUserDomains", 50, "DescribeVodDomainCertificateInfo", slots)
