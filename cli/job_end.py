"""What commands about one job have in common: ask the service, wait for the end, show the job."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Annotated, Any

import typer

from cli import exits, output
from cli.job_tables import job_line, show_job
from cli.session import Session
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.requests import ManageDeploymentJobs
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus
from shared.errors import InvalidRequestError, SettingsError
from shared.services.manage import Managed, manage_deployment_jobs
from shared.services.world import World
from shared.validation.requests import parse

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
_POLL_S = 0.5


def end(world: World, job: DeploymentJob, wait: bool, as_json: bool) -> None:
    """Show the job, when it has ended if that is waited for."""
    job = waited_for(world, job) if wait else job
    result = managed(world, {"Show": {"JobId": job.job_id}})
    if as_json:
        output.show_json(result)
    else:
        show_job(result)
    exit_as(job, wait)


def waited_for(world: World, job: DeploymentJob) -> DeploymentJob:
    return watched(world, job.job_id, until=lambda job, _: job.status.final)


def exit_as(job: DeploymentJob, wait: bool) -> None:
    if wait and job.status is not JobStatus.SUCCESS:
        raise typer.Exit(exits.FAILED)


def watched(
    world: World, job_id: int, until: Callable[[DeploymentJob, list[WorkerResource]], bool]
) -> DeploymentJob:
    """Wait `until` it holds, showing progress, and return the job."""
    with output.progress(f"Job {job_id} …") as shown:
        while True:
            job, workers = world.jobs.get(job_id), list(world.workers.list(job_id))
            if until(job, workers):
                return job
            shown.update(job_line(job, Counter(worker.status for worker in workers)))
            time.sleep(_POLL_S)


def check_can_wait(current: Session, draft: bool = False) -> None:
    if draft:
        raise InvalidRequestError("--wait: a draft does not run; submit the job or drop --wait")
    if current.running is None:
        raise SettingsError(
            "--wait: the job would not run, because no `certdeploy serve` uses this state; start one"
        )


def managed(world: World, request: dict[str, Any]) -> Managed:
    return manage_deployment_jobs(world, parse(ManageDeploymentJobs, request))
