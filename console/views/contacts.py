"""Who is told: a contact is added, edited, removed, and sent a test."""

import json
from typing import Any

from console.asking import Asked, Done, Page
from shared.domain.contact_requests import ManageContacts, OneContact
from shared.domain.contacts import ChannelKind, Contact, Language
from shared.domain.values import Wire
from shared.services.contacts import Tested, manage_contacts
from shared.validation.contacts import channel_of
from shared.validation.requests import parse


class OneOf(Wire):
    contact: Contact | None = None  #: None: a new one


def contact(asked: Asked) -> Page:
    """A channel is written as on the command line; its secrets are named, and never shown."""
    found: Contact | None = None
    if asked.one("id"):
        request = ManageContacts(show=OneContact(contact_id=asked.number("id")))
        (found,) = manage_contacts(asked.world, request).contacts
    more = {
        "kinds": [kind.value for kind in ChannelKind],
        "tongues": [language.value for language in Language],
    }
    command = ["contact", "edit", str(found.contact_id)] if found else ["contact", "add"]
    return Page("contact.html", OneOf(contact=found), more, command)


def save_contact(asked: Asked) -> Done:
    """Adds one, or changes the one whose id is given."""
    channels = [channel_of(line).model_dump(mode="json", by_alias=True) for line in _lines(asked, "channels")]
    said: dict[str, Any] = {
        "Name": asked.one("name"),
        "Language": asked.one("language", Language.EN.value),
        "Default": bool(asked.one("default")),
    }
    if asked.one("id"):
        changed = {"AddChannels": channels, "RemoveChannels": asked.all("remove")}
        asked.installation.contacts(
            asked.world, {"Edit": {"ContactId": asked.number("id"), **said, **changed}}
        )
    else:
        asked.installation.contacts(asked.world, {"Add": {**said, "Channels": channels}})
    return Done("/settings")


def remove_contact(asked: Asked) -> Done:
    asked.installation.contacts(asked.world, {"Remove": {"ContactId": asked.number("id")}})
    return Done("/settings")


def test_contact(asked: Asked) -> Page:
    """Sends a message over each channel, now."""
    contact_id = asked.number("id")
    payload = json.dumps({"Test": {"ContactId": contact_id}}).encode()
    tested = parse(Tested, asked.installation.call("notify_contacts", payload))
    return Page("tested.html", tested, {}, ["contact", "test", str(contact_id)])


def _lines(asked: Asked, name: str) -> list[str]:
    return [line.strip() for text in asked.all(name) for line in text.splitlines() if line.strip()]
