"""List jobs, show one with its workers, preview a new one, roll one back; list slots and certificates."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from pydantic.alias_generators import to_pascal

from shared.domain.consequences import ConsequenceCount
from shared.domain.hints import codes_in, hint_for
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.plans import Plan
from shared.domain.requests import ManageDeploymentJobs, ShowDeploymentJob
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.values import Wire
from shared.errors import InvalidRequestError
from shared.products import supported_products
from shared.services.lists import CertificateList, check_regions, list_certificates, list_resources
from shared.services.plan import preview
from shared.services.rollback import roll_back_job
from shared.services.rollback_plan import RollbackLine, lines
from shared.services.selection import SlotList
from shared.services.status import Overview, overview_of
from shared.services.world import World

_KINDS: Final = tuple(
    field.alias or to_pascal(name) for name, field in ManageDeploymentJobs.model_fields.items()
)
_FAILED: Final = (WorkerStatus.ERROR, WorkerStatus.ROLLBACK_ERROR)


class Hint(Wire):
    """What a person can do about one of the cloud's codes."""

    code: str
    slots: int  #: whose worker was told it
    text: str


class Managed(Wire):
    """The answer: only the fields of the request's kind are set."""

    jobs: tuple[DeploymentJob, ...] | None = None
    job: DeploymentJob | None = None
    workers: tuple[WorkerResource, ...] | None = None
    counts: dict[WorkerStatus, int] | None = None  #: of all workers of the job, by status
    hints: tuple[Hint, ...] | None = None  #: for the workers that failed
    plan: Plan | None = None
    warnings: tuple[ConsequenceCount, ...] | None = None  #: of the plan: on how many slots each is told
    digest: str | None = None  #: of the plan, to create exactly this job
    rollback: tuple[RollbackLine, ...] | None = None  #: what is rolled back; what is not, and why
    slots: SlotList | None = None
    certificates: CertificateList | None = None
    status: Overview | None = None


def manage_deployment_jobs(world: World, request: ManageDeploymentJobs) -> Managed:
    if sum(getattr(request, name) is not None for name in ManageDeploymentJobs.model_fields) != 1:
        raise InvalidRequestError(f"expected exactly one of {', '.join(_KINDS)}")
    if request.list_resources:
        return Managed(slots=list_resources(world, request.list_resources))
    if request.list_certificates:
        return Managed(certificates=list_certificates(world, request.list_certificates))
    if request.status:
        return Managed(status=overview_of(world, request.status))
    if request.preview:
        plan = preview(world, request.preview)
        return Managed(plan=plan, warnings=plan.warnings, digest=plan.digest)
    if request.roll_back:
        planned = roll_back_job(world, request.roll_back)
        return _shown(world, ShowDeploymentJob(job_id=planned.job.job_id), rollback=lines(planned))
    if request.show:
        return _shown(world, request.show)
    wanted = request.list_jobs.status if request.list_jobs else None
    if wanted is not None and wanted not in {status.value for status in JobStatus}:
        known = ", ".join(status.value for status in JobStatus)
        raise InvalidRequestError(f"List.Status: {wanted!r} is not one of {known}")
    jobs = [job for job in world.jobs.list() if wanted in (None, job.status.value)]
    jobs.sort(key=lambda job: (job.created_at, job.job_id))
    return Managed(jobs=tuple(jobs))


def _shown(
    world: World, asked: ShowDeploymentJob, rollback: tuple[RollbackLine, ...] | None = None
) -> Managed:
    job = world.jobs.get(asked.job_id)
    check_regions(world, asked.regions, supported_products())
    workers = list(world.workers.list(asked.job_id))
    shown = tuple(worker for worker in workers if _fits(worker, asked))
    return Managed(
        job=job,
        workers=shown,
        counts=dict(Counter(worker.status for worker in workers)),
        hints=_hints(shown),
        rollback=rollback,
    )


def _fits(worker: WorkerResource, asked: ShowDeploymentJob) -> bool:
    return (
        (not asked.statuses or worker.status in asked.statuses)
        and (not asked.products or worker.resource.product in asked.products)
        and (not asked.regions or (worker.resource.region or "-") in asked.regions)
    )


def _hints(workers: Iterable[WorkerResource]) -> tuple[Hint, ...]:
    """What most slots were told comes first."""
    failed = [worker for worker in workers if worker.status in _FAILED]
    codes = Counter(code for worker in failed for code in codes_in(worker.reason))
    told = ((code, slots, hint_for(code)) for code, slots in codes.most_common())
    return tuple(Hint(code=code, slots=slots, text=text) for code, slots, text in told if text)
