"""Function Compute, of both versions."""

from typing import Final

from bench.shares.share import OLD, Share, home, listed, names

LOOK_READS: Final = {"GetCustomDomain": 1}
WRITE_CALLS: Final = {"GetUserCertificateDetail": 1, "UpdateCustomDomain": 1}


def share(slots: int) -> Share:
    """Half of them for each version, whose list has the certificates."""
    halves = {"3.0": (slots + 1) // 2, "2.0": slots // 2}
    rows = [
        {"domain": name, "region": home(index), "certificate": OLD[0], "version": version}
        for version, count in halves.items()
        for index, name in enumerate(names(f"f{version[0]}-", count))
    ]
    floor = {"ListCustomDomains": sum(listed([1] * count, 100) for count in halves.values())}
    return Share(slots, {"fc": rows}, floor)
