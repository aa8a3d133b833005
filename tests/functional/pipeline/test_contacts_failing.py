"""Receivers that fail, killed functions, rows that others wrote: contacts are told all the same, and once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.contacts import DeliveryStatus
from shared.domain.states import JobStatus
from shared.state import tables
from tests.chats import Chats
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Cut, Platform
from tests.functional.pipeline.rooms import Add, deliveries, minutes_pass, renewed, still_open, texts

UNWELL = "HTTP 503: the service is not well"


@pytest.mark.long
def test_one_channel_s_failure_repeats_no_other_and_fails_no_job(
    chatty: Platform, chats: Chats, add: Add
) -> None:
    """The receiver is down for an hour; others refuse for good."""
    add("slack", "dingtalk", "feishu", "wecom")
    chats.behaviour |= {"slack": ["down"], "feishu": ["refuse"], "wecom": ["garbage"]}

    renewed(chatty)
    minutes_pass(chatty, 60)
    tries = [post.service for post in chats.posts]
    chats.behaviour["slack"] = ["accept"]
    minutes_pass(chatty, 16)

    assert texts(chats).keys() == {"dingtalk", "slack"}
    assert {tries.count(service) for service in ("dingtalk", "feishu", "wecom")} == {1}
    assert 5 <= tries.count("slack") <= 9, "it is left alone for longer and longer"
    found = deliveries(chatty)
    assert {kind: one.status.value for kind, one in found.items()} == {
        "slack": "delivered",
        "dingtalk": "delivered",
        "feishu": "refused",
        "wecom": "refused",
    }
    assert found["feishu"].reason == "19024: Key Words Not Found"
    assert (chatty.job().status, chatty.failures) == (JobStatus.SUCCESS, [])
    assert still_open(chatty) == []


@pytest.mark.long
def test_a_receiver_that_stays_away_for_a_day_is_given_up(chatty: Platform, chats: Chats, add: Add) -> None:
    add("slack")
    chats.behaviour["slack"] = ["down"]
    renewed(chatty)

    minutes_pass(chatty, 30, every_s=3600)

    (delivery,) = deliveries(chatty).values()
    assert (delivery.status, delivery.reason) == (
        DeliveryStatus.GIVEN_UP,
        "HTTP 503: the service is not well",
    )
    assert still_open(chatty) == []


def test_a_throttled_message_is_tried_when_the_service_says(chatty: Platform, chats: Chats, add: Add) -> None:
    add("slack")
    chats.behaviour["slack"] = ["throttle", "accept"]
    renewed(chatty)

    chatty.clock.sleep(61)
    chatty.tick("run_deployment_jobs")
    assert len(chats.posts) == 1
    chatty.clock.sleep(30)
    chatty.tick("run_deployment_jobs")

    assert len(texts(chats)["slack"]) == 1


@pytest.mark.long
@pytest.mark.parametrize("at", [0, 1, 2, 3, 4, 5])
def test_a_function_that_is_killed_is_made_up_for(
    chatty: Platform, chats: Chats, add: Add, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After any of its writes. At most one channel, the one in hand, is told twice."""
    add("slack", "dingtalk")
    writes = iter(range(100))
    store = chatty.store
    put = store.put

    def cut(table: Any, key: Any, document: Any, *, version: int) -> int:
        done = put(table, key, document, version=version)
        if table.name in {"notifications", "open_notifications", "deliveries"} and next(writes) == at:
            raise Cut
        return done

    chatty.renew(*NAMES)
    monkeypatch.setattr(store, "put", cut)
    with pytest.raises(Cut):
        chatty.tick("scan_expiry")
    monkeypatch.setattr(store, "put", put)
    event = {"specversion": "1.0", "id": "e", "source": "certdeploy", "time": "2026-05-01T12:00:00Z"}
    event |= {"type": "certdeploy:DeploymentJob:Finished", "data": {"JobId": chatty.job().job_id}}
    chatty.call("notify_contacts", event)
    minutes_pass(chatty, 4, every_s=61)

    counts = [len(each) for each in texts(chats).values()]
    assert len(counts) == 2
    assert sum(counts) <= 3
    assert still_open(chatty) == []


def test_a_contact_that_is_gone_keeps_nothing_open(chatty: Platform, chats: Chats, add: Add) -> None:
    contact = add("slack")
    chats.behaviour["slack"] = ["down"]
    renewed(chatty)

    chatty.call("manage_contacts", {"Remove": {"ContactId": contact}})
    chatty.clock.sleep(timedelta(minutes=2).total_seconds())
    chatty.tick("run_deployment_jobs")

    assert still_open(chatty) == []


def test_rows_that_others_wrote_stop_nobody(chatty: Platform, chats: Chats, add: Add) -> None:
    contact = add("slack")
    now = chatty.clock()
    forged = {"About": "job-9", "ContactIds": [contact], "CreatedAt": now.isoformat()}
    for number, body in enumerate(
        ({}, {"Type": "x"}, {"Type": "certdeploy:DeploymentJob:Finished", "JobId": 1})
    ):
        key = ("job-9", f"forged-{number}")
        row = {**forged, "NotificationId": key[1], "Body": body}
        chatty.store.put(tables.NOTIFICATIONS, key, row, version=0)
        chatty.store.put(tables.OPEN_NOTIFICATIONS, ("-", *key), {"Due": "soon"}, version=0)

    chatty.tick("run_deployment_jobs")
    renewed(chatty)

    assert len(texts(chats)["slack"]) == 1
    assert chatty.failures == []
