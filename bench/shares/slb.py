"""CLB, the classic SLB."""

from typing import Any, Final

from bench.shares.alike import LISTENERS, ports
from bench.shares.share import OLD, Share, chunks, home, listed, names

_EXTENSIONS = 3

LOOK_READS: Final = {"DescribeLoadBalancerHTTPSListenerAttribute": 1}
WRITE_CALLS: Final = {"SetLoadBalancerHTTPSListenerAttribute": 0.25, "SetDomainExtensionAttribute": 0.75}


def share(slots: int) -> Share:
    """The list of listeners does not tell their extensions. The store's list has no pages."""
    instances = [ports(count, 1 + _EXTENSIONS) for count in chunks(slots, LISTENERS * (1 + _EXTENSIONS))]
    rows = [
        {
            "name": f"slb-{index}",
            "region": home(index),
            "listeners": [_classic(f"e{index}-{port}-", port, count) for port, count in listeners],
        }
        for index, listeners in enumerate(instances)
    ]
    counts = [len(found) for found in instances]
    floor = {
        "DescribeRegions": 1,
        "DescribeLoadBalancers": listed([1] * len(instances), 100),
        "DescribeServerCertificates": listed([0], 100),
        "DescribeLoadBalancerListeners": listed(counts, 100),
        "DescribeLoadBalancerHTTPSListenerAttribute": sum(counts),
    }
    return Share(slots, {"slb": rows}, floor)


def _classic(prefix: str, port: int, count: int) -> dict[str, Any]:
    extensions = [{"domain": name, "certificate": OLD[0]} for name in names(prefix, count - 1)]
    return {"port": port, "certificate": OLD[0], "extensions": extensions}
