"""The host of a product in a region."""

import json

import pytest

from shared.cloud.endpoints import REGIONS, host
from tests.vendor import METADATA, NEEDS_METADATA

#: Every product that is called, with its host in Shanghai.
HOSTS = {
    "alb": "alb.cn-shanghai.aliyuncs.com",
    "apig": "apig.cn-shanghai.aliyuncs.com",
    "cas": "cas.cn-shanghai.aliyuncs.com",
    "cdn": "cdn.aliyuncs.com",
    "cloudapi": "apigateway.cn-shanghai.aliyuncs.com",
    "cs": "cs.cn-shanghai.aliyuncs.com",
    "dcdn": "dcdn.aliyuncs.com",
    "ddoscoo": "ddoscoo.cn-shanghai.aliyuncs.com",
    "eas": "pai-eas.cn-shanghai.aliyuncs.com",
    "esa": "esa.cn-shanghai.aliyuncs.com",
    "fc": "fcv3.cn-shanghai.aliyuncs.com",
    "fc-open": "fc.cn-shanghai.aliyuncs.com",
    "ga": "ga.cn-hangzhou.aliyuncs.com",
    "live": "live.aliyuncs.com",
    "mse": "mse.cn-shanghai.aliyuncs.com",
    "nlb": "nlb.cn-shanghai.aliyuncs.com",
    "sae": "sae.cn-shanghai.aliyuncs.com",
    "slb": "slb.aliyuncs.com",
    "sts": "sts.aliyuncs.com",
    "vod": "vod.cn-shanghai.aliyuncs.com",
    "waf-openapi": "wafopenapi.cn-shanghai.aliyuncs.com",
}
#: Regions whose hosts are named differently.
OTHERS = [
    ("alb", "cn-hangzhou-finance", "alb.cn-hangzhou.aliyuncs.com"),
    ("cas", "cn-hangzhou", "cas.aliyuncs.com"),
    ("cas", "ap-southeast-1", "cas.ap-southeast-1.aliyuncs.com"),
    ("fc", "me-central-1", "me-central-1.fc.aliyuncs.com"),
    ("fc", "cn-hangzhou-finance", "cn-hangzhou-finance.fc.aliyuncs.com"),
    ("fc", "cn-shanghai-finance-1", "cn-shanghai-finance-1.fc.aliyuncs.com"),
    ("fc", "cn-heyuan-acdr-1", "cn-heyuan-acdr-1.fc.aliyuncs.com"),
    ("slb", "eu-central-1", "slb.eu-central-1.aliyuncs.com"),
    ("slb", "cn-zhangjiakou", "slb.cn-zhangjiakou.aliyuncs.com"),
]
#: SLB's oldest regions share one host.
OF_SLB = (
    *("cn-qingdao", "cn-beijing", "cn-hangzhou", "cn-shanghai", "cn-shenzhen", "cn-hongkong"),
    *("ap-southeast-1", "us-east-1", "us-west-1"),
)


def test_the_host_follows_the_product() -> None:
    assert {code: host(code, "cn-shanghai") for code in HOSTS} == HOSTS
    assert [host(code, region) for code, region, _ in OTHERS] == [expected for *_, expected in OTHERS]
    assert {host("slb", region) for region in OF_SLB} == {"slb.aliyuncs.com"}


def test_a_product_for_all_regions_needs_none() -> None:
    assert {host(code) for code in ("cdn", "dcdn", "ga", "live", "sts")} == {
        HOSTS[code] for code in ("cdn", "dcdn", "ga", "live", "sts")
    }


def test_settings_override_a_product_or_one_of_its_regions() -> None:
    own = {"alb": "alb-vpc.{region}.aliyuncs.com", "alb.cn-beijing": "10.0.0.1"}
    assert host("alb", "cn-shanghai", own) == "alb-vpc.cn-shanghai.aliyuncs.com"
    assert host("alb", "cn-beijing", own) == "10.0.0.1"


def test_a_regional_product_wants_a_region() -> None:
    with pytest.raises(ValueError, match="alb is regional"):
        host("alb")


@NEEDS_METADATA
def test_regions_are_those_of_the_vendor() -> None:
    """The metadata does not know the youngest one yet."""
    vendors = json.loads((METADATA / "endpoints.json").read_text())
    young = {"fc": {"me-central-1"}}
    for code, regions in REGIONS.items():
        told = set(vendors[code]["regional_endpoints"])
        assert set(regions) == told | young.get(code, set()), code
        assert len(regions) == len(set(regions))


@NEEDS_METADATA
@NEEDS_METADATA
def test_regional_hosts_are_those_of_the_vendor() -> None:
    vendors = json.loads((METADATA / "endpoints.json").read_text())
    central = {"cdn", "live"}  # one host serves all regions of these
    for code, told in vendors.items():
        if code not in HOSTS:
            continue
        for region, expected in told["regional_endpoints"].items():
            if code not in central and "." in expected:
                assert host(code, region) == expected, (code, region)
