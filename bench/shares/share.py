"""A product's share of an estate, and what it is made with."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

REGIONS: Final = ("cn-hangzhou", "cn-shanghai")
STORE: Final = "cn-hangzhou"
OLD: Final = ("old", "old-b", "old-c", "old-d", "old-e")  #: in service: each for the same names
NEW: Final = "new"  #: their successor
SITE: Final = "example.com"


@dataclass(frozen=True)
class Share:
    """`floor`: calls by action, from the page sizes that the vendor documents and from what a list
    leaves out, so that it must be asked for item by item. Nothing of it comes from the adapters."""

    slots: int
    estate: Mapping[str, Any]
    floor: Mapping[str, int]
    regions: tuple[str, ...] = REGIONS


def certificates() -> dict[str, Any]:
    """Rows of an estate file: several that end soon, and one that may take the place of all."""
    names = {"names": [SITE, f"*.{SITE}"], "key": "ecdsa-p256"}
    return {name: {**names, "days": 10} for name in OLD} | {NEW: {**names, "days": 199}}


def pages(rows: int, size: int) -> int:
    """Of a list: an empty one has a page too."""
    return max(1, -(-rows // size))


def chunks(slots: int, size: int) -> list[int]:
    """`slots` in instances of `size` at most."""
    return [min(size, slots - start) for start in range(0, slots, size)]


def home(index: int) -> str:
    """Instances are in both regions by turns."""
    return REGIONS[index % len(REGIONS)]


def regional(counts: Sequence[int]) -> dict[str, int]:
    """How many there are in each region, of things of which an instance has so many."""
    found: Counter[str] = Counter(dict.fromkeys(REGIONS, 0))
    for index, count in enumerate(counts):
        found[home(index)] += count
    return dict(found)


def listed(counts: Sequence[int], size: int) -> int:
    """Calls that a list of these needs, region by region."""
    return sum(pages(count, size) for count in regional(counts).values())


def names(prefix: str, count: int) -> Iterator[str]:
    """Domain names that every certificate covers."""
    return (f"{prefix}{index}.{SITE}" for index in range(count))
