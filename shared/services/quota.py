"""The quota of jobs: reserved at submission, held while they run, charged for what succeeded at their end.

One row holds what is used and what each open job holds: it is written by compare-and-set, so that no two jobs
get the same rest. The reservation comes before the job is submitted; whoever is cut off between, a run takes
the reservation back. What a job has used is counted from its workers at its end, so nothing is charged twice.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from shared.domain.engines import Engine, deployed_directly
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.moments import ahead
from shared.domain.plans import PlanEntry
from shared.domain.quota import (
    JobQuota,
    QuotaAccount,
    QuotaBudget,
    QuotaEntry,
    QuotaMode,
    Reservation,
    is_deployed,
    units_of,
    use_of,
)
from shared.domain.states import JobStatus
from shared.errors import AppError, InsufficientQuotaError, UnreadableRowError
from shared.services.world import World

log = logging.getLogger("certdeploy.quota")
_ON_ITS_WAY: Final = timedelta(seconds=60)  #: from the reservation to the job that is submitted
_RUNS: Final = (JobStatus.SCHEDULING, JobStatus.PROCESSING)


def is_enforced(world: World) -> bool:
    return world.quota.budget.get().mode is QuotaMode.ENFORCED


def reserve(
    world: World,
    job_id: int,
    cert_type: str,
    deployments: Iterable[PlanEntry | WorkerResource],
    *,
    until: datetime | None = None,
) -> None:
    """For a job that is about to be submitted, or to begin; in place of what it has.

    `until`: when it is submitted by, if it takes long.

    Raises:
        InsufficientQuotaError: not enough is left. Nothing is changed.
    """
    budget = world.quota.budget.get()
    if budget.mode is QuotaMode.ADVISORY:
        return
    need = len(units_of(deployments, cert_type, frozenset(budget.shared)))
    _hold(world, budget, job_id, need, until=until)


def reserve_again(world: World, job: DeploymentJob, chosen: Iterable[WorkerResource], end: int) -> None:
    """For workers of an ended job that are to be tried again: for what it was not charged for before.

    `end`: how often the job is retried by then.

    Raises:
        InsufficientQuotaError: not enough is left. Nothing is changed.
    """
    budget = world.quota.budget.get()
    if budget.mode is QuotaMode.ADVISORY:
        return
    settle(world, job)
    shared = frozenset(budget.shared)
    own = deployed_directly(job.engine, world.workers.list(job.job_id))
    deployed = (worker for worker in own if is_deployed(worker))
    charged = units_of(deployed, job.cert_type, shared)
    need = units_of(chosen, job.cert_type, shared) - charged
    _hold(world, budget, job.job_id, len(need), before=len(charged), end=end)


def _hold(
    world: World,
    budget: QuotaBudget,
    job_id: int,
    need: int,
    *,
    before: int = 0,
    end: int = 0,
    until: datetime | None = None,
) -> None:
    mine = Reservation(
        held=need, reserved=need, before=before, end=end, until=until or world.clock() + _ON_ITS_WAY
    )

    def changed(account: QuotaAccount) -> QuotaAccount:
        others = account.with_job(job_id, None)
        left = budget.bought - others.used - others.held
        if need > left:
            raise InsufficientQuotaError(
                f"it needs {need} of the quota, and {max(0, left)} of {budget.bought} are left:"
                f" {account.used} used, {others.held} held by other jobs; `certdeploy quota add` adds some"
            )
        return account.with_job(job_id, mine) if need else others

    world.quota.account.change(changed)


def settle(world: World, job: DeploymentJob) -> None:
    """A job that has ended is charged for what it deployed, once, and holds nothing any more.

    Raises:
        UnreadableRowError: the account is damaged.
    """
    if not job.status.final or (held := world.quota.account.get().jobs.get(job.job_id)) is None:
        return
    if held.end != job.retries and ahead(held.until, world.clock()):  # it is about to be retried
        return
    shared = frozenset(world.quota.budget.get().shared)
    use = use_of(job, world.workers.list(job.job_id), shared)
    used = min(max(0, use.consumed - held.before), held.reserved)
    if held.end == job.retries:  # else it was reserved for a retry that was never asked for
        released = min(use.released, held.reserved - used)
        world.quota.entries.add(
            QuotaEntry(
                job_id=job.job_id,
                end=held.end,
                name=job.name,
                reserved=held.reserved,
                used=used,
                given_back=held.reserved - used - released,
                released=released,
                at=world.clock(),
            )
        )
    _let_go(world, job.job_id, held, used)


def reconcile(world: World) -> None:
    """Make the account true: what jobs hold, by what has become of them. Whatever was cut off ends here."""
    try:
        jobs = world.quota.account.get().jobs
    except UnreadableRowError as error:
        log.error("the quota cannot be counted", extra={"reason": str(error)})
        return
    for job_id, held in jobs.items():
        try:
            _reconcile(world, job_id, held)
        except AppError as error:  # one job that cannot be read does not keep the others
            log.error("the quota of a job was left as it is", extra={"job_id": job_id, "reason": str(error)})


def _reconcile(world: World, job_id: int, held: Reservation) -> None:
    job = world.jobs.find(job_id)
    if job is not None and job.status.final:
        settle(world, job)
    elif job is None or job.status is JobStatus.EDITING:  # it was never submitted, or was taken back
        if not ahead(held.until, world.clock()):
            _let_go(world, job_id, held, used=0)
    elif job.status in _RUNS:
        shared = frozenset(world.quota.budget.get().shared)
        now = use_of(job, world.workers.list(job_id), shared).held - held.before
        _give_back(world, job_id, held, max(0, now))


def _let_go(world: World, job_id: int, held: Reservation, used: int) -> None:
    def changed(account: QuotaAccount) -> QuotaAccount:
        return account.with_job(job_id, None, used) if held.same(account.jobs.get(job_id)) else account

    world.quota.account.change(changed)


def _give_back(world: World, job_id: int, held: Reservation, left: int) -> None:
    """While it runs: what has failed so far. Never more than before."""

    def changed(account: QuotaAccount) -> QuotaAccount:
        mine = account.jobs.get(job_id)
        if mine is None or not held.same(mine) or left >= mine.held:
            return account
        return account.with_job(job_id, mine.evolve(held=left))

    world.quota.account.change(changed)


def quota_of(
    world: World,
    deployments: Iterable[PlanEntry | WorkerResource],
    cert_type: str,
    job: DeploymentJob | None = None,
    *,
    engine: Engine = Engine.DIRECT,
) -> JobQuota:
    """What they need and what is left; what has become of it, if they are a job's that was submitted.

    `engine`: of the job that they are, or will be.
    """
    budget = world.quota.budget.get()
    rows, shared = list(deployments), frozenset(budget.shared)
    planned = deployed_directly(engine, rows)
    need = len(units_of(planned, cert_type, shared))
    of_cas = len(units_of(rows, cert_type, shared)) - need or None
    if budget.mode is QuotaMode.ADVISORY:
        return JobQuota(mode=budget.mode, need=need, of_cas=of_cas)
    account = world.quota.account.get()
    counted = job and (job.job_id in account.jobs or any(world.quota.entries.of(job.job_id)))
    workers = [one for one in planned if isinstance(one, WorkerResource)]
    return JobQuota(
        mode=budget.mode,
        need=need,
        left=left_of(budget, account),
        use=use_of(job, workers, shared) if job and counted else None,
        of_cas=of_cas,
    )


def left_of(budget: QuotaBudget, account: QuotaAccount) -> int:
    return budget.bought - account.used - account.held
