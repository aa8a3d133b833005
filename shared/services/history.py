"""What jobs did with one slot, the latest first."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from pydantic import AwareDatetime

from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.resources import CloudResource
from shared.domain.states import WorkerStatus
from shared.domain.values import Wire
from shared.services.world import World

_LATEST: Final = 10  #: that are told
_JOBS: Final = 200  #: of the slot's product, that are looked into


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


def history_of(world: World, resource: CloudResource) -> tuple[Touched, ...]:
    """Of the latest jobs of its product."""
    jobs = [job for job in world.jobs.list() if resource.product in job.products]
    jobs.sort(key=lambda job: (job.created_at, job.job_id), reverse=True)
    return tuple(islice(_touched(world, resource, jobs[:_JOBS]), _LATEST))


def _touched(world: World, resource: CloudResource, jobs: list[DeploymentJob]) -> Iterator[Touched]:
    """The name of a listener's additional slot may end with its certificate: a job has renamed it then."""
    names, carried = {resource.slot}, {resource.cert_identifier}
    for job in jobs:
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
