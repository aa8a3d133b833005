"""Contacts whom the last message about certificates did not reach: but for this, only the log would say so.

What became of a message about a job is told with the job.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from shared.domain.contacts import CERTIFICATES, Delivery, DeliveryStatus
from shared.services.concerns import EXAMPLES, Concern, counted
from shared.services.world import World

_TOLD_FOR: Final = timedelta(days=7)  #: a channel that was put right sends nothing until there is news


def undelivered(world: World) -> list[Delivery]:
    """By channel that a contact still has: the last message that came to its end, if that was a failure."""
    last: dict[tuple[int, str], Delivery] = {}
    for one in world.deliveries.list(CERTIFICATES):
        before = last.get((one.contact_id, one.channel), one)
        if one.ended_at and before.ended_at and one.ended_at >= before.ended_at:
            last[one.contact_id, one.channel] = one
    since = world.clock() - _TOLD_FOR
    found: list[Delivery] = []
    for contact in world.contacts.list():
        for channel in contact.channels:
            end = last.get((contact.contact_id, channel.key))
            if end and end.status is not DeliveryStatus.DELIVERED and end.ended_at and end.ended_at > since:
                found.append(end)
    return found


def of_undelivered(world: World) -> Iterator[Concern]:
    if lost := undelivered(world):
        over = counted(len(lost), "channel")
        yield Concern(
            code="undelivered",
            text=f"the last message about certificates was not delivered over {over}",
            count=len(lost),
            examples=tuple(map(told_of, lost))[:EXAMPLES],
            look=f"certdeploy contact test {lost[0].contact_id}",
        )


def told_of(one: Delivery) -> str:
    at = f" ({one.ended_at:%Y-%m-%d %H:%M} UTC)" if one.ended_at else ""
    return f"{one.contact} over {one.over}: {one.reason or one.status.value}{at}"
