"""Policies say who is told of a slot, where its job does not: whoever is responsible for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.errors import InvalidRequestError
from shared.services.policies import store_policies
from tests.chats import Chats
from tests.functional.pipeline import rooms
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.rooms import Add, adding, minutes_pass, renewed, still_open, texts
from tests.functional.pipeline.stories import asked_for, by_console, deployed, policies, uploaded

ENDING: dict[str, Any] = {
    **rooms.ENDING,
    "cdn": [*rooms.ENDING["cdn"], {"domain": "img.example.com", "certificate": "old"}],
}


def counted(chats: Chats) -> dict[str, int]:
    return {service: len(each) for service, each in texts(chats).items()}


def test_a_job_is_told_to_whom_policies_name_for_its_slots_and_to_those_by_default_for_the_others(
    chatty: Platform, chats: Chats, add: Add
) -> None:
    add("slack")
    edge = add("dingtalk", default=False)
    add("wecom", default=False)
    policies(chatty, {"match": {"product": "CDN"}, "contacts": edge})

    renewed(chatty)

    told = texts(chats)
    assert {service: len(each) for service, each in told.items()} == {"slack": 1, "dingtalk": 1}
    assert told["slack"] == told["dingtalk"], "a job is told whole"


def test_those_by_default_are_not_told_where_policies_name_others_for_every_slot(
    chatty: Platform, chats: Chats, add: Add
) -> None:
    add("slack")
    everybody, oss = add("dingtalk", default=False), add("wecom", default=False)
    policies(chatty, {"match": {"product": "OSS"}, "contacts": [oss]}, contacts=[everybody])

    renewed(chatty)

    assert counted(chats) == {"dingtalk": 1, "wecom": 1}


def test_a_rule_may_go_back_to_those_by_default(chatty: Platform, chats: Chats, add: Add) -> None:
    add("slack")
    everybody = add("dingtalk", default=False)
    rule = {"match": {"product": ["CDN", "ALB", "OSS"]}, "contacts": "none"}
    policies(chatty, rule, contacts=[everybody])

    renewed(chatty)

    assert counted(chats) == {"slack": 1}


def test_contacts_of_the_job_itself_count_before_those_of_policies(
    chatty: Platform, chats: Chats, add: Add
) -> None:
    add("slack")
    edge, mine = add("dingtalk", default=False), add("wecom", default=False)
    policies(chatty, contacts=[edge])

    asked_for(chatty, uploaded(chatty), ContactIds=[mine])
    chatty.drain()

    assert counted(chats) == {"wecom": 1}


def test_a_job_by_hand_is_told_to_whom_policies_name(chatty: Platform, chats: Chats, add: Add) -> None:
    add("slack")
    edge = add("dingtalk", default=False)
    policies(chatty, {"match": {"domain": "*.example.com"}, "contacts": [edge]})

    asked_for(chatty, uploaded(chatty))
    chatty.drain()

    assert counted(chats) == {"dingtalk": 1}


@pytest.mark.long
def test_of_a_contact_that_is_gone_those_by_default_learn(chatty: Platform, chats: Chats, add: Add) -> None:
    add("slack", language="en")
    edge = add("dingtalk", default=False)
    policies(chatty, {"name": "edge", "match": {"product": "CDN"}, "contacts": [edge]})
    chatty.call("manage_contacts", {"Remove": {"ContactId": edge}})

    renewed(chatty)

    (text,) = texts(chats)["slack"]
    line = f"policy rule 1 (edge) names contact {edge}, who is gone: see certdeploy contact list"
    assert text.splitlines()[2] == line
    assert still_open(chatty) == []


@pytest.mark.long
def test_of_a_contact_of_the_job_that_is_gone_those_by_default_learn(
    chatty: Platform, chats: Chats, add: Add
) -> None:
    add("slack")
    mine = add("dingtalk", default=False)
    job = asked_for(chatty, uploaded(chatty), ContactIds=[mine])
    chatty.call("manage_contacts", {"Remove": {"ContactId": mine}})
    chatty.drain()

    (text,) = texts(chats)["slack"]
    assert f"job {job} names contact {mine}, who is gone" in text


@pytest.mark.long
def test_of_what_ends_each_is_told_of_his_own_slots(chats: Chats, tmp_path: Path) -> None:
    with discovered(ENDING, tmp_path, chat_endpoint=chats.endpoint) as made:
        add = adding(made, chats, tmp_path)
        add("slack")
        images, strangers = add("dingtalk", default=False), add("wecom", default=False)
        policies(
            made,
            {"match": {"slot": "CDN/-/img.example.com"}, "contacts": [images]},
            {"match": {"domain": "example.org"}, "contacts": [strangers]},
        )
        made.pass_days(36)
        made.tick("discover_resources", "scan_expiry")
        minutes_pass(made, 4, every_s=61)
        told = texts(chats)

        assert {service: len(each) for service, each in told.items()} == dict.fromkeys(
            ("slack", "dingtalk", "wecom"), 1
        )
        named = {
            service: [
                one for one in ("www.example.com", "img.example.com", "CDN/-/example.org") if one in text
            ]
            for service, (text,) in told.items()
        }
        assert named == {
            "slack": ["www.example.com"],
            "dingtalk": ["img.example.com"],
            "wecom": ["CDN/-/example.org"],
        }
        made.tick("discover_resources", "scan_expiry")
        minutes_pass(made, 4, every_s=61)
        assert texts(chats) == {}, "nothing is told twice"
        assert made.failures == []


@pytest.mark.long
def test_of_drift_the_contacts_of_the_slot_are_told(chats: Chats, tmp_path: Path) -> None:
    with discovered({**ENDING}, tmp_path, chat_endpoint=chats.endpoint) as made:
        deployed(made)
        add = adding(made, chats, tmp_path)
        add("slack")
        www = add("dingtalk", default=False)
        policies(made, {"match": {"slot": "CDN/-/www.example.com"}, "contacts": [www]})
        made.pass_days(0.1)
        by_console(made, "10742313-cn-hangzhou")
        made.pass_days(0.1)
        made.tick("discover_resources", "scan_expiry")
        minutes_pass(made, 4, every_s=61)

        told = texts(chats)
        assert told.keys() == {"dingtalk"}
        assert "CDN/-/www.example.com" in told["dingtalk"][0]


def test_contacts_that_nobody_has_added_are_refused_all_at_once(platform: Platform) -> None:
    world = platform.world
    text = "defaults: {contacts: [7]}\nrules: [{name: a, match: {product: CDN}, contacts: [8, 9]}]"
    with pytest.raises(InvalidRequestError) as refused:
        store_policies(world, text, version=0)
    assert str(refused.value) == (
        "policies: defaults, contacts: there is no contact 7;"
        " policy rule 1 (a), contacts: there is no contact 8;"
        " policy rule 1 (a), contacts: there is no contact 9;"
        " `certdeploy contact list` shows those that there are"
    )
    assert world.policy_texts.find() is None
