"""ALB, NLB, CLB, GA, and SAE's routing rules on load balancers."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from bench.shares.share import OLD, REGIONS, Share, chunks, home, listed, names, pages
from shared.domain.resources import CloudProduct as Product

_LISTENER_SLOTS = len(OLD)  #: a default certificate, and each of the others beside it
_LISTENERS = 2
_EXTENSIONS = 3


def _ports(count: int, most: int) -> list[tuple[int, int]]:
    """Listeners of an instance: port and slots."""
    return [(443 + index, slots) for index, slots in enumerate(chunks(count, most))]


def _by_sni(section: str, size: int, protocols: int, slots: int) -> Share:
    """The list of listeners tells the default certificate at best, so each listener is asked."""
    instances = [_ports(count, _LISTENER_SLOTS) for count in chunks(slots, _LISTENERS * _LISTENER_SLOTS)]
    rows = [
        {
            "name": f"{section}-{index}",
            "region": home(index),
            "listeners": [
                {"port": port, "default": OLD[0], "additional": list(OLD[1:count])}
                for port, count in listeners
            ],
        }
        for index, listeners in enumerate(instances)
    ]
    listeners = [len(found) for found in instances]
    floor = {
        "DescribeRegions": 1,
        "ListLoadBalancers": listed([1] * len(instances), 100),
        # one list for each protocol; QUIC's is empty
        "ListListeners": listed(listeners, 100) + 2 * (protocols - 1),
        "ListListenerCertificates": sum(pages(count, size) for found in instances for _, count in found),
    }
    return Share(slots, {section: rows}, floor)


def _slb(slots: int) -> Share:
    """The list of listeners does not tell their extensions. The store's list has no pages."""
    instances = [_ports(count, 1 + _EXTENSIONS) for count in chunks(slots, _LISTENERS * (1 + _EXTENSIONS))]
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


def _ga(slots: int) -> Share:
    """Listeners are listed accelerator by accelerator; the list does not tell additional certificates."""
    instances = [_ports(count, _LISTENER_SLOTS) for count in chunks(slots, _LISTENERS * _LISTENER_SLOTS)]
    rows = [
        {
            "name": f"ga-{index}",
            "listeners": [
                {
                    "port": port,
                    "default": OLD[0],
                    "additional": dict.fromkeys(names(f"g{index}-{port}-", count - 1), OLD[1]),
                }
                for port, count in listeners
            ],
        }
        for index, listeners in enumerate(instances)
    ]
    floor = {
        "ListAccelerators": pages(len(instances), 50),
        "ListListeners": len(instances),
        "ListListenerCertificates": sum(len(found) for found in instances),
    }
    return Share(slots, {"ga": rows}, floor)


def _sae(slots: int) -> Share:
    """Rules on ALB have several certificates, on CLB one, of the store of its region.

    Rules are listed by namespace; where their load balancers are is told by these, asked for by name.
    """
    rules = [
        (kind, count)
        for both in chunks(slots, _LISTENER_SLOTS + 1)
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


MAKERS: dict[Product, Callable[[int], Share]] = {
    Product.ALB: lambda slots: _by_sni("alb", 100, 2, slots),
    Product.NLB: lambda slots: _by_sni("nlb", 50, 1, slots),
    Product.SLB: _slb,
    Product.GA: _ga,
    Product.SAE: _sae,
}
