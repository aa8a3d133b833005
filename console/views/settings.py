"""Who is told, what policies say, and how the installation is configured."""

from console.asking import Asked, Done, Page
from console.installation import Configured
from shared.domain.contact_requests import ListContacts, ManageContacts
from shared.domain.contacts import Contact
from shared.domain.policies import PolicyText
from shared.domain.values import Wire
from shared.services.contacts import manage_contacts
from shared.services.freezing import frozen_at, told
from shared.services.policies import checked_policies, policies_of, stored_policies
from shared.services.policy_effects import PolicyEffects, effects_of


class Frozen(Wire):
    """A freeze window, as policies write it."""

    name: str
    zone: str
    times: tuple[str, ...]


class Settings(Wire):
    """Contacts name their secrets and hold none."""

    contacts: tuple[Contact, ...]
    policies: PolicyText | None = None
    unreadable: str = ""  #: why automatic jobs are stopped
    freezes: tuple[Frozen, ...] = ()
    frozen: str | None = None  #: until when changes are frozen, if they are now
    configured: tuple[Configured, ...]


def settings(asked: Asked) -> Page:
    world = asked.world
    read = policies_of(world)
    window = frozen_at(world, world.clock())
    answer = Settings(
        contacts=manage_contacts(world, ManageContacts(list_contacts=ListContacts())).contacts,
        policies=stored_policies(world),
        unreadable=read.unreadable,
        freezes=tuple(
            Frozen(name=one.name, zone=one.zone, times=(*one.weekly, *one.dates))
            for one in read.book.policies.freezes
        ),
        frozen=told(window) if window else None,
        configured=tuple(asked.installation.configured()),
    )
    return Page("settings.html", answer, {"now": world.clock()}, ["policy", "show"])


class Checked(Wire):
    """What a document of policies would do; it is not stored."""

    effects: PolicyEffects
    text: str
    version: int  #: that it would replace


def check_policies(asked: Asked) -> Page:
    text = _text(asked)
    effects = effects_of(asked.world, checked_policies(asked.world, text))
    effects = effects.evolve(set_apart=effects.set_apart[:_APART])
    answer = Checked(effects=effects, text=text, version=asked.number("version", 0))
    return Page("policies.html", answer, {}, ["policy", "check", "policies.yaml"])


def set_policies(asked: Asked) -> Done:
    """In place of the version that the page showed. Raises ConflictError: another is stored meanwhile."""
    request = {"Text": _text(asked), "Version": asked.number("version", 0)}
    asked.installation.changed(asked.world, {"SetPolicies": request})
    return Done("/settings")


_APART = 200  #: slots that are listed


def _text(asked: Asked) -> str:
    """As it was written, but for the ends of lines, which forms send as CR LF."""
    return next(iter(asked.given.get("text", ())), "").replace("\r\n", "\n")
