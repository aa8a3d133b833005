"""SAE: routing rules on load balancers."""

from collections import Counter
from typing import Final

from bench.shares.alike import LISTENER_SLOTS
from bench.shares.share import OLD, REGIONS, Share, chunks, home, pages

LOOK_READS: Final = {"DescribeIngress": 1, "DescribeServerCertificates": 0.25}
WRITE_CALLS: Final = {"UpdateIngress": 1, "UploadServerCertificate": 0.25}


def share(slots: int) -> Share:
    """Rules on ALB have several certificates, on CLB one, of the store of its region.

    Rules are listed by namespace; where their load balancers are is told by these, asked for by name.
    """
    rules = [
        (kind, count)
        for both in chunks(slots, LISTENER_SLOTS + 1)
        for kind, count in (("alb", both - 1), ("clb", 1))
        if count
    ]
    rows = []
    homes: Counter[tuple[str, str]] = Counter()
    for index, (kind, count) in enumerate(rules):
        region = home(index // 2)
        rule = {"name": f"sae-{index}", "region": region, "balancer": kind}
        rows.append({**rule, "certificates": list(OLD[:count])})
        homes[kind, region] += 1
    floor = {
        "DescribeRegions": 1,
        "DescribeNamespaceList": len(REGIONS),
        "ListIngresses": sum(pages(homes["alb", r] + homes["clb", r], 100) for r in REGIONS),
        "ListLoadBalancers": sum(pages(homes["alb", r], 20) for r in REGIONS if homes["alb", r]),
        "DescribeLoadBalancers": sum(pages(homes["clb", r], 10) for r in REGIONS if homes["clb", r]),
        "DescribeServerCertificates": sum(homes["clb", r] > 0 for r in REGIONS),
    }
    return Share(slots, {"sae": rows}, floor)
