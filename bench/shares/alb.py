"""ALB."""

from bench.shares.alike import by_sni
from bench.shares.share import Share


def share(slots: int) -> Share:
    return by_sni("alb", 100, 2, slots)
