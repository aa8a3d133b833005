"""What the overview tells of jobs: what failed, what waits for somebody, and what is under way."""

from collections.abc import Iterable, Iterator

from shared.domain.jobs import DeploymentJob
from shared.services.concerns import EXAMPLES, Concern, counted
from shared.services.outcome import rolling_back
from shared.services.unfinished import drafts, failing, frozen_jobs, overdue, waiting_waves
from shared.services.world import World


def of_jobs(world: World) -> Iterator[Concern]:
    jobs = list(world.jobs.list())
    if failed := failing(world, jobs):
        slots = counted(sum(one.slots for one in failed), "slot")
        text = f"{slots} of {counted(len(failed), 'failed job')}, as before the job"
        yield _listed("failing", text, (f"job {one.job_id} {one.name}: {one.why}" for one in failed), "show")
    if waiting := drafts(jobs):
        told = (f"job {job.job_id} {job.name}, {job.worker_count} slots{_behind(job)}" for job in waiting)
        yield _listed(
            "draft", f"{counted(len(waiting), 'draft')} waiting for approval", told, "list --status editing"
        )
    if halfway := waiting_waves(jobs):
        told = (f"job {job.job_id} {job.name}, after wave {job.wave + 1}" for job in halfway)
        text = f"{counted(len(halfway), 'job')} waiting for approval of the next wave"
        yield _listed("wave", text, told, "list --status processing")
    if frozen := frozen_jobs(world, jobs):
        told = (f"job {job.job_id} {job.name}, {job.worker_count} slots" for job in frozen)
        text = f"{counted(len(frozen), 'job')} waiting for the end of a freeze window"
        yield _listed("frozen", text, told, "list --status pending").evolve(needs_hand=False)
    if back := rolling_back(world, jobs):
        lines = [f"job {job.job_id} {job.name}, {job.outcome}" for job in back]
        others = f" and {len(back) - 1} more" if len(back) > 1 else ""
        text = f"{counted(len(back), 'job')} being rolled back: {lines[0]}{others}"
        yield _listed("rollback", text, lines, "list").evolve(needs_hand=False)
    if late := overdue(world, jobs):
        told = (f"job {job.job_id} {job.name}, due {job.schedule_time:%Y-%m-%d %H:%M} UTC" for job in late)
        yield _listed(
            "overdue", f"{counted(len(late), 'job')} due and not running", told, "list --status pending"
        )


def _behind(job: DeploymentJob) -> str:
    """Of a draft: who drafted it, and why it was not submitted."""
    by = f", by {', '.join(job.drafted_by)}" if job.drafted_by else ""
    return f"{by}: {job.held_back}" if job.held_back else by


def _listed(code: str, text: str, told: Iterable[str], look: str) -> Concern:
    lines = tuple(told)
    return Concern(
        code=code,
        text=text,
        count=len(lines),
        examples=lines[:EXAMPLES],
        look=f"certdeploy job {look}",
    )
