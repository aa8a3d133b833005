"""Warnings of certificates that CAS does not know: what somebody makes up is told to nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.events import SlotsExpiring
from shared.errors import InvalidRequestError
from shared.services.notify import notify_contacts
from tests.builders import a_resource
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import WWW
from tests.receiver import Receiver


@pytest.fixture
def warning(told: Platform) -> SlotsExpiring:
    """Of a slot whose certificate ends in twenty days: the warning time of thirty days has passed."""
    ends = told.clock() + timedelta(days=20)
    told.world.resources.put(
        a_resource(cert_identifier="sha256:0f", cert_not_after=ends),
        told.clock(),
    )
    return SlotsExpiring.about(
        [WWW], cert_identifier="sha256:0f", not_after=ends, days_left=19, threshold_days=30
    )


@pytest.mark.parametrize("days", [-1, 0, 7, 29.5, 31, 1e300])
def test_a_warning_time_that_has_not_passed_is_not_told(
    told: Platform, receiver: Receiver, warning: SlotsExpiring, days: float
) -> None:
    with pytest.raises(InvalidRequestError, match=r"^ThresholdDays: no warning time of .* days has passed"):
        notify_contacts(told.world, warning.evolve(threshold_days=days))

    assert receiver.take() == []
    assert notify_contacts(told.world, warning).delivered


def test_one_that_was_told_may_be_delivered_late(told: Platform, warning: SlotsExpiring) -> None:
    told.world.resources.told(told.world.resources.get(WWW), 30)
    told.pass_days(6)

    assert notify_contacts(told.world, warning).delivered


def test_of_a_certificate_that_cas_knows_it_is_not_told_that_it_does_not(
    told: Platform, receiver: Receiver
) -> None:
    slot = told.world.resources.get(WWW).resource
    facts = {"cert_identifier": slot.cert_identifier, "not_after": slot.cert_not_after, "days_left": 1}

    with pytest.raises(InvalidRequestError, match=r"^CertIdentifier: CAS knows "):
        notify_contacts(told.world, SlotsExpiring.about([WWW], threshold_days=30, **facts))

    assert receiver.take() == []


@pytest.mark.parametrize("said", [{"slots_digest": "another"}, {"days_left": 7}, {"slot_count": 0}])
def test_what_is_said_beside_the_names_of_the_slots_makes_no_other_message(
    told: Platform, receiver: Receiver, warning: SlotsExpiring, said: dict[str, Any]
) -> None:
    for one in (warning, warning.evolve(**said)):
        notify_contacts(told.world, one)

    first, second = receiver.take()
    assert (first.id, first.body) == (second.id, second.body)


@pytest.mark.parametrize("count", [2, 70_000, 2**70])
def test_how_many_slots_there_are_beside_those_that_are_named_is_counted(
    told: Platform, receiver: Receiver, warning: SlotsExpiring, count: int
) -> None:
    for said in ("this", "that"):
        notify_contacts(told.world, warning.evolve(slot_count=count, slots_digest=said))

    first, second = receiver.take()
    assert "AndMore" not in first.body
    assert first.body["Slots"] == [WWW]
    assert (first.id, first.body) == (second.id, second.body), "it is the same, whatever else is said"


def test_of_very_many_slots_those_that_are_not_named_are_told_too(
    told: Platform, receiver: Receiver, warning: SlotsExpiring
) -> None:
    for number in range(3):
        more = a_resource(
            f"{'x' * 60}.{number}.example.com", cert_identifier="sha256:0f", cert_not_after=warning.not_after
        )
        told.world.resources.put(more, told.clock())

    notify_contacts(told.world, warning.evolve(slot_count=2))

    (message,) = receiver.take()
    assert len(message.body["Slots"]) + message.body.get("AndMore", 0) == 4


def test_a_warning_of_a_slot_whose_time_has_not_passed_beside_one_whose_has_is_refused(
    told: Platform, receiver: Receiver, warning: SlotsExpiring
) -> None:
    later = a_resource(
        "later.example.com",
        cert_identifier="sha256:0f",
        cert_not_after=warning.not_after + timedelta(days=90),
    )
    told.world.resources.put(later, told.clock())

    with pytest.raises(InvalidRequestError, match=r"^ThresholdDays: "):
        notify_contacts(told.world, warning.evolve(slots=(WWW, later.slot)))

    assert receiver.take() == []
