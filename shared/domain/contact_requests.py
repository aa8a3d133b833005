"""What a person may ask about contacts."""

from typing import Annotated

from pydantic import Field

from shared.domain.contacts import Channel, Language
from shared.domain.values import Wire

Name = Annotated[str, Field(min_length=1, max_length=63)]
ContactId = Annotated[int, Field(gt=0, lt=2**53)]  #: what every reader of JSON keeps exactly


class AddContact(Wire):
    contact_id: ContactId | None = None  #: None: the next one that is free
    name: Name
    language: Language = Language.EN
    default: bool = False
    channels: tuple[Channel, ...] = Field(min_length=1)


class EditContact(Wire):
    """None: as it is."""

    contact_id: ContactId
    name: Name | None = None
    language: Language | None = None
    default: bool | None = None
    add_channels: tuple[Channel, ...] = ()
    remove_channels: tuple[str, ...] = ()  #: by `Channel.key`


class OneContact(Wire):
    contact_id: ContactId


class ListContacts(Wire):
    """All of them."""


class ManageContacts(Wire):
    """Exactly one of them."""

    add: AddContact | None = None
    edit: EditContact | None = None
    remove: OneContact | None = None
    show: OneContact | None = None
    list_contacts: ListContacts | None = Field(default=None, alias="List")


class NotifyContacts(Wire):
    """Deliver what is due; or send one contact a message that tests its channels."""

    test: OneContact | None = None
