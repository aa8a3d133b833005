"""What a person asks of a clean-up."""

from typing import Annotated, Final

from pydantic import Field

from shared.domain.values import Wire

_MOST: Final = 100_000


class ApprovedDeletions(Wire):
    """What a preview has shown as to be deleted, and is still to be."""

    certificates: Annotated[tuple[str, ...], Field(max_length=_MOST)] = ()  #: of CAS, by identifier
    stored: Annotated[tuple[str, ...], Field(max_length=_MOST)] = ()  #: places in products' own stores


class CleanUpCertificates(Wire):
    """A preview; or, with `delete`, the deletion of what is named and of nothing else."""

    cert_ids: tuple[str, ...] = ()  #: ids or identifiers to look at; none: all
    only: tuple[str, ...] = ()  #: where to look: CAS, products with a store; none: everywhere
    #: how long what a job may be rolled back to is kept
    grace_days: Annotated[float, Field(le=36_500, allow_inf_nan=False)] = 30.0
    delete: ApprovedDeletions | None = None
