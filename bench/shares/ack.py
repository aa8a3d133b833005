"""ACK: clusters."""

from typing import Final

from bench.shares.alike import LISTENER_SLOTS
from bench.shares.share import OLD, Share, chunks, home, listed

_CLUSTER_SLOTS = 50
_KUBERNETES_PAGE = 500  #: what kubectl asks for

LOOK_READS: Final = {"GetAlbConfig": 0.5, "GetSecret": 0.5}
WRITE_CALLS: Final = {
    "GetCertificateDetail": 0.5,
    "GetUserCertificateDetail": 0.5,
    "PatchAlbConfig": 0.5,
    "PatchSecret": 0.5,
}


def share(slots: int) -> Share:
    """Within each cluster: its Secrets, the Ingresses that tell where these are served, its AlbConfigs."""
    clusters = chunks(slots, _CLUSTER_SLOTS)
    rows = []
    for index, count in enumerate(clusters):
        listeners = chunks(count // 2, LISTENER_SLOTS)
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
