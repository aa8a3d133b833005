"""Who is told, what policies say, and how the installation is configured."""

import json

from console.asking import Asked, Done, Page
from console.installation import Configured
from shared.domain.contact_requests import ListContacts, ManageContacts
from shared.domain.contacts import Contact
from shared.domain.policies import PolicyText
from shared.domain.values import Wire
from shared.services.contacts import Tested, manage_contacts
from shared.services.policies import policies_of, store_policies, stored_policies
from shared.services.policy_effects import PolicyEffects, effects_of
from shared.validation.policies import parse_policies
from shared.validation.requests import parse


class Settings(Wire):
    """Contacts name their secrets and hold none."""

    contacts: tuple[Contact, ...]
    policies: PolicyText | None = None
    unreadable: str = ""  #: why automatic jobs are stopped
    configured: tuple[Configured, ...]


def settings(asked: Asked) -> Page:
    world = asked.world
    answer = Settings(
        contacts=manage_contacts(world, ManageContacts(list_contacts=ListContacts())).contacts,
        policies=stored_policies(world),
        unreadable=policies_of(world).unreadable,
        configured=tuple(asked.installation.configured()),
    )
    return Page("settings.html", answer, {"now": world.clock()}, ["policy", "show"])


def test_contact(asked: Asked) -> Page:
    """Sends a message over each channel, now."""
    contact_id = asked.number("id")
    payload = json.dumps({"Test": {"ContactId": contact_id}}).encode()
    tested = parse(Tested, asked.installation.call("notify_contacts", payload))
    return Page("tested.html", tested, {}, ["contact", "test", str(contact_id)])


class Checked(Wire):
    """What a document of policies would do; it is not stored."""

    effects: PolicyEffects
    text: str
    version: int  #: that it would replace


def check_policies(asked: Asked) -> Page:
    text = _text(asked)
    effects = effects_of(asked.world, parse_policies(text))
    effects = effects.evolve(set_apart=effects.set_apart[:_APART])
    answer = Checked(effects=effects, text=text, version=asked.number("version", 0))
    return Page("policies.html", answer, {}, ["policy", "check", "policies.yaml"])


def set_policies(asked: Asked) -> Done:
    """In place of the version that the page showed. Raises ConflictError: another is stored meanwhile."""
    store_policies(asked.world, _text(asked), version=asked.number("version", 0))
    return Done("/settings")


_APART = 200  #: slots that are listed


def _text(asked: Asked) -> str:
    """As it was written, but for the ends of lines, which forms send as CR LF."""
    return next(iter(asked.given.get("text", ())), "").replace("\r\n", "\n")
