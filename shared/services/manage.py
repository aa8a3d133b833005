"""List jobs, show one with its workers, preview a new one, roll one back."""

from shared.domain.consequences import ConsequenceCount
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.plans import Plan
from shared.domain.requests import ManageDeploymentJobs
from shared.domain.states import JobStatus
from shared.domain.values import Wire
from shared.errors import InvalidRequestError
from shared.services.plan import preview
from shared.services.rollback import roll_back_job
from shared.services.rollback_plan import RollbackLine, lines
from shared.services.world import World


class Managed(Wire):
    """The answer: only the fields of the request's kind are set."""

    jobs: tuple[DeploymentJob, ...] | None = None
    job: DeploymentJob | None = None
    workers: tuple[WorkerResource, ...] | None = None
    plan: Plan | None = None
    warnings: tuple[ConsequenceCount, ...] | None = None  #: of the plan: on how many slots each is told
    digest: str | None = None  #: of the plan, to create exactly this job
    rollback: tuple[RollbackLine, ...] | None = None  #: what is rolled back; what is not, and why


def manage_deployment_jobs(world: World, request: ManageDeploymentJobs) -> Managed:
    asked = [name for name in ("list_jobs", "show", "preview", "roll_back") if getattr(request, name)]
    if len(asked) != 1:
        raise InvalidRequestError("expected exactly one of List, Show, Preview and RollBack")
    if request.preview:
        plan = preview(world, request.preview)
        return Managed(plan=plan, warnings=plan.warnings, digest=plan.digest)
    if request.roll_back:
        planned = roll_back_job(world, request.roll_back)
        return _shown(world, planned.job.job_id, rollback=lines(planned))
    if request.show:
        return _shown(world, request.show.job_id)
    wanted = request.list_jobs.status if request.list_jobs else None
    if wanted is not None and wanted not in {status.value for status in JobStatus}:
        known = ", ".join(status.value for status in JobStatus)
        raise InvalidRequestError(f"List.Status: {wanted!r} is not one of {known}")
    jobs = [job for job in world.jobs.list() if wanted in (None, job.status.value)]
    jobs.sort(key=lambda job: (job.created_at, job.job_id))
    return Managed(jobs=tuple(jobs))


def _shown(world: World, job_id: int, rollback: tuple[RollbackLine, ...] | None = None) -> Managed:
    job = world.jobs.get(job_id)
    return Managed(job=job, workers=tuple(world.workers.list(job_id)), rollback=rollback)
