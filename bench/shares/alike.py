"""What the shares of products that are alike have in common."""

from typing import Any, Final

from bench.shares.share import OLD, Share, chunks, home, listed, names, pages

LISTENER_SLOTS: Final = len(OLD)  #: a default certificate, and each of the others beside it
LISTENERS: Final = 2
DOMAINS: Final = 10
SIDES: Final = ("cn-hangzhou", "ap-southeast-1")  #: the two of WAF, and of Anti-DDoS


def ports(count: int, most: int) -> list[tuple[int, int]]:
    """Listeners of an instance: port and slots."""
    return [(443 + index, slots) for index, slots in enumerate(chunks(count, most))]


def by_sni(section: str, size: int, protocols: int, slots: int) -> Share:
    """The list of listeners tells the default certificate at best, so each listener is asked."""
    instances = [ports(count, LISTENER_SLOTS) for count in chunks(slots, LISTENERS * LISTENER_SLOTS)]
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


def domains(section: str, list_action: str, size: int, info_action: str, slots: int) -> Share:
    """The list tells whether HTTPS is on at best; the certificate is told domain by domain."""
    rows = [{"domain": name, "certificate": OLD[0]} for name in names(section, slots)]
    return Share(slots, {section: rows}, {list_action: pages(slots, size), info_action: slots})


def gateway_rows(prefix: str, counts: list[int]) -> list[dict[str, Any]]:
    """So many domains on each of them."""
    return [
        {
            "name": f"{prefix}-{index}",
            "region": home(index),
            "domains": [
                {"domain": name, "certificate": OLD[0]} for name in names(f"{prefix}{index}-", count)
            ],
        }
        for index, count in enumerate(counts)
    ]


def halves(slots: int) -> tuple[int, int]:
    return (slots + 1) // 2, slots // 2
