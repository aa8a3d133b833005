"""Add, list, show, edit and remove contacts; test their channels."""

from collections.abc import Iterable
from typing import Final

from shared.cloud.channels import reason_of
from shared.domain.contact_requests import AddContact, EditContact, ManageContacts
from shared.domain.contacts import Channel, Contact
from shared.domain.values import Wire
from shared.errors import AppError, InvalidRequestError
from shared.services.compose import text_of_test
from shared.services.world import World
from shared.validation.contacts import channels_problems
from shared.validation.names import job_name_problems
from shared.validation.problems import refuse_if_any
from shared.validation.requests import only_one

TEST_TYPE: Final = "certdeploy:Contact:Test"  #: of a webhook's message


class ShownContacts(Wire):
    """Their channels by key and in words; secrets by the names that they have in KMS or as files."""

    contacts: tuple[Contact, ...]


class ChannelTest(Wire):
    channel: str  #: `Channel.key`
    over: str
    delivered: bool
    reason: str = ""


class Tested(Wire):
    contact: Contact
    channels: tuple[ChannelTest, ...]


def manage_contacts(world: World, request: ManageContacts) -> ShownContacts:
    only_one(request)
    if request.add:
        return ShownContacts(contacts=(_add(world, request.add),))
    if request.edit:
        return ShownContacts(contacts=(_edit(world, request.edit),))
    if request.show:
        return ShownContacts(contacts=(world.contacts.get(request.show.contact_id),))
    if request.remove:
        contact = world.contacts.get(request.remove.contact_id)
        world.contacts.delete(contact)
        return ShownContacts(contacts=(contact,))
    return ShownContacts(contacts=tuple(world.contacts.list()))


def check_contacts(world: World, contact_ids: Iterable[int]) -> None:
    """Raises InvalidRequestError: a job names contacts that nobody has added."""
    asked = list(contact_ids)
    known = world.contacts.find_many(asked)
    if unknown := [str(one) for one in asked if one not in known]:
        raise InvalidRequestError(
            f"ContactIds: there is no contact {', '.join(unknown)}; see `certdeploy contact list`"
        )


def tested_contact(world: World, contact_id: int) -> Tested:
    """Send a message over each channel, at once. It is no notification: nothing is stored or repeated."""
    contact = world.contacts.get(contact_id)
    return Tested(contact=contact, channels=tuple(_tested(world, contact, one) for one in contact.channels))


def _tested(world: World, contact: Contact, channel: Channel) -> ChannelTest:
    message_id = f"test-{contact.contact_id}-{world.clock().timestamp():.3f}"
    body = {"Type": TEST_TYPE, "ContactId": contact.contact_id, "Name": contact.name}
    try:
        world.send(channel, message_id, text_of_test(contact), body)
    except AppError as error:
        return ChannelTest(channel=channel.key, over=str(channel), delivered=False, reason=reason_of(error))
    return ChannelTest(channel=channel.key, over=str(channel), delivered=True)


def _add(world: World, asked: AddContact) -> Contact:
    """Raises ConflictError: another contact has got this id meanwhile."""
    contact_id = asked.contact_id
    if contact_id is None:
        contact_id = 1 + max((one.contact_id for one in world.contacts.list()), default=0)
    elif world.contacts.find(contact_id) is not None:
        raise InvalidRequestError(
            f"ContactId: there is a contact {contact_id}; edit it, or choose another id"
        )
    contact = Contact(
        contact_id=contact_id,
        name=asked.name,
        language=asked.language,
        default=asked.default,
        channels=asked.channels,
    )
    return world.contacts.save(_checked(contact))


def _edit(world: World, asked: EditContact) -> Contact:
    contact = world.contacts.get(asked.contact_id)
    known = {channel.key for channel in contact.channels}
    if unknown := [key for key in asked.remove_channels if key not in known]:
        raise InvalidRequestError(
            f"RemoveChannels: the contact has no channel {unknown[0]!r}; it has {', '.join(sorted(known))}"
        )
    kept = tuple(one for one in contact.channels if one.key not in asked.remove_channels)
    return world.contacts.save(
        _checked(
            contact.evolve(
                name=contact.name if asked.name is None else asked.name,
                language=contact.language if asked.language is None else asked.language,
                default=contact.default if asked.default is None else asked.default,
                channels=(*kept, *asked.add_channels),
            )
        )
    )


def _checked(contact: Contact) -> Contact:
    problems = [f"Name: {problem}" for problem in job_name_problems(contact.name)]
    problems += [f"Channels: {problem}" for problem in channels_problems(contact.channels)]
    refuse_if_any("contact", problems)
    return contact
