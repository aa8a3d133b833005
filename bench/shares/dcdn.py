"""DCDN."""

from typing import Final

from bench.shares.alike import domains
from bench.shares.share import Share

LOOK_READS: Final = {"DescribeDcdnDomainCertificateInfo": 1, "DescribeDcdnDomainConfigs": 1}
WRITE_CALLS: Final = {"SetDcdnDomainSSLCertificate": 1}


def share(slots: int) -> Share:
    return domains("dcdn", "DescribeDcdnUserDomains", 500, "DescribeDcdnDomainCertificateInfo", slots)
