"""Answers by lot: a seed brings them again, and products keep what they know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from emulator.answers import Answers
from emulator.api import Call, Raw
from emulator.cloud import Cloud
from emulator.server import Server
from emulator.strangers import UNHEARD
from tests.functional.emulator.clients import admin
from tests.functional.emulator.official import Official, populate, without_strangers


@pytest.fixture(autouse=True)
def _full_again(cloud: Cloud) -> Iterator[None]:
    populate(cloud)
    yield
    cloud.answers.mode, cloud.answers.seed = "full", 0


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
    for seed in range(20):
        cloud.answers.seed = seed
        official.body("ListListeners")
        seen.setdefault("strangers", set()).add(repr(UNHEARD in official.raw["Listeners"][0]))

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
