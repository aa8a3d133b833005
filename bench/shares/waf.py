"""WAF."""

from typing import Final

from bench.shares.alike import SIDES, halves
from bench.shares.share import OLD, Share, names, pages

LOOK_READS: Final = {"DescribeDomainDetail": 1}
WRITE_CALLS: Final = {"ModifyDomainCert": 1}
RESOURCE_PRODUCTS: Final = ("ecs", "clb4", "clb7", "nlb", "alb")


def share(slots: int) -> Share:
    """The list has no certificates. Its greatest page is not published; 50 is sure to be taken.

    Resources of other products are listed product by product; there are none.
    """
    counts = halves(slots)
    rows = [
        {
            "region": side,
            "default": OLD[0],
            "domains": [{"domain": name, "certificate": OLD[0]} for name in names(f"w{side}-", count - 1)],
        }
        for side, count in zip(SIDES, counts, strict=True)
        if count
    ]
    floor = {
        "DescribeInstance": len(SIDES),
        "DescribeDomains": sum(pages(count - 1, 50) for count in counts if count),
        "DescribeDomainDetail": slots - len(rows),
        "DescribeDefaultHttps": len(rows),
        "DescribeCloudResources": len(RESOURCE_PRODUCTS) * len(rows),
    }
    return Share(slots, {"waf": rows}, floor, SIDES)
