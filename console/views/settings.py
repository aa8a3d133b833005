"""Who is told, what policies say, and how the installation is configured."""

from console.asking import Asked, Page
from console.installation import Configured
from shared.domain.contact_requests import ListContacts, ManageContacts
from shared.domain.contacts import Contact
from shared.domain.policies import PolicyText
from shared.domain.values import Wire
from shared.services.contacts import manage_contacts
from shared.services.policies import policies_of, stored_policies


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
