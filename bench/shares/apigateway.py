"""API Gateway: groups, and cloud-native gateways."""

from typing import Final

from bench.shares.alike import DOMAINS, gateway_rows
from bench.shares.share import REGIONS, Share, chunks, listed, pages

LOOK_READS: Final = {"DescribeApiGroup": 0.5, "DescribeDomain": 0.5, "GetDomain": 0.5, "ListDomains": 0.5}
WRITE_CALLS: Final = {"GetUserCertificateDetail": 0.5, "SetDomainCertificate": 0.5, "UpdateDomain": 0.5}


def share(slots: int) -> Share:
    """Half of them on each kind. A group tells its domains, not their certificates.

    A cloud-native domain is told in its region's list, where it is served only in its gateway's.
    """
    groups, gateways = chunks((slots + 1) // 2, DOMAINS), chunks(slots // 2, DOMAINS)
    floor = {
        # and once in each region: cloud-native gateways are in regions where groups are not
        "DescribeRegions": 1 + len(REGIONS),
        "DescribeApiGroups": listed([1] * len(groups), 50),
        "DescribeApiGroup": len(groups),
        "DescribeDomain": sum(groups),
        "ListGateways": listed([1] * len(gateways), 50),
        "ListDomains": listed(gateways, 50) + sum(pages(count, 50) for count in gateways),
    }
    rows = {"apigateway": gateway_rows("classic", groups), "apig": gateway_rows("native", gateways)}
    return Share(slots, rows, floor)
