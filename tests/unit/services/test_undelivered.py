"""That the last message about certificates reached nobody over a channel is told, until that is put right."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain.contacts import CERTIFICATES, Channel, Contact, Delivery, DeliveryStatus, of_job
from shared.services.doctor.findings import Mark
from shared.services.doctor.running import of_contacts
from shared.services.status import overview
from shared.services.undelivered import undelivered
from shared.services.world import World
from tests.builders import NOW
from tests.worlds import a_world

ROBOT = Channel(kind="dingtalk", url="kms:certdeploy/contact/robot")
MAIL = Channel(kind="email", to="ops@example.com")
REFUSED, DELIVERED = DeliveryStatus.REFUSED, DeliveryStatus.DELIVERED


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = a_world(tmp_path)
    world.contacts.save(Contact(contact_id=1, name="oncall", default=True, channels=(ROBOT, MAIL)))
    return world


def ended(
    world: World,
    status: DeliveryStatus,
    *,
    hours_ago: float | None = 1,
    about: str = CERTIFICATES,
    channel: Channel = ROBOT,
    contact_id: int = 1,
) -> None:
    told = Delivery(
        about=about,
        notification_id=f"missing-{status.value}-{hours_ago}",
        contact_id=contact_id,
        channel=channel.key,
        contact="oncall",
        over=str(channel),
        status=status,
        reason="" if status is DELIVERED else "310000: keywords not in content",
        ended_at=None if hours_ago is None else NOW - timedelta(hours=hours_ago),
    )
    world.deliveries.save(told)


@pytest.mark.parametrize("status", [REFUSED, DeliveryStatus.GIVEN_UP])
def test_the_overview_and_the_check_up_tell_it_with_the_reason(world: World, status: DeliveryStatus) -> None:
    ended(world, DELIVERED, hours_ago=30)
    ended(world, status)
    ended(world, DELIVERED, channel=MAIL)

    (concern,) = [one for one in overview(world).concerns if one.code == "undelivered"]
    assert concern.text == "the last message about certificates was not delivered over 1 channel"
    told = f"oncall over {ROBOT}: 310000: keywords not in content (2026-05-01 11:00 UTC)"
    assert (concern.needs_hand, concern.examples) == (True, (told,))
    assert concern.look == "certdeploy contact test 1"
    finding = of_contacts(world, webhook=True)
    assert (finding.mark, finding.todo) == (Mark.WARNING, "certdeploy contact test 1")
    assert finding.text == f"the last message about certificates was not delivered: {told}"


def test_one_that_is_delivered_since_puts_it_right(world: World) -> None:
    ended(world, REFUSED, hours_ago=2)
    ended(world, DELIVERED, hours_ago=1)

    assert undelivered(world) == []
    assert of_contacts(world, webhook=False).mark is Mark.OK


def test_it_is_told_for_a_week(world: World) -> None:
    ended(world, REFUSED, hours_ago=7 * 24 - 1)
    assert len(undelivered(world)) == 1

    ended(world, REFUSED, hours_ago=7 * 24)
    ended(world, REFUSED, channel=MAIL, hours_ago=7 * 24)
    assert len(undelivered(world)) == 1


def test_what_is_tried_again_has_no_end_and_a_job_tells_its_own(world: World) -> None:
    ended(world, REFUSED, about=of_job(7))
    ended(world, DeliveryStatus.PENDING, hours_ago=None)

    assert undelivered(world) == []


def test_of_a_contact_or_a_channel_that_is_gone_nothing_is_told(world: World) -> None:
    ended(world, REFUSED, contact_id=2)
    ended(world, REFUSED, channel=Channel(kind="slack", url="kms:certdeploy/contact/slack"))

    assert undelivered(world) == []
