"""What a person may change of an installation itself, beside jobs, contacts and the quota."""

from typing import Annotated

from pydantic import Field

from shared.domain.policies import PolicyText
from shared.domain.values import Wire


class SetPolicies(Wire):
    """The document in place of the one of that version; 0: of none. Refused if that is another by now."""

    text: str
    version: Annotated[int, Field(ge=0)]


class DropDeadLetters(Wire):
    """By their names; those that are gone already are passed over."""

    names: Annotated[tuple[str, ...], Field(min_length=1, max_length=1000)]


class ManageInstallation(Wire):
    """Exactly one of them."""

    set_policies: SetPolicies | None = None
    drop_dead_letters: DropDeadLetters | None = None


class ManagedInstallation(Wire):
    """Only the field of the request's kind is set."""

    policies: PolicyText | None = None  #: as it is stored now
    dropped: tuple[str, ...] | None = None  #: dead letters, by their names
