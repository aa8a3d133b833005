"""Answers in other words: the official SDKs still read them, and a seed brings them again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from emulator.answers import UNHEARD, Answers
from emulator.api import Call, Raw
from emulator.cloud import Cloud
from emulator.server import Server
from tests.functional.emulator.clients import admin
from tests.functional.emulator.official import Official, populate, unknown

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


def fields(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every field at any depth with its value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key, item
            yield from fields(item, key)
    if isinstance(value, list):
        for item in value:
            yield from fields(item, name)


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


def without_strangers(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if UNHEARD.lower() not in key.lower()}
        return {key: without_strangers(item) for key, item in kept.items()}
    return [without_strangers(item) for item in value] if isinstance(value, list) else value


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
    assert detail.certificate_source == UNHEARD


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


def test_a_seed_brings_the_same_answers_again_whatever_is_asked_between(server: Server, cloud: Cloud) -> None:
    def asked(seed: int, *, between: bool = False) -> list[Any]:
        cloud.answers.mode, cloud.answers.seed = "random", seed
        cloud.answers.restart()
        official = Official(server, "cdn", "cdn.aliyuncs.com")
        found = []
        for _ in range(3):
            if between:
                official.body("DescribeCdnHttpsDomainList")
            official.body("DescribeUserDomains", PageSize=100)
            found.append({**official.raw, "RequestId": ""})
        return found

    once = asked(7)

    assert asked(7) == once
    assert asked(7, between=True) == once
    assert asked(8) != once
    assert once[0] != once[1]


def test_random_answers_vary_each_field_in_time(server: Server, cloud: Cloud) -> None:
    """With and without, as null, shuffled, off by one both ways, and numbers as text."""
    cloud.answers.mode = "random"
    official = Official(server, "alb", "alb.cn-hangzhou.aliyuncs.com")
    seen: dict[str, set[str]] = {}
    for _ in range(60):
        official.body("ListListeners")
        seen.setdefault("total", set()).add(repr(official.raw.get("TotalCount")))
        row = official.raw["Listeners"][0]
        seen.setdefault("timeout", set()).add(type(row.get("RequestTimeout", "absent")).__name__)
        seen.setdefault("first", set()).add(row["ListenerId"])
        seen.setdefault("strangers", set()).add(repr(UNHEARD in row))

    assert len(seen["total"]) == 3
    assert seen["timeout"] == {"str", "int", "NoneType"}
    assert len(seen["first"]) > 1
    assert seen["strangers"] == {"True", "False"}


def test_products_keep_what_they_know(server: Server, cloud: Cloud) -> None:
    official = Official(server, "cdn", "cdn.aliyuncs.com")
    before = official("DescribeUserDomains").to_map()
    for mode in ("sparse", "random"):
        cloud.answers.mode = mode
        official.body("DescribeUserDomains")
    cloud.answers.mode = "full"

    after = official("DescribeUserDomains").to_map()

    assert {**after, "RequestId": ""} == {**before, "RequestId": ""}


@pytest.mark.parametrize(
    ("action", "raw"),
    [
        ("InvokeFunction", Raw(200, b'{"Empty":[]}', {}, "application/json")),
        ("ListBuckets", Raw(200, b"<Empty/>", {}, "application/xml")),
        ("ListPeople", Raw(200, b"[]", {}, "application/json")),
    ],
)
def test_what_is_not_the_cloud_s_own_json_stays_as_it_is(action: str, raw: Raw) -> None:
    assert Answers("sparse").varied("fc", Call(action, {}, "", "1"), raw) is raw


def test_json_of_other_forms_is_worded_too() -> None:
    told = {"customDomains": [{"domainName": "a", "accountId": "", "tlsConfig": {"cipherSuites": []}}]}
    raw = Raw(200, json.dumps(told).encode(), {"x": "y"}, "application/json")

    words = Answers("sparse").varied("fc", Call("ListCustomDomains", {}, "", "1"), raw)

    assert isinstance(words, Raw)
    assert without_strangers(json.loads(words.body)) == {"customDomains": [{"domainName": "a"}]}
    assert "unheard" in json.loads(words.body)["customDomains"][0]
    assert words.headers == {"x": "y"}


def test_a_thing_of_which_nothing_is_promised_is_left_out() -> None:
    told = {"Backends": [{"Weight": 1}, {"Weight": 2}], "Names": [{"Name": "a", "Weight": 1}]}

    words = Answers("sparse").varied("alb", Call("ListAny", {}, "", "1"), told)

    assert without_strangers(words) == {"Names": [{"Name": "a"}]}


def test_a_repeated_call_is_the_same_call_whatever_its_token() -> None:
    def told(token: str, answers: Answers) -> Any:
        call = Call("ListAny", {"ClientToken": token}, "", "1")
        return answers.varied("alb", call, {f"Field{n}": n for n in range(20)})

    one, other = Answers("random", 3), Answers("random", 3)

    assert told("a", one) == told("b", other)
    assert told("a", one) == told("c", other)


def test_a_reset_and_a_new_seed_begin_anew(server: Server, cloud: Cloud) -> None:
    official = Official(server, "cdn", "cdn.aliyuncs.com")

    def first() -> dict[str, Any]:
        official.body("DescribeUserDomains", PageSize=100)
        return {**official.raw, "RequestId": ""}

    admin(server, "POST", "options", {"answers": "random", "seed": 4})
    once = first()
    admin(server, "POST", "options", {"seed": 4})
    again = first()
    cloud.reset()

    assert again == once
    assert first() == once


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="full, sparse, random"):
        Answers("few")  # type: ignore[arg-type]


def test_the_mode_is_changed_at_run_time(server: Server, cloud: Cloud) -> None:
    assert admin(server, "GET", "options")["answers"] == "full"
    assert admin(server, "POST", "options", {"answers": "random", "seed": 5})["seed"] == 5
    assert (cloud.answers.mode, cloud.answers.seed) == ("random", 5)
