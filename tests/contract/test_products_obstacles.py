"""Why nothing can be deployed to a slot: the whole sentence that its owner reads, and nobody else."""

from __future__ import annotations

import pytest

from emulator.server import Server
from shared.domain.resources import CloudResource, SlotRole
from tests.contract.bench import new_bench
from tests.contract.cases import ACCOUNTS, CASES, CERTIFICATES, Hindered


def place(slot: CloudResource) -> str:
    """What a person would call it in this account."""
    if slot.role is not SlotRole.DOMAIN:
        return f"{slot.instance_name}:{slot.port}"
    if slot.domains and not slot.domains_of_certificate:
        return slot.domains[0]
    _, _, own = slot.resource_id.rpartition("/")
    return own if slot.kind else f"{slot.instance_name} {own}".removesuffix(f" {slot.instance_id}")


def test_every_product_has_slots_that_take_no_certificate() -> None:
    assert {account.product for account in ACCOUNTS} == {case.product for case in CASES}


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda row: f"{row.product.value}{row.name}")
def test_a_slot_that_takes_no_certificate_says_why_and_what_to_do(server: Server, account: Hindered) -> None:
    bench = new_bench(
        server, account.product, {"certificates": CERTIFICATES, **account.sections}, account.region
    )

    slots = list(bench.adapter.discover(account.region))

    assert {place(slot): slot.obstacle for slot in slots if slot.obstacle} == account.sentences
    assert all(slot.https for slot in slots if not slot.obstacle)
    assert [slot.slot for slot in slots if slot.https and not slot.cert_identifier] == []
