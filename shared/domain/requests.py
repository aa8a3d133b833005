"""What a person may ask of the functions. Unknown fields are refused: a typo is an error."""

import hashlib
import json
from collections import Counter
from enum import Enum
from typing import Annotated, Final, TypeVar

from pydantic import AfterValidator, AwareDatetime, Field

from shared.domain.engines import Engine
from shared.domain.job_requests import (
    CancelDeploymentJob,
    ContinueDeploymentJob,
    DeleteDeploymentJobs,
    DiffDeploymentJob,
    EditDeploymentJob,
    PickSlots,
    RetryDeploymentJob,
    StatedName,
    SubmitDeploymentJob,
)
from shared.domain.queries import ListCertificates, ListResources, ShowStatus
from shared.domain.resources import LONGEST_REST_HOURS, CloudProduct
from shared.domain.states import WorkerStatus
from shared.domain.values import Wire
from shared.domain.waves import AskedWaves

Id = TypeVar("Id", int, str)


def _each_once(ids: tuple[Id, ...]) -> tuple[Id, ...]:
    if twice := Counter(ids) - Counter(set(ids)):
        raise ValueError(f"{', '.join(sorted(map(str, twice)))} listed twice; name each once")
    return ids


def _no_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    if tags:
        raise ValueError(
            "slots cannot be chosen by tags: the lists of CDN, DCDN, LIVE, VOD, WAF and others do not tell"
            " them, so their slots would be passed over unsaid; choose by slot, product, region or domain"
        )
    return tags


class ScanExpiry(Wire):
    """Read CAS now."""


class DiscoverResources(Wire):
    """Everything; or the named products; or one product in one region (a part of a fan-out)."""

    products: tuple[CloudProduct, ...] = ()
    account: str | None = None  #: None: all of them, if it is not a part; "": the own one
    region: str | None = None
    since: AwareDatetime | None = None  #: of a region's discovery that is handed on: when it began
    #: Of a timer: a region that is empty again and again is asked when so many hours are over; 0: each time.
    rest_hours: float = Field(default=0.0, ge=0, le=LONGEST_REST_HOURS)


class PreviewDeploymentJob(Wire):
    """Which slots would get which certificate. Without `resource_ids`: every slot that matches.

    Of `products`, `accounts`, `regions` and `domains` everything that is given has to fit, of each one value.
    In `domains` `*` stands for any text, `?` for any character.
    """

    cert_ids: Annotated[tuple[int, ...], AfterValidator(_each_once)] = Field(min_length=1)
    #: Slots as `resource list` names them.
    resource_ids: Annotated[tuple[str, ...], AfterValidator(_each_once)] = ()
    products: tuple[CloudProduct, ...] = ()
    accounts: tuple[str, ...] = ()  #: by number; "-": the own one
    regions: tuple[str, ...] = ()  #: of the slot, or of its instance; "-": products without regions
    domains: tuple[str, ...] = ()  #: one of its names
    but: PickSlots = Field(default_factory=PickSlots, alias="Except")  #: left alone, whatever else fits
    tags: Annotated[tuple[str, ...], AfterValidator(_no_tags)] = ()
    first_deployment: bool = False
    accept_outage: bool = False  #: a product that cannot exchange may take the old one off first
    engine: Engine | None = None  #: None: that of the settings
    waves: AskedWaves | None = None  #: None: as policies say; without canaries: all at once


_LATER: Final = (
    "products",
    "accounts",
    "regions",
    "domains",
    "but",
    "tags",
    "engine",
    "waves",
    "during_freeze",
    "require_approval",
)


class CreateDeploymentJob(PreviewDeploymentJob):
    """The CAS request of the same name, with slots in place of CAS's resource ids."""

    name: str = Field(min_length=1, max_length=63)
    contact_ids: tuple[int, ...] = Field(default=(), max_length=10)
    schedule_time: AwareDatetime | None = None
    during_freeze: bool = False  #: it may begin in a freeze window of the policies
    require_approval: bool = False  #: of a draft: another person is to submit it
    by: StatedName | None = None  #: who asks, where nobody knows the caller
    digest: str | None = None  #: of the preview that was approved; refused if the world moved
    submit: bool = True  #: False leaves the job in editing
    client_token: str | None = Field(default=None, min_length=1, max_length=64)

    @property
    def what(self) -> str:
        """A digest of what is asked for: the same for a repetition, whatever its order, and for no other.

        Neither the token nor conditions are a part of it, nor whether it stays a draft, which may change.
        """
        asked = self.model_dump(mode="json", exclude={"client_token", "digest", "submit", "by"})
        for later in _LATER:  # fields that came later: a token of an earlier version stays the request's
            if getattr(self, later) == type(self).model_fields[later].get_default(call_default_factory=True):
                del asked[later]
        if "but" in asked and not self.but.accounts:  # likewise
            del asked["but"]["accounts"]
        if self.schedule_time is not None:
            asked["schedule_time"] = self.schedule_time.timestamp()
        for listed in (
            "cert_ids",
            "resource_ids",
            "contact_ids",
            "products",
            "accounts",
            "regions",
            "domains",
        ):
            if listed in asked:
                asked[listed] = sorted(asked[listed])
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]


class RunDeploymentJobs(Wire):
    """Every due job, or one."""

    job_id: int | None = None


class JobOrder(str, Enum):
    CREATED = "created"
    DUE = "due"
    NAME = "name"
    STATUS = "status"  #: in the order of a job's life
    SLOTS = "slots"


class ListDeploymentJobs(Wire):
    """Jobs for which everything holds that is given; of several values for one field, one has to fit.

    In `names` `*` stands for any text, `?` for any character; case does not matter.
    """

    status: str | None = None
    products: tuple[CloudProduct, ...] = ()  #: with slots of one of these
    certificate: str = ""  #: that the job deploys: its id, or its identifier
    since: AwareDatetime | None = None  #: created then, or later
    names: tuple[str, ...] = ()
    sort: JobOrder = JobOrder.CREATED
    reverse: bool = False
    offset: Annotated[int, Field(ge=0)] = 0  #: leave out so many of them
    limit: Annotated[int, Field(ge=1)] | None = None  #: at most so many; an answer of a function holds 6 MB


class ShowDeploymentJob(Wire):
    """One job. Its workers: those of which everything holds that is given."""

    job_id: int
    statuses: tuple[WorkerStatus, ...] = ()
    products: tuple[CloudProduct, ...] = ()
    regions: tuple[str, ...] = ()  #: "-": products without regions


class RollBackDeploymentJob(Wire):
    """Put back what was in place before a finished job. Where nothing else is named: wherever it wrote."""

    job_id: int
    resource_ids: tuple[str, ...] = ()  #: slots as `job show` names them
    products: tuple[CloudProduct, ...] = ()


class AcceptDrift(Wire):
    """What these slots carry instead of what the last job put there is meant to be."""

    slots: Annotated[tuple[str, ...], AfterValidator(_each_once)] = Field(min_length=1)


class ManageDeploymentJobs(Wire):
    """Exactly one of them."""

    list_jobs: ListDeploymentJobs | None = Field(default=None, alias="List")
    show: ShowDeploymentJob | None = None
    preview: PreviewDeploymentJob | None = None
    submit: SubmitDeploymentJob | None = None
    diff: DiffDeploymentJob | None = None
    edit: EditDeploymentJob | None = None
    continue_job: ContinueDeploymentJob | None = Field(default=None, alias="Continue")
    cancel: CancelDeploymentJob | None = None
    retry: RetryDeploymentJob | None = None
    roll_back: RollBackDeploymentJob | None = None
    delete: DeleteDeploymentJobs | None = None
    list_resources: ListResources | None = None
    list_certificates: ListCertificates | None = None
    status: ShowStatus | None = None
    accept_drift: AcceptDrift | None = None


class CheckInstallation(Wire):
    patience_s: float = Field(default=45.0, ge=1, le=600, allow_inf_nan=False)  #: then the rest is left
