"""Brings notifications to contacts: over each channel once, again where it failed, together what belongs so.

What becomes of a delivery is a row of its own, taken in hand by a compare-and-set: a repetition of the event
sends nothing twice, and a receiver that is down delays no other. What concerns certificates waits a little,
so that everything of one scan is one message.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shared.cloud.channels import reason_of
from shared.domain.contacts import (
    CERTIFICATES,
    Channel,
    Contact,
    Delivery,
    DeliveryStatus,
    Language,
    Notification,
)
from shared.domain.moments import LONGEST
from shared.domain.values import Wire
from shared.errors import (
    AppError,
    CloudRejectedError,
    CloudThrottledError,
    ConflictError,
    UnreadableAnswerError,
    UnreadableRowError,
)
from shared.services.compose import composed
from shared.services.world import World
from shared.state.contacts import Opened

log = logging.getLogger("certdeploy.notify")
#: A plan follows the scan that calls for it, and tells what it has nothing for.
_TOGETHER: Final = timedelta(minutes=2)
_LEASE: Final = timedelta(minutes=2)  #: no try takes longer
_FIRST_PAUSE: Final = timedelta(minutes=1)  #: then twice as long each time
_LONGEST_PAUSE: Final = timedelta(minutes=15)
_GIVE_UP: Final = timedelta(days=1)
_A_TRY_S: Final = 25.0  #: what must be left of the function for one more
_FINAL: Final = (CloudRejectedError, UnreadableAnswerError)
DIGEST_TYPE: Final = "certdeploy:Digest"


class Delivered(Wire):
    delivered: int = 0  #: messages
    failed: int = 0


@dataclass(frozen=True)
class _Hand:
    """What one channel of one contact is to be told, and the rows that say so."""

    contact: Contact
    channel: Channel
    notifications: tuple[Notification, ...]
    deliveries: tuple[Delivery, ...]


def announce(
    world: World, about: str, notification_id: str, body: dict[str, Any], ids: Sequence[int]
) -> None:
    """Have these contacts told, once for all repetitions; at once but for what waits for others.

    Raises:
        AppError: the state cannot be written. A receiver that fails is no error here.
    """
    if not ids:
        return
    now = world.clock()
    waits = about == CERTIFICATES
    notification = Notification(
        about=about, notification_id=notification_id, body=body, contact_ids=tuple(ids), created_at=now
    )
    world.notifications.announce(notification, now + (_TOGETHER if waits else timedelta()))
    if not waits:
        opened = [one for one in world.notifications.opened() if one.notification_id == notification_id]
        _bring(world, [one for one in opened if one.about == about])


def deliver_due(world: World) -> Delivered:
    """Whatever is due: what was put off, and what was cut off."""
    now = world.clock()
    opened = world.notifications.opened()
    due = [one for one in opened if one.due is None or not one.due > now]
    result = Delivered()
    for one in due:
        if one.about != CERTIFICATES:
            result = _sum(result, _bring(world, [one]))
    if any(one.about == CERTIFICATES for one in due):
        together = [one for one in opened if one.about == CERTIFICATES]
        result = _sum(result, _bring(world, together))
    return result


def _sum(one: Delivered, other: Delivered) -> Delivered:
    return Delivered(delivered=one.delivered + other.delivered, failed=one.failed + other.failed)


def _bring(world: World, opened: Sequence[Opened]) -> Delivered:
    """Those of one kind, together, to everybody who has not got them."""
    found = {one: _readable(world, one) for one in opened}
    notifications = [one for one in found.values() if one is not None]
    contacts = world.contacts.find_many({id for one in notifications for id in one.contact_ids})
    result = Delivered()
    for contact, channel in _channels(contacts.values()):
        if world.left_s() < _A_TRY_S:
            break  # the next tick goes on
        hand = _taken(world, contact, channel, notifications)
        if hand is not None:
            well = _send(world, hand)
            result = _sum(result, Delivered(delivered=int(well), failed=int(not well)))
    for one, notification in found.items():
        _put_off(world, one, notification, contacts)
    return result


def _readable(world: World, opened: Opened) -> Notification | None:
    """None: it was never stored, or others wrote it, and nobody can say what it tells."""
    try:
        found = world.notifications.find(opened.about, opened.notification_id)
        if found is not None:
            composed([found.body], Language.EN)
    except (UnreadableRowError, LookupError, TypeError, ValueError) as error:
        log.error(
            "a notification cannot be read",
            extra={"notification_id": opened.notification_id, "reason": type(error).__name__},
        )
        return None
    return found


def _channels(contacts: Iterable[Contact]) -> Iterator[tuple[Contact, Channel]]:
    for contact in contacts:
        for channel in contact.channels:
            yield contact, channel


def _taken(
    world: World, contact: Contact, channel: Channel, notifications: Sequence[Notification]
) -> _Hand | None:
    """All that this channel has not got. None: nothing, or it waits for its next try, or others have it."""
    now = world.clock()
    open_ones: list[tuple[Notification, Delivery]] = []
    for notification in notifications:
        if contact.contact_id not in notification.contact_ids:
            continue
        with suppress(UnreadableRowError):
            delivery = world.deliveries.of(notification, contact, channel)
            if not delivery.status.ended:
                open_ones.append((notification, delivery))
    if not open_ones or any(delivery.waits(now) for _, delivery in open_ones):
        return None
    taken: list[tuple[Notification, Delivery]] = []
    for notification, delivery in open_ones:
        with suppress(ConflictError):  # another run was first
            claimed = delivery.evolve(attempts=delivery.attempts + 1, lease_until=now + _LEASE)
            taken.append((notification, world.deliveries.save(claimed)))
    if not taken:
        return None
    return _Hand(contact, channel, tuple(one for one, _ in taken), tuple(one for _, one in taken))


def _send(world: World, hand: _Hand) -> bool:
    bodies = [one.body for one in hand.notifications]
    ids = sorted(one.notification_id for one in hand.notifications)
    digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]
    message_id = ids[0] if len(ids) == 1 else f"digest-{digest}"
    body = bodies[0] if len(bodies) == 1 else {"Type": DIGEST_TYPE, "Messages": bodies}
    error: AppError | None = None
    try:
        world.send(hand.channel, message_id, composed(bodies, hand.contact.language), body)
    except AppError as failed:
        error = failed
    for notification, delivery in zip(hand.notifications, hand.deliveries, strict=True):
        ended = _after(world.clock(), notification, delivery, error)
        with suppress(ConflictError):  # it took longer than its lease, and another run has it
            world.deliveries.save(ended)
        if ended.status.ended and error is not None:
            facts = {"notification_id": delivery.notification_id, "contact_id": delivery.contact_id}
            log.error(
                "message was not delivered", extra={**facts, "over": delivery.over, "reason": ended.reason}
            )
    return error is None


def _after(now: datetime, told: Notification, delivery: Delivery, error: AppError | None) -> Delivery:
    if error is None:
        return delivery.evolve(
            status=DeliveryStatus.DELIVERED, reason="", lease_until=None, not_before=None, ended_at=now
        )
    given_up = now >= told.created_at + _GIVE_UP
    if given_up or isinstance(error, _FINAL):
        status = DeliveryStatus.REFUSED if isinstance(error, _FINAL) else DeliveryStatus.GIVEN_UP
        return delivery.evolve(
            status=status, reason=reason_of(error), lease_until=None, not_before=None, ended_at=now
        )
    pause = min(_FIRST_PAUSE * 2 ** min(delivery.attempts - 1, 10), _LONGEST_PAUSE)
    if isinstance(error, CloudThrottledError) and error.retry_after_s is not None:
        pause = min(max(pause, timedelta(seconds=error.retry_after_s)), LONGEST)
    return delivery.evolve(reason=reason_of(error), lease_until=None, not_before=now + pause)


def _put_off(
    world: World, opened: Opened, notification: Notification | None, contacts: Mapping[int, Contact]
) -> None:
    """Until the next try that is due; for good where there is none."""
    now = world.clock()
    if notification is None:  # it was cut off before it was stored; then its event comes again
        if opened.due is None or opened.due + _GIVE_UP < now:
            world.notifications.close(opened)
        return
    waiting: list[datetime] = []
    named = [contacts[id] for id in notification.contact_ids if id in contacts]
    for contact, channel in _channels(named):
        with suppress(UnreadableRowError):
            delivery = world.deliveries.of(notification, contact, channel)
            if not delivery.status.ended:
                waiting.append(max((delivery.not_before or now), (delivery.lease_until or now)))
    if not waiting:
        world.notifications.close(opened)
    elif opened.due is None or min(waiting) > opened.due:
        world.notifications.put_off(opened, min(waiting))
