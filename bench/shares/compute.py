"""Gateways of APIs, of microservices and of models; functions; clusters."""

from collections.abc import Callable
from typing import Any

from bench.shares.share import OLD, REGIONS, Share, chunks, home, listed, names, pages
from shared.domain.resources import CloudProduct as Product

_DOMAINS = 10
_CLUSTER_SLOTS = 50
_LISTENER_SLOTS = len(OLD)
_KUBERNETES_PAGE = 500  #: what kubectl asks for


def _gateways(prefix: str, counts: list[int]) -> list[dict[str, Any]]:
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


def _api_gateway(slots: int) -> Share:
    """Half of them on each kind. A group tells its domains, not their certificates.

    A cloud-native domain is told in its region's list, where it is served only in its gateway's.
    """
    groups, gateways = chunks((slots + 1) // 2, _DOMAINS), chunks(slots // 2, _DOMAINS)
    floor = {
        # and once in each region: cloud-native gateways are in regions where groups are not
        "DescribeRegions": 1 + len(REGIONS),
        "DescribeApiGroups": listed([1] * len(groups), 50),
        "DescribeApiGroup": len(groups),
        "DescribeDomain": sum(groups),
        "ListGateways": listed([1] * len(gateways), 50),
        "ListDomains": listed(gateways, 50) + sum(pages(count, 50) for count in gateways),
    }
    rows = {"apigateway": _gateways("classic", groups), "apig": _gateways("native", gateways)}
    return Share(slots, rows, floor)


def _mse(slots: int) -> Share:
    gateways = chunks(slots, _DOMAINS)
    floor = {
        "QueryGatewayRegion": 1,
        "ListGateway": listed([1] * len(gateways), 50),
        "ListGatewayDomain": len(gateways),
    }
    return Share(slots, {"mse": _gateways("mesh", gateways)}, floor)


def _pai(slots: int) -> Share:
    gateways = chunks(slots, _DOMAINS)
    floor = {"ListGateway": listed([1] * len(gateways), 100), "ListGatewayDomains": len(gateways)}
    return Share(slots, {"pai": _gateways("models", gateways)}, floor)


def _fc(slots: int) -> Share:
    """Half of them for each version, whose list has the certificates. 2.0's host bears the account's id."""
    halves = {"3.0": (slots + 1) // 2, "2.0": slots // 2}
    rows = [
        {"domain": name, "region": home(index), "certificate": OLD[0], "version": version}
        for version, count in halves.items()
        for index, name in enumerate(names(f"f{version[0]}-", count))
    ]
    floor = {
        "ListCustomDomains": sum(listed([1] * count, 100) for count in halves.values()),
        "GetCallerIdentity": len(REGIONS),
    }
    return Share(slots, {"fc": rows}, floor)


def _ack(slots: int) -> Share:
    """Within each cluster: its Secrets, the Ingresses that tell where these are served, its AlbConfigs."""
    clusters = chunks(slots, _CLUSTER_SLOTS)
    rows = []
    for index, count in enumerate(clusters):
        listeners = chunks(count // 2, _LISTENER_SLOTS)
        rows.append(
            {
                "name": f"cluster-{index}",
                "region": home(index),
                "secrets": [
                    {"name": f"tls-{number}", "certificate": OLD[0]} for number in range(count - count // 2)
                ],
                "albconfigs": [
                    {
                        "name": f"front-{number}",
                        "listeners": [{"port": 443, "default": OLD[0], "additional": list(OLD[1:many])}],
                    }
                    for number, many in enumerate(listeners)
                ],
            }
        )
    each = ("DescribeClusterUserKubeconfig", "ListSecrets", "ListIngresses", "ListAlbConfigs")
    assert _CLUSTER_SLOTS <= _KUBERNETES_PAGE
    floor = {
        "DescribeRegions": 1,
        "DescribeClustersForRegion": listed([1] * len(clusters), 50),
        **dict.fromkeys(each, len(clusters)),
    }
    return Share(slots, {"ack": rows}, floor)


MAKERS: dict[Product, Callable[[int], Share]] = {
    Product.ACK: _ack,
    Product.API_GATEWAY: _api_gateway,
    Product.FC: _fc,
    Product.MSE: _mse,
    Product.PAI: _pai,
}
