"""CDN."""

from typing import Final

from bench.shares.alike import domains
from bench.shares.share import Share

LOOK_READS: Final = {"DescribeDomainCertificateInfo": 1, "DescribeCdnDomainConfigs": 1}
WRITE_CALLS: Final = {"SetCdnDomainSSLCertificate": 1}


def share(slots: int) -> Share:
    return domains("cdn", "DescribeUserDomains", 500, "DescribeDomainCertificateInfo", slots)
