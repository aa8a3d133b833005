"""An account whose products keep certificates of their own: a store of CLB, and a pool of ESA."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from shared.domain.resources import CloudProduct
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import asked_for, policies

KEPT: Final = (CloudProduct.ESA, CloudProduct.SLB)
_NAMES: Final = {"names": ["example.com", "*.example.com"], "key": "ecdsa-p256"}
#: `old` is on a listener. `wild` and `narrow` are in a pool beside `later`, which is for their names, too;
#: of these the edge serves the one with the exact name, as clients see.
POOLS: Final[dict[str, Any]] = {
    "regions": ["cn-hangzhou"],
    "certificates": {
        "old": {**_NAMES, "days": 80, "age": 120},
        "later": {**_NAMES, "days": 300, "age": 100},
        "wild": {"names": ["*.example.com"], "key": "ecdsa-p256", "days": 82, "age": 118},
        "alone": {"names": ["*.example.com"], "key": "ecdsa-p256", "days": 88, "age": 112},
        "narrow": {"names": ["www.example.com"], "key": "ecdsa-p256", "days": 85, "age": 115},
        "mine": {"names": ["example.com"], "key": "ecdsa-p256", "days": 90, "in_cas": False},
    },
    "slb": [
        {
            "name": "shop",
            "region": "cn-hangzhou",
            "listeners": [{"port": 443, "certificate": "old"}, {"port": 444, "certificate": "mine"}],
        }
    ],
    "esa": [
        {
            "site": "example.com",
            "records": ["www.example.com"],
            "certificates": [{"certificate": name} for name in ("narrow", "wild", "later")],
        },
        {"site": "sub.example.com", "certificates": [{"certificate": "alone"}]},
    ],
}
OLD, LATER, WILD, ALONE, NARROW = (f"{10741304 + 1009 * place}-cn-hangzhou" for place in range(5))


@contextmanager
def superseded(folder: Path) -> Iterator[Platform]:
    """`later` is in service on the listener, too, for 36 days; nothing is deployed by itself."""
    with discovered(POOLS, folder, products=KEPT) as made:
        policies(made, deploy="off")
        (slot,) = [slot for slot in slots_of(made, CloudProduct.SLB) if slot.endswith("/443/default")]
        asked_for(made, LATER, slot)
        made.drain()
        assert made.failures == []
        made.pass_days(36)
        made.tick("discover_resources", "scan_expiry")
        yield made


def slots_of(platform: Platform, product: CloudProduct) -> dict[str, str]:
    """Certificates in place by slot."""
    found = platform.world.resources.list(product)
    return {record.resource.slot: record.resource.cert_identifier for record in found}
