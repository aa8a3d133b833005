"""What a person asks about jobs, slots and certificates, or asks to be done with a job: one at a time."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final

from shared.domain.consequences import ConsequenceCount
from shared.domain.contacts import Delivery, of_job
from shared.domain.expected import Expected
from shared.domain.hints import codes_in, hint_for
from shared.domain.job_requests import (
    CancelDeploymentJob,
    ContinueDeploymentJob,
    DiffDeploymentJob,
    EditDeploymentJob,
    RetryDeploymentJob,
    SubmitDeploymentJob,
)
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.plans import Plan
from shared.domain.quota import JobQuota
from shared.domain.requests import (
    ManageDeploymentJobs,
    PreviewDeploymentJob,
    RollBackDeploymentJob,
    ShowDeploymentJob,
)
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.values import Wire
from shared.products import supported_products
from shared.services.cancel import cancel_job
from shared.services.concerns import Concern
from shared.services.delete import Deleted, delete_jobs
from shared.services.drift import Accepted, accept_drift
from shared.services.edit import LeftOut, edit_job
from shared.services.expected import expected
from shared.services.freezing import why_frozen
from shared.services.job_list import list_jobs
from shared.services.lists import CertificateList, check_regions, list_certificates, list_resources
from shared.services.moved import Moved
from shared.services.not_seen import not_seen
from shared.services.outcome import ListedJob, listed, outcome_of
from shared.services.preview import preview
from shared.services.quota import quota_of
from shared.services.retry import retry_job
from shared.services.rollback import roll_back_job
from shared.services.rollback_plan import RollbackLine, lines
from shared.services.selection import SlotList
from shared.services.status import Overview, overview_of
from shared.services.submit import diff_job, submit_job
from shared.services.waves import continue_job
from shared.services.waves_shown import WaveShown, waves_of
from shared.services.world import World
from shared.validation.requests import only_one

_FAILED: Final = (WorkerStatus.ERROR, WorkerStatus.ROLLBACK_ERROR)


class Hint(Wire):
    """What a person can do about one of the cloud's codes."""

    code: str
    slots: int  #: whose worker was told it
    text: str


class Managed(Wire):
    """The answer: only the fields of the request's kind are set."""

    jobs: tuple[ListedJob, ...] | None = None
    job: DeploymentJob | None = None
    workers: tuple[WorkerResource, ...] | None = None
    counts: dict[WorkerStatus, int] | None = None  #: of all workers of the job, by status
    waves: tuple[WaveShown, ...] | None = None  #: of the job, if it is done in waves
    frozen: str | None = None  #: why what is next of a job that is due does not begin now
    outcome: str | None = None  #: of the job, in words: its status, or what a rollback has made of that since
    hints: tuple[Hint, ...] | None = None  #: for the workers that failed
    plan: Plan | None = None
    warnings: tuple[ConsequenceCount, ...] | None = None  #: of the plan: on how many slots each is told
    digest: str | None = None  #: of the plan, to create exactly this job
    quota: JobQuota | None = None  #: of the plan or the job
    expected: Expected | None = None  #: of the plan: calls and time
    not_seen: tuple[Concern, ...] | None = None  #: of the plan: where slots may be that it does not know
    rollback: tuple[RollbackLine, ...] | None = None  #: what is rolled back; what is not, and why
    moved: tuple[Moved, ...] | None = None  #: what is not as the job has it, since it was drafted
    left_out: tuple[LeftOut, ...] | None = None  #: slots that an edit took out, or did not take in
    deleted: tuple[Deleted, ...] | None = None  #: what became of each
    slots: SlotList | None = None
    certificates: CertificateList | None = None
    status: Overview | None = None
    accepted: tuple[Accepted, ...] | None = None  #: slots, each with what is no drift any more
    deliveries: tuple[Delivery, ...] | None = None  #: of the job's messages to contacts


def manage_deployment_jobs(world: World, request: ManageDeploymentJobs) -> Managed:
    asked = only_one(request)
    return _ANSWERS[asked](world, getattr(request, asked))


def _previewed(world: World, asked: PreviewDeploymentJob) -> Managed:
    plan = preview(world, asked)
    quota = quota_of(world, plan.deployments, plan.cert_type, engine=plan.engine)
    plan = plan.evolve(quota=quota.need + (quota.of_cas or 0))
    return Managed(
        plan=plan,
        warnings=plan.warnings,
        digest=plan.digest,
        quota=quota,
        expected=expected(plan.deployments),
        not_seen=not_seen(world, asked),
    )


def _submitted(world: World, asked: SubmitDeploymentJob) -> Managed:
    return _shown(world, ShowDeploymentJob(job_id=submit_job(world, asked).job_id))


def _differing(world: World, asked: DiffDeploymentJob) -> Managed:
    job, found = diff_job(world, asked)
    return Managed(job=job, moved=found)


def _edited(world: World, asked: EditDeploymentJob) -> Managed:
    edited = edit_job(world, asked)
    return _shown(world, ShowDeploymentJob(job_id=asked.job_id)).evolve(left_out=edited.left_out)


def _continued(world: World, asked: ContinueDeploymentJob) -> Managed:
    return _shown(world, ShowDeploymentJob(job_id=continue_job(world, asked).job_id))


def _cancelled(world: World, asked: CancelDeploymentJob) -> Managed:
    return _shown(world, ShowDeploymentJob(job_id=cancel_job(world, asked).job_id))


def _retried(world: World, asked: RetryDeploymentJob) -> Managed:
    return _shown(world, ShowDeploymentJob(job_id=retry_job(world, asked).job_id))


def _rolled_back(world: World, asked: RollBackDeploymentJob) -> Managed:
    planned = roll_back_job(world, asked)
    return _shown(world, ShowDeploymentJob(job_id=planned.job.job_id), rollback=lines(planned))


def _shown(
    world: World, asked: ShowDeploymentJob, rollback: tuple[RollbackLine, ...] | None = None
) -> Managed:
    job = world.jobs.get(asked.job_id)
    check_regions(world, asked.regions, supported_products())
    workers = sorted(world.workers.list(asked.job_id), key=lambda worker: worker.resource.slot)
    shown = tuple(worker for worker in workers if _fits(worker, asked))
    counts = Counter(worker.status for worker in workers)
    return Managed(
        job=job,
        workers=shown,
        counts=dict(counts),
        waves=waves_of(job, workers, world.clock()) or None,
        frozen=_frozen(world, job),
        outcome=outcome_of(job, counts),
        quota=quota_of(world, workers, job.cert_type, job, engine=job.engine),
        hints=_hints(shown),
        rollback=rollback,
        deliveries=tuple(world.deliveries.list(of_job(job.job_id))),
    )


def _frozen(world: World, job: DeploymentJob) -> str | None:
    waits = job.status is JobStatus.PENDING and job.due(world.clock())
    between = job.status is JobStatus.PROCESSING and job.wave_ended_at is not None
    return (why_frozen(world, job) or None) if waits or between else None


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


#: By the field of the request.
_ANSWERS: Final[dict[str, Callable[[World, Any], Managed]]] = {
    "list_jobs": lambda world, asked: Managed(jobs=listed(world, list_jobs(world, asked))),
    "show": _shown,
    "preview": _previewed,
    "submit": _submitted,
    "diff": _differing,
    "edit": _edited,
    "continue_job": _continued,
    "cancel": _cancelled,
    "retry": _retried,
    "roll_back": _rolled_back,
    "delete": lambda world, asked: Managed(deleted=delete_jobs(world, asked)),
    "list_resources": lambda world, asked: Managed(slots=list_resources(world, asked)),
    "list_certificates": lambda world, asked: Managed(certificates=list_certificates(world, asked)),
    "status": lambda world, asked: Managed(status=overview_of(world, asked)),
    "accept_drift": lambda world, asked: Managed(accepted=accept_drift(world, asked)),
}
