"""Look at jobs: list them, show one with its workers, preview one that does not exist yet."""

from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.plans import Plan
from shared.domain.requests import ManageDeploymentJobs
from shared.domain.states import JobStatus
from shared.domain.values import Wire
from shared.errors import InvalidRequestError
from shared.services.plan import preview
from shared.services.world import World


class Managed(Wire):
    """The answer to what was asked; the other fields are absent."""

    jobs: tuple[DeploymentJob, ...] | None = None
    job: DeploymentJob | None = None
    workers: tuple[WorkerResource, ...] | None = None
    plan: Plan | None = None
    digest: str | None = None  #: of the plan: names it when the job is created


def manage_deployment_jobs(world: World, request: ManageDeploymentJobs) -> Managed:
    asked = [name for name in ("list_jobs", "show", "preview") if getattr(request, name)]
    if len(asked) != 1:
        raise InvalidRequestError("exactly one of List, Show and Preview is needed")
    if request.preview:
        plan = preview(world, request.preview)
        return Managed(plan=plan, digest=plan.digest)
    if request.show:
        job = world.jobs.get(request.show.job_id)
        return Managed(job=job, workers=tuple(world.workers.list(job.job_id)))
    wanted = request.list_jobs.status if request.list_jobs else None
    if wanted is not None and wanted not in {status.value for status in JobStatus}:
        known = ", ".join(status.value for status in JobStatus)
        raise InvalidRequestError(f"List.Status: {wanted!r} is none of {known}")
    jobs = [job for job in world.jobs.list() if wanted in (None, job.status.value)]
    jobs.sort(key=lambda job: (job.created_at, job.job_id))
    return Managed(jobs=tuple(jobs))
