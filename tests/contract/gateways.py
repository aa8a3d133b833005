"""Accounts with domains of one kind of API Gateway."""

from __future__ import annotations

from typing import Any

from emulator.server import Server
from shared.domain.resources import CloudProduct, CloudResource
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import apigateway_classic, apigateway_cloud_native

REGION = "cn-hangzhou"
CLASSIC, NATIVE = apigateway_classic.CASES[0], apigateway_cloud_native.CASES[0]


def a_slot(server: Server, section: str, **row: Any) -> tuple[Bench, CloudResource]:
    """An account with one domain of one kind, and its slot."""
    domains = [{"domain": "www.example.com", "certificate": "old", **row}]
    estate = {
        "certificates": apigateway_classic.ESTATE["certificates"],
        section: [{"name": "shop", "region": REGION, "domains": domains}],
    }
    bench = new_bench(server, CloudProduct.API_GATEWAY, estate, REGION)
    (slot,) = bench.slots().values()
    return bench, slot
