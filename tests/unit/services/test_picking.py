"""What is named and fits no slot, however much is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.domain.job_requests import PickSlots
from shared.domain.resources import CloudProduct, ResourceRecord
from shared.errors import InvalidRequestError
from shared.products import supported_products
from shared.services.picking import check_spared, picks_nothing
from tests.builders import a_listener_slot, a_resource
from tests.worlds import a_world

SLOTS = [
    a_resource("www.example.com"),
    a_resource("xn--bcher-kva.example.com", region="cn-beijing"),
    a_listener_slot("lsn-1", account="1234567890123456", domains=("*.example.org",)),
]


def test_what_fits_one_of_the_slots_is_not_told() -> None:
    pick = PickSlots(
        slots=(SLOTS[0].slot, "CDN/-/other.example.com"),
        products=(CloudProduct.ALB, CloudProduct.OSS),
        accounts=("-", "1234567890123456", "2"),
        regions=("-", "cn-hangzhou", "cn-beijing", "cn-qingdao"),
        domains=(
            *("WWW.example.com", "bücher.example.com", "*.example.com", "?cher*", "b*cher.example.com"),
            *("[*].example.org", "www.example", "*.example.net"),
        ),
    )

    assert picks_nothing(pick, iter(SLOTS)) == [
        *("CDN/-/other.example.com", "OSS", "2", "cn-qingdao"),
        *("?cher*", "www.example", "*.example.net"),
    ]


def test_of_thousands_that_fit_nothing_some_are_told_and_the_slots_are_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world(tmp_path, slots=SLOTS)
    read: list[CloudProduct] = []
    resources, listed = type(world.resources), type(world.resources).list

    def counted(own: object, product: CloudProduct) -> Iterator[ResourceRecord]:
        read.append(product)
        return listed(own, product)  # type: ignore[arg-type]

    monkeypatch.setattr(resources, "list", counted)
    pick = PickSlots(domains=tuple(f"{number}.example.net" for number in range(3000)))

    with pytest.raises(InvalidRequestError, match=r"Except: 0\.example\.net, .* and 2,980 more: no slot"):
        check_spared(world, pick, SLOTS)

    assert len(read) == len(set(read)) >= len(supported_products())
