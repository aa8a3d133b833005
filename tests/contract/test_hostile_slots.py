"""Each adapter by itself, given slots and regions of others' making: no request leaves the table of hosts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace

import pytest

from shared.cloud.aws import CloudAccess
from shared.cloud.credentials import Credentials, fixed
from shared.cloud.openapi import OpenApi
from shared.cloud.pacing import Pacer
from shared.domain.resources import CloudProduct, CloudResource
from shared.products import adapter_class, supported_products
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Carries, Change, Look
from shared.products.kit.kinds import ManyKinds
from shared.products.kit.means import Means
from tests.builders import a_certificate
from tests.hostile import TEXTS, Watch, watched
from tests.shortened import shortened
from tests.slots import SLOTS

FIELDS = ("region", "location", "resource_id", "instance_id", "listener_id", "cert_identifier", "endpoint")
PAIRS = [(name, text) for name in FIELDS for text in TEXTS]


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """Of the real cloud, of which nobody answers."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None, time=time.time))
    with watched(monkeypatch, answers=False) as watch:
        yield watch


def adapter_of(product: CloudProduct) -> ProductAdapter:
    client = OpenApi(
        fixed(Credentials("an-id", "a-secret")),
        pacer=Pacer(sleep=lambda _: None),
        max_attempts=1,
        sleep=lambda _: None,
    )
    return adapter_class(product)(Means(client, aws=CloudAccess(("eu-west-1", "us-east-1"))))


def used(adapter: ProductAdapter, slot: CloudResource) -> None:
    """All that is done with a slot, as far as it gets without an answer."""
    change = Change(slot, a_certificate(8, names=tuple(slot.domains) or ("example.com",)))
    with suppress(Exception):
        adapter.look([change])
    with suppress(Exception):
        adapter.advance([(change, Look(Carries.EXPECTED, slot))])
    with suppress(Exception):
        adapter.beside(Look(Carries.WANTED, slot))


@pytest.mark.parametrize("product", supported_products(), ids=lambda product: product.value)
def test_no_request_leaves_the_table_of_hosts(product: CloudProduct, watch: Watch) -> None:
    adapter = adapter_of(product)
    good = [CloudResource(product=product, **fields) for one, fields in SLOTS if one is product]
    for slot in good:
        used(adapter, slot)
    assert watch.hosts, "a slot that is one is asked for"
    assert watch.outside() == set()

    for slot in good:
        for name, text in shortened(PAIRS, every=16):
            used(adapter, CloudResource.model_construct(**{**vars(slot), name: text}))
    for region in TEXTS:
        with suppress(Exception):
            list(adapter.discover(region))

    assert watch.outside() == set()


@pytest.mark.parametrize("product", supported_products(), ids=lambda product: product.value)
def test_a_slot_of_a_kind_that_the_product_does_not_have_holds_up_no_other(
    product: CloudProduct, watch: Watch
) -> None:
    """It is barred before it is looked at; what is asked of it before that is answered."""
    adapter = adapter_of(product)
    fields = next(fields for one, fields in SLOTS if one is product)
    slot = CloudResource.model_construct(
        **{**vars(CloudResource(product=product, **fields)), "kind": "//evil.example"}
    )

    assert adapter.looks_at_once(slot) is adapter.at_once
    if isinstance(adapter, ManyKinds):
        assert adapter.left_behind(Change(slot, a_certificate(8)), None) == ""
    assert watch.hosts == []
