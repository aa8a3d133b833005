"""Live."""

from typing import Final

from bench.shares.alike import domains
from bench.shares.share import Share

LOOK_READS: Final = {"DescribeLiveDomainCertificateInfo": 1, "DescribeLiveDomainConfigs": 1}
WRITE_CALLS: Final = {"SetLiveDomainCertificate": 1}


def share(slots: int) -> Share:
    return domains("live", "DescribeLiveUserDomains", 50, "DescribeLiveDomainCertificateInfo", slots)
