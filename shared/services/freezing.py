"""Whether a job may begin now, by the freeze windows of the policies.

A window that opens while a job runs stops nothing that its wave has begun. Rollbacks are never held up.
"""

from collections.abc import Iterable
from datetime import datetime

from shared.domain.freezes import Window, frozen
from shared.domain.jobs import DeploymentJob
from shared.domain.resources import CloudResource
from shared.domain.states import JobStatus, WorkerStatus
from shared.errors import InvalidRequestError
from shared.services.policies import policies_of
from shared.services.world import World


def frozen_at(world: World, at: datetime) -> Window | None:
    """Policies that cannot be read freeze nothing: they stop automatic jobs anyhow."""
    freezes = policies_of(world).book.policies.freezes
    return frozen(at, freezes) if freezes else None


def check_not_frozen(world: World, at: datetime | None, *, allowed: bool) -> None:
    """Raises InvalidRequestError: what a person asks to begin then (None: now) would begin in a window."""
    if not allowed and (window := frozen_at(world, at or world.clock())):
        raise InvalidRequestError(
            f"changes are frozen until {told(window)}; choose a later time, or say that it may be done"
            " all the same (--during-freeze, DuringFreeze)"
        )


def told(window: Window) -> str:
    of = f" (policy freeze {window.name})" if window.name else " (by policy)"
    return f"{window.ends:%Y-%m-%d %H:%M} UTC{of}"


def ends_within(window: Window, resource: CloudResource) -> bool:
    """Whether the certificate in place would end before the window does: that is worse than a change."""
    return resource.cert_not_after is not None and resource.cert_not_after <= window.ends


def why_frozen(world: World, job: DeploymentJob) -> str:
    """Why what is next of a job, which is due, may not begin now: the job, or its next wave; "" if it may.

    One slot is reason enough to begin, whose certificate would end before the window does.
    """
    if job.during_freeze or (window := frozen_at(world, world.clock())) is None:
        return ""
    if any(ends_within(window, resource) for resource in _next(world, job)):
        return ""
    return f"changes are frozen until {told(window)}"


def _next(world: World, job: DeploymentJob) -> Iterable[CloudResource]:
    next_wave = job.wave if job.status is JobStatus.PENDING else job.wave + 1
    for worker in world.workers.list(job.job_id):
        if worker.wave == next_wave and worker.status in (WorkerStatus.PENDING, WorkerStatus.HELD):
            yield worker.resource
