"""Anti-DDoS."""

from typing import Final

from bench.shares.alike import SIDES, halves
from bench.shares.share import OLD, Share, names, pages

LOOK_READS: Final = {"DescribeWebRules": 1}
WRITE_CALLS: Final = {"AssociateWebCert": 1}


def share(slots: int) -> Share:
    rows = [
        {"domain": name, "region": SIDES[index % len(SIDES)], "certificate": OLD[0]}
        for index, name in enumerate(names("p", slots))
    ]
    return Share(
        slots,
        {"ddos": rows},
        {"DescribeWebRules": sum(pages(count, 10) for count in halves(slots))},
        SIDES,
    )
