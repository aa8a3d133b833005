"""The vendor's SDKs for Python: the official ones of each product, the older one, and others."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from emulator.in_process import InProcess
from tests.foreign.conftest import needs

#: Package, a list that it asks for, region of the client, and region that is asked.
OFFICIAL = [
    ("alb20200616", "list_load_balancers", "cn-shanghai", "cn-shanghai"),
    ("nlb20220430", "list_load_balancers", "cn-shanghai", "cn-shanghai"),
    ("slb20140515", "describe_load_balancers", "cn-shanghai", ""),
    ("ga20191120", "list_accelerators", "cn-hangzhou", ""),
    ("cas20200407", "list_user_certificate_order", "cn-hangzhou", ""),
    ("cdn20180510", "describe_user_domains", "cn-hangzhou", ""),
    ("dcdn20180115", "describe_dcdn_user_domains", "cn-hangzhou", ""),
    ("vod20170321", "describe_vod_user_domains", "cn-shanghai", ""),
    ("live20161101", "describe_live_user_domains", "cn-hangzhou", ""),
    ("esa20240910", "list_sites", "cn-hangzhou", "cn-hangzhou"),
    ("ddoscoo20200101", "describe_domains", "cn-hangzhou", "cn-hangzhou"),
    ("waf_openapi20211001", "describe_instance", "cn-hangzhou", "cn-hangzhou"),
    ("apig20240327", "list_gateways", "cn-shanghai", "cn-shanghai"),
    ("cloudapi20160714", "describe_api_groups", "cn-shanghai", "cn-shanghai"),
    ("mse20190531", "list_gateway", "cn-shanghai", "cn-shanghai"),
    ("sae20190506", "describe_namespace_list", "cn-shanghai", "cn-shanghai"),
    ("eas20210701", "list_gateway", "cn-shanghai", "cn-shanghai"),
    ("fc20230330", "list_custom_domains", "cn-shanghai", "cn-shanghai"),
    ("cs20151215", "describe_clusters_v1", "cn-shanghai", "cn-shanghai"),
    ("sts20150401", "get_caller_identity", "cn-shanghai", "cn-shanghai"),
    ("ros20190910", "list_stacks", "cn-shanghai", ""),
]


@pytest.mark.parametrize(("package", "method", "region", "asked"), OFFICIAL, ids=[row[0] for row in OFFICIAL])
def test_an_official_sdk_reaches_its_region(
    cloud_of_all: InProcess, package: str, method: str, region: str, asked: str
) -> None:
    needs(module=f"alibabacloud_{package}")
    answer = getattr(a_client(cloud_of_all, package, region), method)(*a_request(package, method))

    assert answer.status_code == 200
    assert [(call.status, call.region) for call in cloud_of_all.calls] == [(200, asked)]


def test_what_is_in_one_region_is_not_in_another(cloud_of_all: InProcess) -> None:
    needs(module="alibabacloud_alb20200616")
    found = {}
    for region in ("cn-shanghai", "cn-hangzhou", "cn-beijing"):
        client = a_client(cloud_of_all, "alb20200616", region)
        rows = client.list_load_balancers(*a_request("alb20200616", "list_load_balancers")).body
        found[region] = [row.load_balancer_name for row in rows.load_balancers or []]

    assert found == {"cn-shanghai": ["east"], "cn-hangzhou": ["south"], "cn-beijing": []}


def test_the_older_sdk(cloud_of_all: InProcess) -> None:
    needs(module="aliyunsdkcore")
    from aliyunsdkcore.client import AcsClient
    from aliyunsdkcore.request import CommonRequest

    key = cloud_of_all.key
    client = AcsClient(key.access_key_id, key.access_key_secret, "cn-hangzhou", verify=cloud_of_all.ca_file)
    request = CommonRequest("cdn.aliyuncs.com", "2018-05-10", "DescribeUserDomains")
    request.set_protocol_type("https")

    assert b"www.example.com" in client.do_action_with_exception(request)


def test_the_official_sdk_of_kms(cloud_of_all: InProcess) -> None:
    needs(module="alibabacloud_kms20160120")
    from alibabacloud_kms20160120.models import GetSecretValueRequest

    found = a_client(cloud_of_all, "kms20160120", "cn-shanghai").get_secret_value(
        GetSecretValueRequest(secret_name="chat")
    )

    assert found.body.secret_data == "v"


def test_the_official_sdk_of_oss(cloud_of_all: InProcess) -> None:
    needs(module="alibabacloud_oss_v2")
    import alibabacloud_oss_v2 as oss

    settings = oss.config.load_default()
    key = cloud_of_all.key
    settings.credentials_provider = oss.credentials.StaticCredentialsProvider(
        key.access_key_id, key.access_key_secret
    )
    settings.region = "cn-shanghai"

    found = oss.Client(settings).list_buckets(oss.ListBucketsRequest())

    assert [bucket.name for bucket in found.buckets or []] == ["my-assets"]


def test_oss2(cloud_of_all: InProcess) -> None:
    needs(module="oss2")
    import oss2

    key = cloud_of_all.key
    auth = oss2.AuthV4(key.access_key_id, key.access_key_secret)
    at = "https://oss-cn-shanghai.aliyuncs.com"
    bucket = oss2.Bucket(auth, at, "my-assets", region="cn-shanghai")

    assert [row.name for row in oss2.Service(auth, at, region="cn-shanghai").list_buckets().buckets] == [
        "my-assets"
    ]
    assert bucket.get_bucket_info().location == "oss-cn-shanghai"


def test_function_compute_2(cloud_of_all: InProcess) -> None:
    needs(module="fc2")
    import fc2

    key = cloud_of_all.key
    at = f"https://{cloud_of_all.cloud.account}.cn-shanghai.fc.aliyuncs.com"
    client = fc2.Client(endpoint=at, accessKeyID=key.access_key_id, accessKeySecret=key.access_key_secret)

    assert client.list_custom_domains().data == {"customDomains": []}
    assert cloud_of_all.calls[-1].region == "cn-shanghai"


def test_tablestore(cloud_of_all: InProcess) -> None:
    """It trusts the roots of certifi alone, and knows no proxy: it is given the plain port."""
    needs(module="tablestore")
    from tablestore import OTSClient

    key = cloud_of_all.key
    client = OTSClient(cloud_of_all.endpoint, key.access_key_id, key.access_key_secret, "rows")

    assert list(client.list_table()) == []


def a_client(cloud: InProcess, package: str, region: str) -> Any:
    from alibabacloud_tea_openapi.utils_models import Config

    key = cloud.key
    module = importlib.import_module(f"alibabacloud_{package}.client")
    return module.Client(
        Config(
            access_key_id=key.access_key_id,
            access_key_secret=key.access_key_secret,
            region_id=region,
            ca=cloud.ca_file,
        )
    )


def a_request(package: str, method: str) -> list[Any]:
    """With what is mandatory; none where the method takes none."""
    models = importlib.import_module(f"alibabacloud_{package}.models")
    kind = getattr(models, f"{method.title().replace('_', '')}Request", None)
    if kind is None:
        return []
    request = kind()
    for name, value in {"region_id": "cn-shanghai", "page_size": 10, "page_number": 1}.items():
        if hasattr(request, name) and package in (
            "slb20140515",
            "ga20191120",
            "ddoscoo20200101",
            "ros20190910",
        ):
            setattr(request, name, "cn-hangzhou" if (name, package) == ("region_id", "ga20191120") else value)
    return [request]
