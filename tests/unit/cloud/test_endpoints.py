"""The host of a product in a region."""

import json
from pathlib import Path

import pytest

from shared.cloud.endpoints import host

VENDORS = Path(__file__).parents[4] / "shared" / "openapi-meta" / "endpoints.json"


@pytest.mark.parametrize(
    ("code", "region", "expected"),
    [
        ("alb", "cn-beijing", "alb.cn-beijing.aliyuncs.com"),
        ("alb", "cn-hangzhou-finance", "alb.cn-hangzhou.aliyuncs.com"),
        ("cdn", "", "cdn.aliyuncs.com"),
        ("cas", "cn-hangzhou", "cas.aliyuncs.com"),
        ("cas", "ap-southeast-1", "cas.ap-southeast-1.aliyuncs.com"),
        ("fc", "cn-hangzhou", "fcv3.cn-hangzhou.aliyuncs.com"),
        ("fc", "me-central-1", "me-central-1.fc.aliyuncs.com"),
        ("slb", "cn-beijing", "slb.aliyuncs.com"),
        ("slb", "eu-central-1", "slb.eu-central-1.aliyuncs.com"),
        ("sts", "cn-beijing", "sts.aliyuncs.com"),
    ],
)
def test_the_host_follows_the_product(code: str, region: str, expected: str) -> None:
    assert host(code, region) == expected


def test_settings_override_a_product_or_one_of_its_regions() -> None:
    own = {"alb": "alb-vpc.{region}.aliyuncs.com", "alb.cn-beijing": "10.0.0.1"}
    assert host("alb", "cn-shanghai", own) == "alb-vpc.cn-shanghai.aliyuncs.com"
    assert host("alb", "cn-beijing", own) == "10.0.0.1"


def test_a_regional_product_wants_a_region() -> None:
    with pytest.raises(ValueError, match="alb is regional"):
        host("alb")


@pytest.mark.skipif(not VENDORS.exists(), reason="the vendor's metadata is not at hand")
def test_regional_hosts_are_those_of_the_vendor() -> None:
    vendors = json.loads(VENDORS.read_text())
    central = {"cdn", "live"}  # one host serves all regions of these
    for code, told in vendors.items():
        for region, expected in told["regional_endpoints"].items():
            if code not in central and "." in expected:
                assert host(code, region) == expected, (code, region)
