"""A slot is changed behind the back of the job that was there last: told once, until it is put right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.services.kit.listener_model import Certificates
from emulator.services.kit.settling import Settling
from shared.domain.queries import ListResources
from shared.domain.requests import AcceptDrift
from shared.errors import InvalidRequestError, NotFoundError
from shared.services.drift import accept_drift
from shared.services.lists import list_resources
from shared.services.slots import show_slot
from shared.services.status import overview
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import OLD, WWW, asked_for, by_console, deployed, roll_back, uploaded
from tests.receiver import Receiver

ADDITIONAL = "additional"


@pytest.fixture
def platform(tmp_path: Path, receiver: Receiver) -> Iterator[Platform]:
    with discovered(ESTATE, tmp_path, webhook_url=receiver.url) as made:
        deployed(made)
        made.pass_days(0.1)
        receiver.take()
        yield made


def looked_again(platform: Platform, receiver: Receiver) -> list[dict[str, Any]]:
    """What is told after another discovery and scan."""
    platform.pass_days(0.1)
    platform.tick("discover_resources", "scan_expiry")
    return [message.body for message in receiver.take()]


def listed(platform: Platform) -> list[str]:
    return [one.slot for one in list_resources(platform.world, ListResources(drifted=True)).resources]


@pytest.mark.long
def test_a_slot_that_somebody_changed_is_told_once_with_what_was_there_and_what_is(
    platform: Platform, receiver: Receiver
) -> None:
    assert looked_again(platform, receiver) == []
    put = platform.world.resources.get(WWW).resource.cert_identifier
    by_console(platform, other := OLD)

    (message,) = looked_again(platform, receiver)

    assert message == {
        "Type": "certdeploy:CloudResource:Drifted",
        "Drifted": [
            {
                "Slot": WWW,
                "CertIdentifier": other,
                "PlacedCertIdentifier": put,
                "JobId": platform.job().job_id,
            }
        ],
    }
    assert looked_again(platform, receiver) == []
    assert listed(platform) == [WWW]
    (concern,) = [one for one in overview(platform.world).concerns if one.code == "drifted"]
    assert (concern.needs_hand, concern.count, concern.look) == (
        True,
        1,
        "certdeploy resource list --drifted",
    )
    facts = show_slot(platform.world, WWW)
    assert facts.drifted_from is not None
    assert facts.drifted_from.cert_identifier == put


@pytest.mark.long
def test_what_is_put_right_has_not_drifted_and_the_next_change_is_told_again(
    platform: Platform, receiver: Receiver
) -> None:
    put = platform.world.resources.get(WWW).resource.cert_identifier
    by_console(platform, OLD)
    assert len(looked_again(platform, receiver)) == 1

    by_console(platform, put)
    assert looked_again(platform, receiver) == []
    assert listed(platform) == []
    by_console(platform, OLD)
    assert len(looked_again(platform, receiver)) == 1


@pytest.mark.long
def test_what_is_accepted_is_no_drift_until_a_job_puts_something_there(
    platform: Platform, receiver: Receiver
) -> None:
    by_console(platform, other := OLD)
    looked_again(platform, receiver)

    answer = platform.call("manage_deployment_jobs", {"AcceptDrift": {"Slots": [WWW]}})

    (accepted,) = answer["Accepted"]
    assert (accepted["Slot"], accepted["CertIdentifier"]) == (WWW, other)
    assert listed(platform) == []
    assert looked_again(platform, receiver) == []
    by_console(platform, accepted["PlacedCertIdentifier"])
    assert looked_again(platform, receiver) == [], "nothing is held against what somebody chose"


@pytest.mark.long
@pytest.mark.parametrize(
    ("slots", "error", "why"),
    [
        ((WWW,), InvalidRequestError, "carries what the last job put there"),
        ((WWW, "CDN/-/nowhere.example.com"), NotFoundError, "nowhere.example.com"),
    ],
    ids=["as it was put", "unknown"],
)
def test_only_what_has_drifted_can_be_accepted(
    platform: Platform, slots: tuple[str, ...], error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        accept_drift(platform.world, AcceptDrift(slots=slots))


@pytest.mark.long
def test_an_additional_certificate_that_was_replaced_by_hand_has_drifted(
    platform: Platform, receiver: Receiver
) -> None:
    """Its slot has the name of its certificate, so that it is another one then."""
    (slot,) = (one for one in platform.workers() if ADDITIONAL in one)
    put = platform.job().cert_identifiers[0]
    listener = slot.split("/")[2]
    by_hand = platform.renew(*NAMES, days=100)
    (bound,) = (row for row in platform.cloud.service("alb")._all_listeners() if row.id == listener)
    others = bound.certificates.value.without({put}).additional
    bound.certificates = Settling(Certificates(bound.certificates.value.default, (*others, by_hand)))

    (message,) = looked_again(platform, receiver)

    (line,) = message["Drifted"]
    assert (line["PlacedCertIdentifier"], line["CertIdentifier"]) == (put, by_hand)
    assert listener in line["Slot"]


@pytest.mark.long
def test_one_whose_certificate_a_rollback_put_back_has_not_drifted(
    platform: Platform, receiver: Receiver
) -> None:
    roll_back(platform)
    receiver.take()

    assert looked_again(platform, receiver) == []
    assert listed(platform) == []


@pytest.mark.long
def test_another_copy_of_the_same_certificate_is_no_drift(platform: Platform, receiver: Receiver) -> None:
    put = platform.job().cert_identifiers[0]
    cas = platform.cloud.service("cas")
    copy = cas.add("copy", "cn-hangzhou", cas.find(put).bundle)
    platform.tick("scan_expiry")
    receiver.take()
    by_console(platform, copy.identifier)

    assert looked_again(platform, receiver) == []
    assert listed(platform) == []


@pytest.mark.long
def test_a_slot_that_a_job_is_about_to_change_is_not_told(platform: Platform, receiver: Receiver) -> None:
    asked_for(platform, uploaded(platform), WWW)
    platform.queue.clear()  # the job waits to be run
    by_console(platform, OLD)

    (message,) = looked_again(platform, receiver)
    assert message["Type"] == "certdeploy:DeploymentJob:Finished", "of the job of the other slots"


def test_events_about_slots_that_have_not_drifted_tell_nothing(
    platform: Platform, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    made_up = {
        "specversion": "1.0",
        "id": "slots-drifted-1",
        "source": "certdeploy",
        "type": "certdeploy:CloudResource:Drifted",
        "time": "2026-01-01T00:00:00Z",
        "data": {"Slots": [WWW], "SlotCount": 1},
    }
    platform.call("notify_contacts", made_up)
    assert [vars(one).get("reason") for one in caplog.records] == ["Slots: none of them has drifted"]
    assert receiver.take() == []
