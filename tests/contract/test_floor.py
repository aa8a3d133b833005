"""Discovery asks no more than the products' APIs make it ask: the floors are the benchmark's own."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bench.shares import REGIONS, certificates, share, shared_products
from emulator.server import Server
from shared.cloud.cas import Cas
from shared.domain.resources import CloudProduct
from shared.products import adapter_class, default_products
from shared.products.kit.base import ProductAdapter
from shared.products.kit.found import Unread
from shared.products.kit.means import Means
from tests.contract.bench import STORE, AllOfCas, new_bench
from tests.contract.driven import is_total_off

_SLOTS = 62  #: more than a page of the lists with the smallest pages; full pages alone would cost a call more


def test_every_product_has_a_floor() -> None:
    """Another cloud's SDK pages by itself."""
    assert set(shared_products()) == set(default_products())


@pytest.mark.parametrize("product", default_products())
def test_discovery_lists_every_slot_with_as_many_calls_as_it_must(
    server: Server, product: CloudProduct
) -> None:
    part = share(product, _SLOTS)
    estate: dict[str, Any] = {"regions": list(REGIONS), "certificates": certificates(), **part.estate}
    bench = new_bench(server, product, estate)
    # What CAS holds is known from the scan: it is not read here.
    known = Cas(bench.client, STORE).list_certificates()
    catalogue = AllOfCas(cast(Cas, SimpleNamespace(list_certificates=lambda listed=list(known): listed)))
    bench.cloud.calls.clear()

    # each region by an adapter of its own, as each by an invocation of its own
    def made() -> ProductAdapter:
        return adapter_class(product)(Means(bench.client, catalogue=catalogue))

    asked = [region for region in made().regions() if region in (*part.regions, "")]
    found = [one for region in asked for one in made().discover(region)]
    slots = [one for one in found if not isinstance(one, Unread)]

    assert all(is_total_off(one) for one in found if isinstance(one, Unread))
    assert (len(slots), len({slot.slot for slot in slots})) == (_SLOTS, _SLOTS)
    if server.cloud.answers.mode == "full":  # a total that is off costs a further call
        calls = Counter(call.action for call in bench.cloud.calls)
        assert found == slots
        assert calls == Counter(part.floor)
