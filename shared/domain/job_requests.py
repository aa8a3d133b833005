"""What a person may ask to be done with a job that exists: each names the job, and what else it takes."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.domain.resources import CloudProduct
from shared.domain.values import Wire
from shared.domain.waves import AskedWaves

#: Who asks, of a request whose caller nobody knows: a function is not told who invokes it.
StatedName = Annotated[str, Field(min_length=1, max_length=128)]


class SubmitDeploymentJob(Wire):
    """Run a draft as it was shown. Of one that is submitted already, the answer is the same."""

    job_id: int
    digest: str = Field(min_length=1)  #: that `job show` tells; refused if the job was edited since
    during_freeze: bool = False  #: as of a new job
    by: StatedName | None = None


class DiffDeploymentJob(Wire):
    """What has moved since a job that has not begun was drafted."""

    job_id: int


class PickSlots(Wire):
    """Slots for which one of these holds. In `domains` `*` stands for any text, `?` for any character."""

    slots: tuple[str, ...] = ()  #: as `resource list` names them
    products: tuple[CloudProduct, ...] = ()
    accounts: tuple[str, ...] = ()  #: by number; "-": the own one
    regions: tuple[str, ...] = ()  #: of the slot, or of its instance; "-": products without regions
    domains: tuple[str, ...] = ()  #: one of its names

    @property
    def empty(self) -> bool:
        return not (self.slots or self.products or self.accounts or self.regions or self.domains)


class EditDeploymentJob(Wire):
    """Change a job that has not begun. Only what is given is changed."""

    job_id: int
    digest: str | None = Field(default=None, min_length=1)  #: refused if the job was edited since it was this
    #: How often it had been edited when it was seen: refused if it was edited since, if only its name.
    edits: Annotated[int, Field(ge=0)] | None = None
    by: StatedName | None = None
    name: Annotated[str, Field(min_length=1, max_length=63)] | None = None
    schedule_time: AwareDatetime | None = None
    at_once: bool = False  #: in place of the time that it has
    contact_ids: Annotated[tuple[int, ...], Field(max_length=10)] | None = None
    #: Certificates in place of the job's, planned anew for its slots.
    cert_ids: Annotated[tuple[int, ...], Field(min_length=1)] | None = None
    renew: bool = (
        False  #: plan anew for its slots, as they are by now; what needs nothing any more is dropped
    )
    add: PickSlots = Field(default_factory=PickSlots)  #: slots that the certificates cover
    drop: PickSlots = Field(default_factory=PickSlots)
    but: PickSlots = Field(default_factory=PickSlots, alias="Except")  #: neither added nor dropped
    first_deployment: bool = False  #: as of a new job
    during_freeze: bool = False  #: as of a new job
    waves: AskedWaves | None = None  #: in place of the job's; without canaries: all slots at once


class ContinueDeploymentJob(Wire):
    """Let the next wave of a job begin now, which waits for that, or for the end of a pause."""

    job_id: int
    #: Counted from 1: the one that is meant. Of one that has begun nothing happens, so it may be asked twice.
    wave: Annotated[int, Field(ge=2)] | None = None
    during_freeze: bool = False  #: as of a new job


class CancelDeploymentJob(Wire):
    """What is under way goes on to its end; the rest is not begun."""

    job_id: int


class RetryDeploymentJob(Wire):
    """Try again what failed, in the same job. Of the slots and products that are named; else all of it."""

    job_id: int
    resource_ids: tuple[str, ...] = ()  #: slots as `job show` names them
    products: tuple[CloudProduct, ...] = ()
    during_freeze: bool = False  #: as of a new job


class DeleteDeploymentJobs(Wire):
    """For good. Not while they run or are rolled back; what they have deployed stays as it is."""

    job_ids: tuple[int, ...] = Field(min_length=1, max_length=100)
