"""Certificates near their end: replaced by what CAS has; the owner is warned where it has nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from shared.domain.states import JobStatus
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import IMG, WWW
from tests.receiver import SECRET, Receiver

OFF = "CDN/-/off.example.com"
SHOP = "CDN/-/shop.example.org"
MISSING = "certdeploy:Certificate:ReplacementMissing"


def a_cert(*names: str, days: float, **more: Any) -> dict[str, Any]:
    return {"names": list(names), "key": "ecdsa-p256", "days": days, **more}


OLD = a_cert("example.com", "*.example.com", days=40)


def an_estate(**certificates: dict[str, Any]) -> dict[str, Any]:
    """`old`, 40 days, is on two slots of two products; what else CAS has is in service nowhere."""
    return {
        "regions": ["cn-hangzhou"],
        "certificates": {"old": OLD, "long": a_cert("*.example.org", days=300), **certificates},
        "cdn": [
            {"domain": "www.example.com", "certificate": "old"},
            {"domain": "off.example.com"},
            {"domain": "shop.example.org", "certificate": "long"},
        ],
        "oss": [
            {
                "bucket": "bucket-one",
                "region": "cn-hangzhou",
                "cnames": [{"domain": "img.example.com", "certificate": "old"}],
            }
        ],
    }


Installed = Callable[..., Platform]


@pytest.fixture
def installed(receiver: Receiver, tmp_path: Path) -> Iterator[Installed]:
    """An installation on an estate, whose owner has a receiver."""
    entered: list[AbstractContextManager[Platform]] = []

    def enter(**certificates: dict[str, Any]) -> Platform:
        made = discovered(
            an_estate(**certificates), tmp_path, webhook_url=receiver.url, webhook_secret=SECRET
        )
        entered.append(made)
        return made.__enter__()

    yield enter
    for made in entered:
        made.__exit__(None, None, None)


def days_pass(platform: Platform, days: float) -> None:
    platform.pass_days(days)
    platform.tick("scan_expiry", "scan_expiry")


def slots_by_job(platform: Platform) -> dict[str, set[str]]:
    """By the origin of the job, which names certificate and warning time, and the type of certificate."""
    return {
        f"{job.origin} {job.cert_type}": {
            worker.resource.slot for worker in platform.world.workers.list(job.job_id)
        }
        for job in platform.jobs()
    }


@pytest.mark.long
def test_nothing_to_replace_it_is_told_once_for_each_warning_time(
    installed: Installed, receiver: Receiver
) -> None:
    platform = installed()
    ending = platform.world.resources.get(WWW).resource
    told: list[list[int]] = []

    for days in (9.9, 0.5, 1, 14.2, 11.9, 2, 0.9):  # 30.1, 29.6, 28.6, 14.4, 2.5, 0.5, none left
        days_pass(platform, days)
        messages = receiver.take()
        told.append([message.body["DaysLeft"] for message in messages])
        for message in messages:
            assert message.signed_with(SECRET)
            assert ending.cert_not_after is not None
            body = message.body
            assert message.id.startswith(f"missing-{ending.cert_identifier}-{body.pop('DaysLeft')}-")
            assert body == {
                "Type": MISSING,
                "CertIdentifier": ending.cert_identifier,
                "Name": "old",
                "NotAfter": ending.cert_not_after.isoformat(),
                "Slots": [WWW, IMG],
            }

    assert told == [[], [29], [], [14], [2], [0], []]
    assert (platform.jobs(), platform.failures) == ([], [])


@pytest.mark.parametrize("before", [0, 38], ids=["never warned of", "warned of before"])
def test_an_end_that_came_while_nothing_ran_is_told(
    installed: Installed, receiver: Receiver, before: float
) -> None:
    platform = installed()
    days_pass(platform, before)
    receiver.take()

    days_pass(platform, 41 - before)

    body = receiver.one().body
    assert (body["Type"], body["Slots"], body["DaysLeft"]) == (MISSING, [WWW, IMG], -1)
    assert body["Ended"] is True
    days_pass(platform, 30)
    assert (receiver.take(), platform.jobs()) == ([], [])


def test_an_end_that_came_while_nothing_ran_is_made_good_by_what_cas_has(installed: Installed) -> None:
    platform = installed(long_enough=a_cert("*.example.com", days=200))

    days_pass(platform, 41)

    assert set().union(*slots_by_job(platform).values()) == {WWW, IMG}
    assert platform.job().status is JobStatus.SUCCESS


def test_a_scan_says_what_it_announces(installed: Installed) -> None:
    platform = installed()
    ending = platform.world.resources.get(WWW).resource.cert_identifier
    platform.pass_days(10.5)

    first = platform.call("scan_expiry", {})
    again = platform.call("scan_expiry", {})
    platform.drain()
    last = platform.call("scan_expiry", {})

    assert [answer["Expiring"] for answer in (first, again, last)] == [[ending], [ending], []]
    assert (first["Certificates"], first["Issued"]) == (2, [])


def test_an_announcement_that_comes_again_is_dealt_with_once(
    installed: Installed, receiver: Receiver
) -> None:
    platform = installed()
    platform.copies = 3
    platform.pass_days(10.5)

    platform.tick("scan_expiry")

    messages = receiver.take()
    assert len(messages) == 3, "the message itself came three times"
    assert len({message.id for message in messages}) == 1


@pytest.mark.long
def test_what_cas_has_longer_replaces_it_where_it_is_in_service(
    installed: Installed, receiver: Receiver
) -> None:
    """It was there at the first scan, so nobody had deployed it."""
    platform = installed(
        spare=a_cert("*.example.com", days=100), longest=a_cert("example.com", "*.example.com", days=200)
    )
    old = platform.world.resources.get(WWW).resource.cert_identifier
    assert platform.jobs() == []

    days_pass(platform, 10.5)

    assert platform.job().status is JobStatus.SUCCESS
    assert slots_by_job(platform) == {f"expiring-{old}-30 UPLOAD": {WWW, IMG}}
    assert platform.job().name == "old expiring"
    assert platform.world.resources.get(OFF).resource.cert_identifier == ""
    served = {platform.world.resources.get(slot).resource.cert_identifier for slot in (WWW, IMG)}
    names = {
        record.certificate.identifier: record.certificate.name
        for record in platform.world.certificates.list("cn-hangzhou")
    }
    assert [names[identifier] for identifier in served] == ["longest"]
    assert [message.body["Type"] for message in receiver.take()] == ["certdeploy:DeploymentJob:Finished"]
    days_pass(platform, 15)
    assert (receiver.take(), len(platform.jobs())) == ([], 1), "it is in service nowhere"


def test_slots_that_no_type_of_certificate_can_replace_are_told(
    installed: Installed, receiver: Receiver
) -> None:
    """One is covered, the other is not."""
    platform = installed(partial=a_cert("www.example.com", days=100))
    old = platform.world.resources.get(WWW).resource.cert_identifier

    days_pass(platform, 10.5)

    assert slots_by_job(platform) == {f"expiring-{old}-30 UPLOAD": {WWW}}
    messages = {message.body["Type"]: message.body for message in receiver.take()}
    assert messages.pop(MISSING)["Slots"] == [IMG]
    assert list(messages) == ["certdeploy:DeploymentJob:Finished"]


def test_certificates_of_two_types_make_a_job_each_and_no_slot_is_replaced_twice(
    installed: Installed, receiver: Receiver
) -> None:
    platform = installed(
        bought=a_cert("www.example.com", days=100, source="BUY"),
        uploaded=a_cert("img.example.com", days=200),
    )
    old = platform.world.resources.get(WWW).resource.cert_identifier

    platform.pass_days(10.5)
    platform.call("scan_expiry", {})
    answer = platform.call(*platform.queue.pop(0))
    platform.drain()

    created = [(job["Origin"], job["CertType"]) for job in answer["Jobs"]]
    assert created == [(f"expiring-{old}-30", "BUY"), (f"expiring-{old}-30", "UPLOAD")]
    assert slots_by_job(platform) == {f"expiring-{old}-30 BUY": {WWW}, f"expiring-{old}-30 UPLOAD": {IMG}}
    assert {job.status for job in platform.jobs()} == {JobStatus.SUCCESS}
    assert MISSING not in [message.body["Type"] for message in receiver.take()]


def test_a_kind_of_key_that_would_change_replaces_nothing(installed: Installed, receiver: Receiver) -> None:
    platform = installed(rsa={"names": ["*.example.com"], "key": "rsa-2048", "days": 200})

    days_pass(platform, 10.5)

    assert platform.jobs() == []
    assert receiver.one().body["Slots"] == [WWW, IMG]


def test_a_certificate_that_is_in_service_nowhere_may_end_untold(
    installed: Installed, receiver: Receiver
) -> None:
    platform = installed(unused=a_cert("example.net", days=20))

    days_pass(platform, 1)

    assert (receiver.take(), platform.jobs(), platform.failures) == ([], [], [])


def test_the_certificate_that_is_valid_longest_is_taken_whatever_its_type_but_a_test_one_comes_last(
    installed: Installed,
) -> None:
    platform = installed(
        personal=a_cert("*.example.com", days=300, source="TEST"),
        bought=a_cert("*.example.com", days=100, source="BUY"),
        uploaded=a_cert("*.example.com", days=198),
    )
    old = platform.world.resources.get(WWW).resource.cert_identifier

    days_pass(platform, 10.5)

    assert slots_by_job(platform) == {f"expiring-{old}-30 UPLOAD": {WWW, IMG}}


def test_an_ordinary_renewal_of_any_lifetime_comes_before_the_first_warning(
    receiver: Receiver, tmp_path: Path
) -> None:
    """A certificate of six days that is renewed after three alarms nobody."""
    estate = an_estate()
    estate["certificates"]["old"] = {**OLD, "days": 5.9, "age": 0.1}
    with discovered(estate, tmp_path, webhook_url=receiver.url, warning_days=()) as platform:
        days_pass(platform, 2.9)
        assert (platform.jobs(), receiver.take()) == ([], [])
        platform.renew("example.com", "*.example.com", days=6)
        platform.tick("scan_expiry")
        assert platform.job().status is JobStatus.SUCCESS
        receiver.take()

        days_pass(platform, 3)

        assert (len(platform.jobs()), receiver.take()) == (1, [])


def test_each_warning_time_of_a_short_life_is_told_though_no_whole_day_is_left(
    receiver: Receiver, tmp_path: Path
) -> None:
    """Receivers know a repetition by its id."""
    estate = an_estate()
    estate["certificates"]["old"] = {**OLD, "days": 5.9, "age": 0.1}
    with discovered(estate, tmp_path, webhook_url=receiver.url, warning_days=()) as platform:
        ids, left = [], []
        for days in (4, 1, 0.5, 0.6):  # 1.9, 0.9, 0.4 are left, and none
            days_pass(platform, days)
            messages = receiver.take()
            ids += [message.id for message in messages]
            left.append([message.body["DaysLeft"] for message in messages])

    assert left == [[1], [0], [0], []]
    assert len(set(ids)) == len(ids) == 3
