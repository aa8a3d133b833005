"""Which host answers for a product in a region (official endpoint data of April 2026).

`fc` is Function Compute 3.0. CAS keeps one store per site, so its region is the store's.
"""

from collections.abc import Mapping
from typing import Final

_HOSTS: Final[dict[str, str]] = {
    "alb": "alb.{region}.aliyuncs.com",
    "apig": "apig.{region}.aliyuncs.com",
    "cas": "cas.{region}.aliyuncs.com",
    "cdn": "cdn.aliyuncs.com",
    "cloudapi": "apigateway.{region}.aliyuncs.com",
    "cs": "cs.{region}.aliyuncs.com",
    "dcdn": "dcdn.aliyuncs.com",
    "ddoscoo": "ddoscoo.{region}.aliyuncs.com",
    "eas": "pai-eas.{region}.aliyuncs.com",
    "esa": "esa.{region}.aliyuncs.com",
    "fc": "fcv3.{region}.aliyuncs.com",
    "fc-open": "fc.{region}.aliyuncs.com",
    "ga": "ga.cn-hangzhou.aliyuncs.com",
    "live": "live.aliyuncs.com",
    "mse": "mse.{region}.aliyuncs.com",
    "nlb": "nlb.{region}.aliyuncs.com",
    "sae": "sae.{region}.aliyuncs.com",
    "slb": "slb.{region}.aliyuncs.com",
    "sts": "sts.aliyuncs.com",
    "vod": "vod.{region}.aliyuncs.com",
    "waf-openapi": "wafopenapi.{region}.aliyuncs.com",
}

_EXCEPTIONS: Final[dict[str, dict[str, str]]] = {
    "alb": {"cn-hangzhou-finance": "alb.cn-hangzhou.aliyuncs.com"},
    "cas": {"cn-hangzhou": "cas.aliyuncs.com"},
    "fc": {
        region: f"{region}.fc.aliyuncs.com"
        for region in (
            "me-central-1",
            "cn-hangzhou-finance",
            "cn-shanghai-finance-1",
            "cn-heyuan-acdr-1",
        )
    },
    "slb": dict.fromkeys(
        (
            "cn-qingdao",
            "cn-beijing",
            "cn-hangzhou",
            "cn-shanghai",
            "cn-shenzhen",
            "cn-hongkong",
            "ap-southeast-1",
            "us-east-1",
            "us-west-1",
        ),
        "slb.aliyuncs.com",
    ),
}

#: Where a product is, if its API does not tell; those of finance and government clouds are left out.
REGIONS: Final[dict[str, tuple[str, ...]]] = {
    "eas": (
        *("ap-northeast-1", "ap-southeast-1", "ap-southeast-5", "cn-beijing", "cn-chengdu"),
        *("cn-guangzhou", "cn-hangzhou", "cn-heyuan", "cn-hongkong", "cn-shanghai", "cn-shenzhen"),
        *("cn-wulanchabu", "cn-zhangjiakou", "eu-central-1", "us-east-1", "us-west-1"),
    ),
    "fc": (
        *("ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3"),
        *("ap-southeast-5", "ap-southeast-7", "cn-beijing", "cn-chengdu", "cn-hangzhou", "cn-hongkong"),
        *("cn-huhehaote", "cn-qingdao", "cn-shanghai", "cn-shenzhen", "cn-zhangjiakou"),
        *("eu-central-1", "eu-west-1", "me-central-1", "us-east-1", "us-west-1"),
    ),
}
REGIONS["fc-open"] = tuple(r for r in REGIONS["fc"] if r not in ("ap-southeast-7", "me-central-1"))


def host(code: str, region: str = "", overrides: Mapping[str, str] | None = None) -> str:
    """The host name of a product in a region.

    `overrides` come from the settings, "alb" or "alb.cn-beijing" → host, which may hold {region}:
    VPC-internal hosts, for one (`alb-vpc.{region}.aliyuncs.com`).

    Raises:
        ValueError: the product is regional, and no region was named.
    """
    own = overrides or {}
    rule = (
        own.get(f"{code}.{region}") or own.get(code) or _EXCEPTIONS.get(code, {}).get(region) or _HOSTS[code]
    )
    if "{region}" in rule and not region:
        raise ValueError(f"{code} is regional: which region is meant?")
    return rule.format(region=region)
