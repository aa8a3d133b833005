"""Contacts, what they are told, and what became of it."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.contacts import Channel, Contact, Delivery, Notification
from shared.errors import ConflictError, NotFoundError
from shared.state import tables
from shared.state.records import Records, time_in, told_in
from shared.state.store import Key, Row

OWNER = "-"  #: partition key of tables without another one; a stack serves one account


class Contacts(Records[Contact]):
    table, model = tables.CONTACTS, Contact

    def _own_key(self, record: Contact) -> Key | None:
        return (OWNER, record.contact_id)

    def find(self, contact_id: int) -> Contact | None:
        return self._find((OWNER, contact_id))

    def get(self, contact_id: int) -> Contact:
        if (contact := self.find(contact_id)) is None:
            raise NotFoundError("Contact", contact_id, "`certdeploy contact list` shows those that do")
        return contact

    def find_many(self, ids: Iterable[int]) -> dict[int, Contact]:
        """The existing ones that can be read."""
        found = self._find_many({str(one): (OWNER, one) for one in ids})
        return {contact.contact_id: contact for contact in found.values()}

    def list(self) -> Iterator[Contact]:
        return self._range((OWNER,))

    def save(self, contact: Contact) -> Contact:
        return self._save((OWNER, contact.contact_id), contact)

    def delete(self, contact: Contact) -> None:
        self._store.delete(self.table, (OWNER, contact.contact_id), version=contact.version)


@dataclass(frozen=True)
class Opened:
    """A notification with a delivery that has not ended."""

    about: str
    notification_id: str
    due: datetime | None  #: None: nobody knows
    version: int
    row: Row = field(repr=False, compare=False)  #: its document cannot be hashed


class Notifications(Records[Notification]):
    table, model = tables.NOTIFICATIONS, Notification

    def _own_key(self, record: Notification) -> Key | None:
        return (record.about, record.notification_id)

    def find(self, about: str, notification_id: str) -> Notification | None:
        return self._find((about, notification_id))

    def announce(self, notification: Notification, due: datetime) -> None:
        """Store it and open it: the latter first, so that none is forgotten. A repetition changes nothing."""
        key = (notification.about, notification.notification_id)
        if self._store.get(self.table, key) is not None:
            return
        with suppress(ConflictError):
            self._store.put(tables.OPEN_NOTIFICATIONS, (OWNER, *key), {"Due": due.isoformat()}, version=0)
        with suppress(ConflictError):
            self._save(key, notification)

    def opened(self) -> list[Opened]:
        return [
            Opened(str(row.key[1]), str(row.key[2]), time_in(row, "Due"), row.version, row)
            for row in self._store.range(tables.OPEN_NOTIFICATIONS, (OWNER,))
        ]

    def any_due(self, now: datetime) -> bool:
        return any(one.due is None or one.due <= now for one in self.opened())

    def delete(self, notification: Notification) -> None:
        """After its deliveries. Raises ConflictError if it has been changed since it was read."""
        key = (notification.about, notification.notification_id)
        self._store.delete(self.table, key, version=notification.version)

    def put_off(self, opened: Opened, due: datetime) -> None:
        with suppress(ConflictError):  # another run looked at it, too
            key = (OWNER, opened.about, opened.notification_id)
            document = {**told_in(opened.row), "Due": due.isoformat()}
            self._store.put(tables.OPEN_NOTIFICATIONS, key, document, version=opened.version)

    def close(self, opened: Opened) -> None:
        with suppress(ConflictError):
            key = (OWNER, opened.about, opened.notification_id)
            self._store.delete(tables.OPEN_NOTIFICATIONS, key, version=opened.version)


class Deliveries(Records[Delivery]):
    table, model = tables.DELIVERIES, Delivery

    def _own_key(self, record: Delivery) -> Key | None:
        return (record.about, record.notification_id, record.contact_id, record.channel)

    def of(self, notification: Notification, contact: Contact, channel: Channel) -> Delivery:
        """As stored, or one that was never tried.

        Raises:
            UnreadableRowError: the row is none of ours.
        """
        key = (notification.about, notification.notification_id, contact.contact_id, channel.key)
        return self._find(key) or Delivery(
            about=notification.about,
            notification_id=notification.notification_id,
            contact_id=contact.contact_id,
            channel=channel.key,
            contact=contact.name,
            over=str(channel),
        )

    def save(self, delivery: Delivery) -> Delivery:
        key = (delivery.about, delivery.notification_id, delivery.contact_id, delivery.channel)
        return self._save(key, delivery)

    def delete(self, delivery: Delivery) -> None:
        key = (delivery.about, delivery.notification_id, delivery.contact_id, delivery.channel)
        self._store.delete(self.table, key, version=delivery.version)

    def list(self, about: str) -> Iterator[Delivery]:
        return self._range((about,))
