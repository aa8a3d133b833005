"""What a person may ask about the quota."""

from typing import Annotated

from pydantic import Field

from shared.domain.quota import QuotaMode
from shared.domain.values import Wire

_MOST = 10_000_000


class ShowQuota(Wire):
    """The mode, what was bought, what is reserved, consumed and left."""


class AddQuota(Wire):
    """A package that was bought. The same token never makes a second one."""

    count: Annotated[int, Field(ge=1, le=_MOST)]
    note: Annotated[str, Field(max_length=200)] = ""
    client_token: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class SetQuota(Wire):
    """Only what is given is changed."""

    mode: QuotaMode | None = None
    share: tuple[int, ...] = ()  #: certificates that were shared with this account, by their ids
    unshare: tuple[int, ...] = ()


class ListQuotaHistory(Wire):
    """Packages, and what each job has used, the oldest first."""


class ManageQuota(Wire):
    """Exactly one of them."""

    show: ShowQuota | None = None
    add: AddQuota | None = None
    set_quota: SetQuota | None = Field(default=None, alias="Set")
    history: ListQuotaHistory | None = None
