"""The quota of deployments, as the vendor counts it: one for each uploaded certificate, domain and product.

Source: the vendor's page on deployment tasks. Bought, test and shared certificates are free; what a failed
deployment consumed is given back. What a job uses follows from its workers, so it is never counted twice.
"""

from collections.abc import Iterable, Mapping, Set
from enum import Enum
from typing import NamedTuple, Protocol

from pydantic import AwareDatetime, Field

from shared.domain.certificates import CertificateSource
from shared.domain.engines import deployed_directly
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.states import WorkerStatus
from shared.domain.values import Stored, Versioned, Wire


class QuotaMode(str, Enum):
    """What the installation's owner wants of the quota."""

    ADVISORY = "advisory"  #: it is told what the vendor's own job would charge, and nothing is kept
    ENFORCED = "enforced"  #: a job is submitted only if enough is left


class Unit(NamedTuple):
    """What is charged once in a job, however many slots it is for."""

    cert_identifier: str
    domain: str  #: of a slot that tells none: the slot
    product: CloudProduct


class _Deployment(Protocol):
    """An entry of a plan, or a worker."""

    @property
    def resource(self) -> CloudResource: ...

    @property
    def cert_identifier(self) -> str: ...

    @property
    def uploaded(self) -> bool | None: ...


def units_of(
    deployments: Iterable[_Deployment], cert_type: str, shared: Set[str] = frozenset()
) -> frozenset[Unit]:
    """What is charged for them. `cert_type`: of the job's certificates; `shared`: those that are free.

    What was carried to another account by an upload is charged as one, whatever it is where it came from.
    """
    of_the_job = cert_type == CertificateSource.UPLOAD.value
    return frozenset(
        Unit(one.cert_identifier, domain, one.resource.product)
        for one in deployments
        if one.cert_identifier not in shared
        if (of_the_job if one.uploaded is None else one.uploaded)
        for domain in one.resource.domains or (one.resource.slot,)
    )


class Use(Wire):
    """What has become of the units of a job."""

    reserved: int = 0  #: nothing was begun for them
    consumed: int = 0  #: a deployment of them has begun, or has succeeded
    given_back: int = 0  #: each deployment of them failed, or was overtaken after it had begun
    released: int = 0  #: none was begun, and none will be

    @property
    def held(self) -> int:
        """No other job can have these."""
        return self.reserved + self.consumed


def use_of(job: DeploymentJob, workers: Iterable[WorkerResource], shared: Set[str]) -> Use:
    """A unit stands as well as the worker that stands best of those that it is for."""
    best: dict[Unit, int] = {}
    for worker in deployed_directly(job.engine, workers):
        standing = _standing(worker)
        for unit in units_of((worker,), job.cert_type, shared):
            best[unit] = max(best.get(unit, 0), standing)
    found = list(best.values())
    return Use(
        reserved=found.count(_RESERVED),
        consumed=found.count(_CONSUMED),
        given_back=found.count(_GIVEN_BACK),
        released=found.count(_RELEASED),
    )


_RELEASED, _GIVEN_BACK, _RESERVED, _CONSUMED = range(4)


def is_deployed(worker: WorkerResource) -> bool:
    """It succeeded. A rollback later is no failure of it."""
    return worker.status is WorkerStatus.SUCCESS or (worker.status.of_rollback and worker.succeeded)


def _standing(worker: WorkerResource) -> int:
    begun = worker.attempts > 0
    if is_deployed(worker):
        return _CONSUMED
    if worker.status in (WorkerStatus.HELD, WorkerStatus.PENDING, WorkerStatus.PROCESSING):
        return _CONSUMED if begun else _RESERVED
    return _GIVEN_BACK if begun or worker.failed_before else _RELEASED


class Package(Stored):
    """What was bought at once."""

    count: int
    note: str = ""
    added_at: AwareDatetime


class QuotaBudget(Versioned):
    """What the owner sets and has bought; by the token of each package."""

    mode: QuotaMode = QuotaMode.ADVISORY
    shared: tuple[
        str, ...
    ] = ()  #: certificates that another account of the owner's shared: CAS does not tell
    packages: dict[str, Package] = Field(default_factory=dict)

    @property
    def bought(self) -> int:
        return sum(package.count for package in self.packages.values())


class Reservation(Stored):
    """Of a job that is submitted and has not been settled."""

    held: int  #: units that no other job can have
    reserved: int  #: those that it began with
    before: int = 0  #: units of the job that were charged at an earlier end of it
    end: int = 0  #: for which end of the job: how often it was retried by then
    until: AwareDatetime  #: so long the job may be on its way to being submitted

    def same(self, other: "Reservation | None") -> bool:
        """Not a later one of the same job, which has another time. What is held may have become less."""
        return other is not None and (self.end, self.until) == (other.end, other.until)


class QuotaAccount(Versioned):
    """All that decides whether a job may be submitted is in this one row."""

    used: int = 0  #: by all jobs that were settled
    jobs: dict[int, Reservation] = Field(default_factory=dict)

    @property
    def held(self) -> int:
        return sum(one.held for one in self.jobs.values())

    def with_job(self, job_id: int, reservation: Reservation | None, used: int = 0) -> "QuotaAccount":
        """`None`: the job is settled, and has used so much."""
        others: Mapping[int, Reservation] = {key: one for key, one in self.jobs.items() if key != job_id}
        mine = {job_id: reservation} if reservation else {}
        return self.evolve(jobs={**others, **mine}, used=self.used + used)


class QuotaEntry(Versioned):
    """What a job has used by its end, and by each further one after a retry."""

    job_id: int
    end: int  #: 0, or how often it was retried
    name: str
    reserved: int
    used: int
    given_back: int = 0
    released: int = 0
    at: AwareDatetime


class JobQuota(Wire):
    """Of a job, or of a preview: what it needs and what is left for it."""

    mode: QuotaMode
    need: int
    left: int | None = None  #: None: nobody counts
    use: Use | None = None  #: of a job that is submitted
    of_cas: int | None = None  #: beside it: what CAS itself charges, of the quota that was bought there

    def __str__(self) -> str:
        """For people."""
        of_cas = f"CAS charges {self.of_cas} of the quota that was bought there" if self.of_cas else ""
        return "; ".join(filter(None, (self._own() if self.need or not of_cas else "", of_cas)))

    def _own(self) -> str:
        if self.left is None:
            return f"the vendor's own deployment job would use {self.need} of its quota"
        if self.use is None:
            short = " (too little: it cannot be submitted)" if self.need > self.left else ""
            return f"needs {self.need} of the quota, {self.left} left{short}"
        words = (
            (self.use.reserved, "reserved"),
            (self.use.consumed, "consumed"),
            (self.use.given_back, "given back"),
            (self.use.released, "released"),
        )
        became = ", ".join(f"{count} {word}" for count, word in words if count)
        return f"needs {self.need} of the quota: {became or 'nothing'}; {self.left} left"
