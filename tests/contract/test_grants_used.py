"""Each right of the cloud that the roles of a product's functions grant is needed by what these do.

That none is missing, every test of a product shows: its calls have these rights and no more.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.products import adapter_class, supported_products
from shared.runtime.grants import for_other_stores
from tests.contract.bench import new_bench
from tests.contract.cases import MODULES
from tests.contract.story import tell

#: What stories do not come to, with the tests that do.
ELSEWHERE: Mapping[CloudProduct, frozenset[str]] = {
    # test_products_albconfigs: the status of an AlbConfig tells no certificate of a listener of QUIC
    CloudProduct.ACK: frozenset({"alb:ListListeners", "alb:ListListenerCertificates"}),
}


@pytest.mark.long
@pytest.mark.ordinary_answers("sparse ones leave out the job that a write began, which a story asks for")
@pytest.mark.parametrize("product", [one for one in supported_products() if one.value != "AWS"], ids=str)
def test_what_the_roles_of_a_product_grant_is_made_use_of(server: Server, product: CloudProduct) -> None:
    used: set[str] = set()
    for case in (case for module in MODULES for case in module.CASES if case.product is product):
        tell(new_bench(server, product, case.estate, case.region), case)
        used |= {use.action for use in server.cloud.uses if use.allowed}
        assert [use for use in server.cloud.uses if not use.allowed] == []

    adapter, name = adapter_class(product), f"deploy_{product.value.lower()}"
    granted = adapter.granted(writes=True) | adapter.granted(writes=False)
    unneeded = granted - used - for_other_stores()[name]  # these are in effect with other stores only
    assert unneeded == ELSEWHERE.get(product, frozenset())
