"""Which hosts are called: those that the rows name, the vendor lists, and the emulator answers as."""

from __future__ import annotations

from types import ModuleType

import pytest

from emulator.routing import region_at
from emulator.services import service_classes
from shared.cloud import cas, fc2, functions, sts
from shared.cloud.api import Api
from shared.products import adapter_class, supported_products
from tests.contract.cases import MODULES, adapter_of
from tests.vendor import METADATA, NEEDS_METADATA
from tools import declare

APIS = {
    api.code: api
    for api in (
        *(cas.API, fc2.API, sts.API, functions.API),
        *(api for product in supported_products() for api in adapter_class(product).apis()),
    )
    if api.hosts
}
#: Where an API has one host for all of the world, whatever the vendor lists of its regions.
CENTRAL = {"cdn", "live"}
#: What the emulator answers as at no other host.
HOME = {"vod": "cn-shanghai"}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_hosts_are_those_of_the_product_s_rows(module: ModuleType) -> None:
    api = adapter_of(module).api
    expected = getattr(module, "HOSTS", {})

    assert {region: api.host(region) for region in expected} == expected
    assert bool(expected) == bool(api.hosts), "HOSTS names at least one"
    assert set(api.other_hosts) <= set(expected)


@pytest.mark.parametrize("api", sorted(APIS.values(), key=lambda api: api.code), ids=sorted(APIS))
def test_the_emulator_has_the_api_and_answers_as_each_of_its_hosts(api: Api) -> None:
    service = service_classes()[api.code.replace("-", "_")]
    regions = {HOME.get(api.code, "cn-shanghai"), *api.other_hosts, *api.regions}

    assert (service.version, service.ram) == (api.version, api.ram)
    met = {region: region_at(service, api.host(region, account_id="1")) for region in regions}
    assert [region for region, found in met.items() if found is None] == []


@NEEDS_METADATA
@pytest.mark.parametrize("code", sorted(code for code, api in APIS.items() if api.regions))
def test_regions_are_those_of_the_vendor(code: str) -> None:
    """The metadata does not know the youngest one yet."""
    vendors = declare.endpoints(METADATA)
    young = {"fc": {"me-central-1"}}
    told = set(vendors[code]["regional_endpoints"])
    regions = APIS[code].regions

    assert not told or set(regions) == told | young.get(code, set())
    assert len(regions) == len(set(regions))


@NEEDS_METADATA
@pytest.mark.parametrize("code", sorted(APIS.keys() - CENTRAL))
def test_regional_hosts_are_those_of_the_vendor(code: str) -> None:
    """But in the financial cloud, whose regions OSS serves at hosts of their own."""
    vendors = declare.endpoints(METADATA)
    told = vendors[code]["regional_endpoints"] if code in vendors else {}
    public = {region: host for region, host in told.items() if "-finance" not in region}
    expected = {region: host for region, host in public.items() if "." in host}

    assert {region: APIS[code].host(region) for region in expected} == expected
