"""Deployment jobs and their workers, as values that step from status to status."""

from datetime import datetime
from enum import Enum
from typing import Any, Final

from pydantic import AwareDatetime, Field

from shared.domain.engines import Engine
from shared.domain.moments import ahead
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.states import JOB_TRANSITIONS, WORKER_TRANSITIONS, JobStatus, WorkerStatus
from shared.domain.values import Stored, Versioned
from shared.domain.waves import Waves
from shared.errors import InvalidTransitionError

MANUAL: Final = "manual"


class Handshake(str, Enum):
    """What a TLS client met where the slot is served."""

    SERVED = "served"
    BESIDE = "another certificate"  #: of the same listener, no worse: the product shows both in place
    UNREACHABLE = "unreachable"  #: no connection from where the function runs; not proved, not disproved
    NOT_TRIED = "not tried"  #: the product tells no address


class HalfMade(str, Enum):
    """What a call of an exchange that takes several leaves until the next one."""

    FREED = "freed"  #: the wanted certificate is taken off where else its listener has it
    ADDED = "added"  #: the wanted one is put beside the one in place
    DETACHED = "detached"  #: the slot is taken off, to be made anew


class Verification(Stored):
    """How a worker's success was proved."""

    read_back: bool
    handshake: Handshake
    trusted: bool | None = None  #: whether a client with the public roots accepts it; None: not asked
    server_names: tuple[str, ...] = ()
    detail: str = ""
    at: AwareDatetime


class FailedTry(Stored):
    """An end in error that somebody had tried again."""

    at: AwareDatetime
    reason: str


class RetryAsked(Stored):
    """What is to be tried again: what failed before that moment. Nothing named: all of it."""

    at: AwareDatetime
    halted: bool = False  #: the job had halted: what was not begun for that is begun, too
    slots: tuple[str, ...] = ()
    products: tuple[CloudProduct, ...] = ()

    def means(self, worker: "WorkerResource") -> bool:
        named = self.slots or self.products
        chosen = worker.resource.slot in self.slots or worker.resource.product in self.products
        earlier = worker.finished_at is None or worker.finished_at < self.at
        left = worker.status is WorkerStatus.CANCELLED and self.halted
        return (worker.status is WorkerStatus.ERROR or left) and earlier and (chosen or not named)


class WorkerResource(Versioned):
    """One certificate on its way to one slot, within one DeploymentJob."""

    job_id: int
    worker_id: int
    wave: int = 0
    shard: int = (
        0  #: which part of the product's share of the job; a writer's workers are in one, of one wave
    )
    resource: CloudResource  #: as planned: its certificate is the one expected in place
    cert_identifier: str
    uploaded: bool | None = None  #: whether that was; None: as the job's type says
    chosen_because: str = ""  #: why the plan took this certificate, with the rules that gave way
    status: WorkerStatus = WorkerStatus.PENDING
    reason: str = ""
    failed_before: tuple[FailedTry, ...] = ()  #: the latest last
    may_pass: bool = False  #: of an error: the cloud was in the way, or what it allows us
    previous_cert_identifier: str | None = None  #: stored before the first write; "" = had none
    settings_before: dict[str, Any] | None = None  #: of the slot, before the first write; no secrets
    others_before: dict[str, str] | None = None  #: what else the product told then, as digests by field
    lost: tuple[str, ...] = ()  #: settings that the write cost, in words; they are being put back
    half_made: tuple[HalfMade, ...] = ()  #: each is stored before it is begun
    undone: tuple[HalfMade, ...] = ()  #: of a rollback: what the job had half made
    also_changed: tuple[str, ...] = ()  #: what else differed afterwards, by field: nothing that is compared
    joined: bool = False  #: its listener had the certificate before the job, on another slot
    unfinished: bool = False  #: of a rollback: what came before it ended in error, perhaps half done
    succeeded: bool = False  #: of a rollback: what came before it ended well
    deployed: CloudResource | None = None  #: the slot as the job left it; stored before a rollback writes
    verification: Verification | None = None
    attempts: int = 0
    handed_on: int = 0  #: of the attempts: those that went on in the next function, for lack of time
    lease_until: AwareDatetime | None = None
    not_before: AwareDatetime | None = None  #: a retry waits until then
    started_at: AwareDatetime | None = None  #: of a rollback: when it was asked for
    finished_at: AwareDatetime | None = None

    def to(self, status: WorkerStatus, **changes: Any) -> "WorkerResource":
        """A copy in the next status; raises InvalidTransitionError if the table forbids it."""
        if status not in WORKER_TRANSITIONS[self.status]:
            key = f"{self.job_id}/{self.worker_id}"
            raise InvalidTransitionError("WorkerResource", key, self.status.value, status.value)
        return self.evolve(**changes, status=status)

    def leased(self, now: datetime) -> bool:
        return ahead(self.lease_until, now)

    def waits(self, now: datetime) -> bool:
        """For its next try."""
        return ahead(self.not_before, now)


class DeploymentJob(Versioned):
    """What a user or an event asked for: certificates onto slots, at once or at a set time."""

    job_id: int
    name: str
    token: str  #: the same token never makes a second job
    request_digest: str = ""  #: of what was asked under the token; "" where that says all of it
    status: JobStatus = JobStatus.EDITING
    origin: str  #: MANUAL, or the event that asked for it
    cert_identifiers: tuple[str, ...]
    cert_type: str
    contact_ids: tuple[int, ...] = Field(default=(), max_length=10)
    held_back: str = ""  #: of a draft that was to be submitted: why it was not
    require_approval: bool = False  #: its drafter wants another person to submit it
    drafted_by: tuple[str, ...] = ()  #: who decided what it writes: its drafter, and who changed that
    submitted_by: str = ""  #: and approved it, with the digest that it has
    submitted_at: AwareDatetime | None = None  #: for the last time
    schedule_time: AwareDatetime
    plan_digest: str
    accept_outage: bool = False  #: where a product can only take the old certificate off first
    engine: Engine = Engine.DIRECT  #: who writes, of the products that it knows
    during_freeze: bool = False  #: somebody has said that it may begin in a freeze window
    waves: Waves | None = None  #: None: all at once
    wave: int = 0  #: that has begun last
    wave_ended_at: AwareDatetime | None = None  #: of that one: all its workers are at their end
    wave_approved: int = 0  #: somebody has let it begin, if it has not yet
    wave_told: int = 0  #: contacts know that it waits for somebody
    halted: str = ""  #: why what is left is not begun: too much failed
    products: dict[CloudProduct, int]  #: workers per product
    success_count: int = 0
    error_count: int = 0
    cancelled_count: int = 0  #: not begun, since the job was stopped
    created_at: AwareDatetime
    storing_until: AwareDatetime | None = None  #: its workers are being stored, until then: it is no job yet
    changing_until: AwareDatetime | None = (
        None  #: its workers are being changed, until then: it does not begin
    )
    edits: int = 0  #: how often it was changed
    undone: bool = False  #: that was cut off; the row stays, so that nobody stores workers under its id again
    deleted_at: AwareDatetime | None = None  #: by a person: undone, so that its token makes no other job
    started_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None
    dispatched_at: AwareDatetime | None = None
    cancelled_at: AwareDatetime | None = None  #: somebody stops it; what is under way goes on to its end
    retry: RetryAsked | None = None  #: until its workers wait to be tried again
    retries: int = 0  #: how often somebody had what failed tried again
    finish_announced: bool = False
    rolled_back_at: AwareDatetime | None = None  #: end of the last rollback that was told
    rolled_back_count: int = 0  #: slots that had by then what they had before the job
    rollback_error_count: int = 0  #: slots that were to have it, and did not

    def changing(self, now: datetime) -> bool:
        """Whether somebody is changing its workers now."""
        return ahead(self.changing_until, now)

    @property
    def end_id(self) -> str:
        """Of its end, for receivers: after a retry it ends anew."""
        return f"finished-{self.job_id}-{self.retries}" if self.retries else f"finished-{self.job_id}"

    @property
    def may_begin_at(self) -> datetime:
        """Its time, or when it was submitted, if that was later."""
        return max(self.schedule_time, self.submitted_at or self.schedule_time)

    @property
    def automatic(self) -> bool:
        """Whether nobody asked for it."""
        return self.origin != MANUAL

    def due(self, now: datetime) -> bool:
        """Whether it is to be worked on: it is time, it was to begin at once, it has begun, or is stopped."""
        waits = self.status in {JobStatus.EDITING, JobStatus.PENDING} and self.cancelled_at is None
        return not waits or self.schedule_time <= max(now, self.created_at)

    @property
    def worker_count(self) -> int:
        return sum(self.products.values())

    def to(self, status: JobStatus, **changes: Any) -> "DeploymentJob":
        if status not in JOB_TRANSITIONS[self.status]:
            raise InvalidTransitionError("DeploymentJob", self.job_id, self.status.value, status.value)
        return self.evolve(**changes, status=status)
