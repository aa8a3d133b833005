"""NLB."""

from bench.shares.alike import by_sni
from bench.shares.share import Share


def share(slots: int) -> Share:
    return by_sni("nlb", 50, 1, slots)
