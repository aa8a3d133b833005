"""Contacts are told of each change once, over each of their channels, however often anything is tried."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from tests.chats import SECRET, TOKEN, Chats
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.rooms import (
    ENDING,
    Add,
    adding,
    deliveries,
    minutes_pass,
    renewed,
    still_open,
    texts,
)
from tests.functional.pipeline.stories import asked_for, uploaded


def test_the_end_of_an_automatic_job_is_told_to_whom_is_told_by_default(
    chatty: Platform, chats: Chats, add: Add
) -> None:
    add("slack", "dingtalk")
    add("wecom", language="zh")
    add("feishu", default=False)
    chatty.cloud.deny("oss:PutCname")

    renewed(chatty)

    told, job = texts(chats), chatty.job()
    assert {service: len(each) for service, each in told.items()} == {"slack": 1, "dingtalk": 1, "wecom": 1}
    title, _, certificate, slots, failed, *done = told["slack"][0].splitlines()
    assert title == f"[certdeploy] Job {job.name}: 1 of 4 slots failed"
    identifier, _, names = certificate.partition(", valid until ")[0].partition(" (")
    assert identifier == f"Certificate {job.cert_identifiers[0]}"
    assert sorted(names.rstrip(")").split(", ")) == ["*.example.com", "example.com"]
    assert (slots, len(done[:3])) == ("Slots:", 3)
    assert failed.startswith("failed: OSS/-/bucket-one/img.example.com: PutCname")
    assert done[0].startswith("done: ")
    assert done[3].startswith("What may pass by itself is tried again at ")
    assert done[-2:] == [f"certdeploy job rollback {job.job_id}", f"See: certdeploy job show {job.job_id}"]
    assert told["dingtalk"] == told["slack"]
    assert told["wecom"][0].startswith(f"[certdeploy] 任务 {job.name}:4 个位置中有 1 个失败")


@pytest.mark.long
def test_a_repetition_of_the_event_sends_nothing_twice(chatty: Platform, chats: Chats, add: Add) -> None:
    add("slack", "dingtalk")
    chatty.copies = 2

    renewed(chatty)
    chatty.tick("run_deployment_jobs", "scan_expiry", "run_deployment_jobs")

    assert {service: len(each) for service, each in texts(chats).items()} == {"slack": 1, "dingtalk": 1}
    assert still_open(chatty) == []


def test_a_job_by_hand_is_told_to_its_own_contacts(chatty: Platform, chats: Chats, add: Add) -> None:
    add("slack")
    mine = add("dingtalk", default=False)
    new = uploaded(chatty)

    asked_for(chatty, new, ContactIds=[mine])
    chatty.drain()

    assert texts(chats).keys() == {"dingtalk"}


def test_of_a_job_by_hand_without_contacts_nobody_is_told(chatty: Platform, chats: Chats, add: Add) -> None:
    add("slack")

    asked_for(chatty, uploaded(chatty))
    chatty.drain()

    assert texts(chats) == {}
    assert still_open(chatty) == []


def test_a_contact_that_nobody_added_is_an_error_before_the_job_is_made(chatty: Platform, add: Add) -> None:
    known = add("slack")
    request = {"Name": "spring", "CertIds": [int(uploaded(chatty).partition("-")[0])]}

    answer = chatty.call("create_deployment_job", {**request, "ContactIds": [known, 977]})

    assert answer["Code"] == "InvalidParameter"
    assert answer["Message"] == "ContactIds: there is no contact 977; see `certdeploy contact list`"
    assert chatty.jobs() == []


def test_everything_of_one_scan_is_one_message(chats: Chats, tmp_path: Path) -> None:
    """Of certificates that CAS has nothing for, and of some that it does not know."""
    with discovered(ENDING, tmp_path, chat_endpoint=chats.endpoint) as made:
        adding(made, chats, tmp_path)("slack", "feishu")
        adding(made, chats, tmp_path)("wecom", language="ja")
        made.pass_days(36)
        made.tick("discover_resources", "scan_expiry")
        assert texts(chats) == {}, "more may follow"

        minutes_pass(made, 4, every_s=61)
        told = texts(chats)
        made.tick("scan_expiry")
        minutes_pass(made, 4, every_s=61)

        assert texts(chats) == {}, "nothing has changed"
        assert still_open(made) == []
    assert {service: len(each) for service, each in told.items()} == {"slack": 1, "feishu": 1, "wecom": 1}
    (text,) = told["slack"]
    assert text.startswith("[certdeploy] 2 certificates need attention")
    for name in ("www.example.com", "CDN/-/example.org", "certdeploy scan", "UTC"):
        assert name in text, name
    assert told["wecom"][0].startswith("[certdeploy] 2 件の証明書に対応が必要です")


@pytest.mark.long
def test_no_secret_is_in_the_state_the_log_or_an_answer(
    chatty: Platform, chats: Chats, add: Add, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    add("slack", "wecom")
    (tmp_path / "sign").write_text(SECRET)
    add(
        "dingtalk",
        Channels=[
            {"Kind": "dingtalk", "Url": f"file:{tmp_path}/dingtalk-url", "Secret": f"file:{tmp_path}/sign"}
        ],
    )
    chats.behaviour |= {"wecom": ["refuse"], "slack": ["down"]}
    chats.signed.add("dingtalk")
    renewed(chatty)
    answers = [
        chatty.call("manage_contacts", {"List": {}}),
        chatty.call("manage_contacts", {"Show": {"ContactId": 1}}),
    ]
    answers += [chatty.call("notify_contacts", {"Test": {"ContactId": one}}) for one in (1, 2)]
    answers += [chatty.call("manage_deployment_jobs", {"Show": {"JobId": chatty.job().job_id}})]

    assert texts(chats).keys() == {"dingtalk"}
    assert any("[…]" in one.reason for one in deliveries(chatty).values()), "nothing was repeated"
    state = b"".join(file.read_bytes() for file in tmp_path.glob("state.db*"))
    for secret in (TOKEN, SECRET):
        assert secret.encode() not in state
        assert secret not in json.dumps(answers)
        assert secret not in "".join(f"{vars(record)}" for record in caplog.records)


def test_a_test_says_of_each_channel_what_came_of_it(chatty: Platform, chats: Chats, add: Add) -> None:
    contact = add("slack", "feishu", language="zh")
    chats.behaviour["feishu"] = ["refuse"]

    answer = chatty.call("notify_contacts", {"Test": {"ContactId": contact}})

    assert [(one["Delivered"], one["Reason"]) for one in answer["Channels"]] == [
        (True, ""),
        (False, "19024: Key Words Not Found"),
    ]
    assert texts(chats)["slack"][0].startswith("[certdeploy] 给 slack-feishu 的测试消息")
    assert still_open(chatty) == []
