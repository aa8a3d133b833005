"""The adapters of these tests have the rights of the functions that use them: none is missing there."""

from __future__ import annotations

import pytest

from emulator.server import Server
from shared.cloud.cas import Cas
from shared.domain.resources import CloudProduct
from shared.errors import CloudDeniedError
from shared.products import supported_products
from tests.contract.bench import STORE, certificates, new_bench


@pytest.mark.parametrize(
    "product", [product for product in supported_products() if product.value != "AWS"], ids=str
)
def test_an_adapter_is_denied_what_its_functions_may_not_do(server: Server, product: CloudProduct) -> None:
    bench = new_bench(server, product, {"certificates": certificates("one")})

    with pytest.raises(CloudDeniedError, match="yundun-cert:DeleteUserCertificate"):
        Cas(bench.client, STORE).delete(1)

    assert {use.action for use in bench.cloud.uses if not use.allowed} == {
        "yundun-cert:DeleteUserCertificate"
    }
