"""What commands about one job have in common: ask the service, wait for the end, show the job."""

import time
from collections.abc import Callable
from typing import Annotated

import typer

from cli import exits, output
from cli.asked import managed
from cli.job_tables import show_job
from cli.job_watch import Pace, bars, line
from cli.session import Session
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus
from shared.errors import InvalidRequestError, SettingsError
from shared.services.world import World

JobId = Annotated[int, typer.Argument(help="Id of the job, as `job list` shows it.")]
SlotNames = Annotated[
    list[str] | None,
    typer.Option("--slot", help="Only this slot, as `job show` names it; may be repeated."),
]
Products = Annotated[
    list[CloudProduct] | None,
    typer.Option("--product", help="Only the slots of this product; may be repeated."),
]
Wait = Annotated[bool, typer.Option("--wait", help="Wait for the job to end; exit 1 if it failed.")]
Watch = Annotated[
    bool, typer.Option("--watch", help="As --wait, and print each change where there is no terminal.")
]
DuringFreeze = Annotated[
    bool, typer.Option("--during-freeze", help="Also do it in a freeze window of the policies.")
]
_POLL_S = 0.5


def end(world: World, job: DeploymentJob, wait: bool, as_json: bool, *, lines: bool = False) -> None:
    """Show the job, when it has ended if that is waited for. `lines`: as of `watched`."""
    job = waited_for(world, job, lines=lines) if wait else job
    result = managed(world, {"Show": {"JobId": job.job_id}})
    if as_json:
        output.show_json(result)
    else:
        show_job(result)
    exit_as(job, wait)


def waited_for(world: World, job: DeploymentJob, *, lines: bool = False) -> DeploymentJob:
    return watched(world, job.job_id, until=lambda job, _: job.status.final, lines=lines)


def exit_as(job: DeploymentJob, wait: bool) -> None:
    if wait and job.status is not JobStatus.SUCCESS:
        raise typer.Exit(exits.FAILED)


def watched(
    world: World,
    job_id: int,
    until: Callable[[DeploymentJob, list[WorkerResource]], bool],
    *,
    lines: bool = False,
) -> DeploymentJob:
    """Wait `until` it holds, showing progress on a terminal, and return the job.

    `lines`: where there is no terminal, print one for each change.
    """
    pace: Pace | None = None
    before = ""
    with output.progress(f"Job {job_id} …") as shown:
        while True:
            now, job, workers = world.clock(), world.jobs.get(job_id), list(world.workers.list(job_id))
            pace = pace or Pace(now, sum(worker.status.settled for worker in workers))
            told = pace.told(workers, now)
            if lines and not shown.console.is_terminal and (state := line(job, workers, "")) != before:
                output.tell(line(job, workers, told))
                before = state
            if until(job, workers):
                return job
            shown.update(bars(job, workers, told))
            time.sleep(_POLL_S)


def check_can_wait(current: Session, draft: bool = False) -> None:
    if draft:
        raise InvalidRequestError("--wait: a draft does not run; submit the job or drop --wait")
    if not current.served:
        raise SettingsError(
            "--wait: the job would not run, because no `certdeploy serve` uses this state; start one"
        )
