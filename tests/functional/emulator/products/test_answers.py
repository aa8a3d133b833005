"""Answers in other words: the official SDKs still read them, and a seed brings them again."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from alibabacloud_tea_openapi.utils_models import GlobalParameters
from darabonba.runtime import RuntimeOptions

from emulator.cloud import Cloud
from emulator.server import Server
from emulator.strangers import UNHEARD
from tests.functional.emulator.clients import config
from tests.functional.emulator.official import Official, fields, populate, unknown, without_strangers

FAR = {"RegionId": "cn-shanghai"}
READS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("cas", "cas.aliyuncs.com", "ListCertificates", {"ShowSize": 100}),
    ("cas", "cas.aliyuncs.com", "ListUserCertificateOrder", {"OrderType": "CERT"}),
    ("cas", "cas.aliyuncs.com", "ListContact", {}),
    ("cdn", "cdn.aliyuncs.com", "DescribeUserDomains", {"PageSize": 100}),
    ("cdn", "cdn.aliyuncs.com", "DescribeCdnHttpsDomainList", {}),
    ("dcdn", "dcdn.aliyuncs.com", "DescribeDcdnUserDomains", {}),
    ("live", "live.aliyuncs.com", "DescribeLiveUserDomains", {}),
    ("vod", "vod.cn-shanghai.aliyuncs.com", "DescribeVodUserDomains", {}),
    ("alb", "alb.cn-hangzhou.aliyuncs.com", "ListListeners", {}),
    ("alb", "alb.cn-hangzhou.aliyuncs.com", "ListLoadBalancers", {}),
    ("nlb", "nlb.cn-hangzhou.aliyuncs.com", "ListListeners", {}),
    ("slb", "slb.cn-shanghai.aliyuncs.com", "DescribeLoadBalancers", FAR),
    ("slb", "slb.cn-shanghai.aliyuncs.com", "DescribeServerCertificates", FAR),
    ("ga", "ga.cn-hangzhou.aliyuncs.com", "ListAccelerators", {"RegionId": "cn-hangzhou"}),
    ("ddoscoo", "ddoscoo.cn-hangzhou.aliyuncs.com", "DescribeWebRules", {"PageSize": 10}),
    ("esa", "esa.cn-hangzhou.aliyuncs.com", "ListSites", {}),
    ("cloudapi", "apigateway.cn-hangzhou.aliyuncs.com", "DescribeApiGroups", {}),
    ("mse", "mse.cn-hangzhou.aliyuncs.com", "ListGateway", {}),
    ("waf-openapi", "wafopenapi.cn-hangzhou.aliyuncs.com", "DescribeInstance", {}),
]
EACH = pytest.mark.parametrize(
    ("product", "host", "action", "params"), READS, ids=[f"{row[0]}-{row[2]}" for row in READS]
)


@pytest.fixture(autouse=True)
def _full_again(cloud: Cloud) -> Iterator[None]:
    populate(cloud)
    yield
    cloud.answers.mode, cloud.answers.seed = "full", 0


def sparse(cloud: Cloud) -> None:
    cloud.answers.mode = "sparse"


@EACH
@pytest.mark.parametrize(("mode", "seed"), [("sparse", 0), ("random", 1), ("random", 2), ("random", 3)])
def test_the_official_sdk_reads_it_and_misses_nothing_but_what_nobody_knows(
    server: Server,
    cloud: Cloud,
    product: str,
    host: str,
    action: str,
    params: dict[str, Any],
    mode: Any,
    seed: int,
) -> None:
    cloud.answers.mode, cloud.answers.seed = mode, seed
    official = Official(server, product, host)

    body = official.body(action, **params)

    told = body.to_map()
    missed = [path for path in unknown(official.raw, told) if UNHEARD.lower() not in path.lower()]
    nulls = [name for name, value in fields(official.raw) if value is None]
    assert [path for path in missed if path.rpartition(".")[2].removesuffix("[]") not in nulls] == []
    assert told["RequestId"]


BY_PATH = [
    ("apig20240327", "ListGateways", "apig"),
    ("fc20230330", "ListCustomDomains", "fcv3"),
    ("eas20210701", "ListGateway", "pai-eas"),
    ("sae20190506", "DescribeNamespaceList", "sae"),
    ("cs20151215", "DescribeClustersV1", "cs"),
]


@pytest.mark.parametrize(("package", "action", "host"), BY_PATH, ids=[row[1] for row in BY_PATH])
@pytest.mark.parametrize("mode", ["sparse", "random"])
def test_the_official_sdks_of_calls_by_path_read_it(
    server: Server, cloud: Cloud, package: str, action: str, host: str, mode: Any
) -> None:
    cloud.answers.mode = mode
    everywhere = GlobalParameters(headers={"x-emulator-host": f"{host}.cn-hangzhou.aliyuncs.com"})
    module = import_module(f"alibabacloud_{package}.client")
    request = getattr(import_module(f"alibabacloud_{package}.models"), f"{action}Request")()
    client = module.Client(config(server, global_parameters=everywhere))
    wanted = f"{action}WithOptions".lower()
    name = next(name for name in dir(client) if name.replace("_", "") == wanted)

    answered = getattr(client, name)(request, {}, RuntimeOptions())

    assert answered.status_code == 200
    assert answered.body.to_map()


@EACH
def test_sparse_answers_have_no_empty_field_and_lose_no_row(
    server: Server, cloud: Cloud, product: str, host: str, action: str, params: dict[str, Any]
) -> None:
    official = Official(server, product, host)
    official.body(action, **params)
    full = official.raw
    sparse(cloud)

    official.body(action, **params)

    nothing = [None, "", [], {}]
    assert [name for name, value in fields(official.raw) if value in nothing or value is False] == []
    assert rows(official.raw) == rows(full)
    assert len(list(fields(without_strangers(official.raw)))) <= len(list(fields(full)))


def rows(answer: Any) -> int:
    """Of the first list of things in an answer."""
    if isinstance(answer, list):
        return len(answer) if all(isinstance(item, dict) for item in answer) else 0
    if isinstance(answer, dict):
        return next(filter(None, (rows(item) for item in without_strangers(answer).values())), 0)
    return 0


def test_an_empty_region_is_answered_as_the_real_one_was(server: Server, cloud: Cloud) -> None:
    """A captured answer of NLB has no list at all."""
    official = Official(server, "nlb", "nlb.me-central-1.aliyuncs.com")
    sparse(cloud)

    official.body("ListListeners")

    assert set(without_strangers(official.raw)) == {"RequestId", "MaxResults", "TotalCount"}


def test_a_total_is_one_off_and_a_list_turned_round(server: Server, cloud: Cloud) -> None:
    official = Official(server, "cas", "cas.aliyuncs.com")
    full = official.body("ListCertificates", ShowSize=100)
    sparse(cloud)

    other = official.body("ListCertificates", ShowSize=100)

    assert other.total_count == full.total_count + 1
    ids = [row.certificate_id for row in full.certificate_list]
    assert [row.certificate_id for row in other.certificate_list] == ids[::-1]


def test_a_chain_keeps_its_order(server: Server, cloud: Cloud) -> None:
    official = Official(server, "cas", "cas.aliyuncs.com")
    cert_id = int(official.body("ListCertificates").certificate_list[0].certificate_id)
    full = official.body("GetUserCertificateDetail", CertId=cert_id, CertFilter=True).cert_chain
    sparse(cloud)

    chain = official.body("GetUserCertificateDetail", CertId=cert_id, CertFilter=True).cert_chain

    assert [link.common_name for link in chain] == [link.common_name for link in full]


def test_what_the_list_of_cas_lacks_its_detail_has(server: Server, cloud: Cloud) -> None:
    official = Official(server, "cas", "cas.aliyuncs.com")
    sparse(cloud)

    [row, *_] = official.body("ListCertificates").certificate_list
    detail = official.body("GetCertificateDetail", CertificateId=int(row.certificate_id))

    assert (row.certificate_source, row.key_size, row.serial) == (None, None, None)
    assert detail.key_size
    assert detail.certificate_source


def test_a_time_of_change_moves_and_a_certificate_s_end_does_not(server: Server, cloud: Cloud) -> None:
    official = Official(server, "cdn", "cdn.aliyuncs.com")
    sparse(cloud)

    def changed() -> str:
        body = official.body("DescribeUserDomains", PageSize=100)
        return str(body.domains.page_data[0].gmt_modified)

    first, second = changed(), changed()

    assert first < second
    cas = Official(server, "cas", "cas.aliyuncs.com")
    ends = [cas.body("ListCertificates").certificate_list[0].not_after for _ in range(2)]
    assert ends[0] == ends[1]


def test_a_number_comes_as_text_where_the_vendor_shows_it_so(server: Server, cloud: Cloud) -> None:
    official = Official(server, "cas", "cas.aliyuncs.com")
    sparse(cloud)

    official.body("ListUserCertificateOrder", OrderType="CERT")

    assert isinstance(official.raw["CertificateOrderList"][0]["CertificateId"], str)
