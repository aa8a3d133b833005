"""What jobs did with one slot, the latest first."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from pydantic import AwareDatetime

from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.resources import CloudProduct, CloudResource, Placed, ResourceRecord
from shared.domain.states import WorkerStatus
from shared.domain.values import Wire
from shared.services.world import World

_LATEST: Final = 10  #: that are told
_JOBS: Final = 200  #: of the slot's product, that are looked into
_WORKERS: Final = 100_000  #: of these jobs: each is read


class Touched(Wire):
    """A job's worker on the slot."""

    job_id: int
    job_name: str
    origin: str
    at: AwareDatetime  #: when it ended; until then when it started, or is due
    cert_identifier: str  #: that the job put there, or was to
    previous_cert_identifier: str
    status: WorkerStatus
    reason: str = ""
    chosen_because: str = ""


class History(Wire):
    touched: tuple[Touched, ...]
    left_out: int  #: earlier jobs of the slot's product, that were not looked into
    forgotten: Placed | None = None  #: what a job put there last that is no longer stored


def history_of(world: World, record: ResourceRecord) -> History:
    """Of the latest jobs of its product, as far as they are stored still."""
    resource, stored = record.resource, list(world.jobs.list())
    jobs = [job for job in stored if resource.product in job.products]
    jobs.sort(key=lambda job: (job.created_at, job.job_id), reverse=True)
    few, names, carried = _few(jobs, resource.product), {resource.slot}, {resource.cert_identifier}
    touched: list[Touched] = []
    looked_into = 0
    while looked_into < len(few) and len(touched) < _LATEST:
        touched += _touched(world, resource, few[looked_into], names, carried)
        looked_into += 1
    placed = record.placed
    return History(
        touched=tuple(touched),
        left_out=len(jobs) - looked_into,
        forgotten=placed if placed and placed.job_id not in {job.job_id for job in stored} else None,
    )


def _few(jobs: Sequence[DeploymentJob], product: CloudProduct) -> Sequence[DeploymentJob]:
    """The first of them, and no more than may be read; but one in any case."""
    workers = accumulate(job.products[product] for job in jobs[:_JOBS])
    return jobs[: max(1, sum(read <= _WORKERS for read in workers))]


def _touched(
    world: World, resource: CloudResource, job: DeploymentJob, names: set[str], carried: set[str]
) -> Iterator[Touched]:
    """The name of a listener's additional slot may end with its certificate: a job has renamed it then.

    `names`, `carried`: of the slot in the jobs that came later; this one's are added.
    """
    for worker in world.workers.at_place(job.job_id, resource):
        renamed = worker.resource.place != worker.resource.slot and worker.cert_identifier in carried
        if worker.resource.slot in names or renamed:
            names.add(worker.resource.slot)
            carried.add(worker.resource.cert_identifier)
            yield _told(job, worker)


def _told(job: DeploymentJob, worker: WorkerResource) -> Touched:
    before = worker.previous_cert_identifier
    return Touched(
        job_id=job.job_id,
        job_name=job.name,
        origin=job.origin,
        at=worker.finished_at or worker.started_at or job.schedule_time,
        cert_identifier=worker.cert_identifier,
        previous_cert_identifier=worker.resource.cert_identifier if before is None else before,
        status=worker.status,
        reason=worker.reason,
        chosen_because=worker.chosen_because,
    )
