"""`certdeploy job cancel`: stop a job, before it begins or while it runs."""

from typing import Annotated

import typer

from cli import exits, output
from cli.asked import managed
from cli.asking import confirm
from cli.columns import AsJson
from cli.job_end import JobId, check_can_wait, end, waited_for
from cli.session import session
from shared.domain.states import JobStatus


def cancel(
    job_id: JobId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for what is under way; exit 1 if the job was not cancelled.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Stop a job: slots that are being changed are brought to their end, the rest is not begun.

    A draft that is cancelled is declined. What the job has deployed by then stays, and can be rolled back. An
    automatic job is not made again for the same reason, but at the next expiry warning.
    """
    current = session()
    world = current.world()
    job = world.jobs.get(job_id)
    if wait:
        check_can_wait(current)
    if not (yes or job.status.final):
        confirm(f"Cancel job {job_id} ({job.name}, {job.status.value}), {job.worker_count} slots?", as_json)
    stopped = managed(world, {"Cancel": {"JobId": job_id}}).job
    assert stopped is not None, "it is answered with the job"
    if not current.served and not stopped.status.final:
        output.tell("what is under way is brought to its end as soon as `certdeploy serve` runs")
    if wait:
        stopped = waited_for(world, stopped)
    end(world, stopped, wait=False, as_json=as_json)
    if wait and stopped.status is not JobStatus.CANCELLED:
        raise typer.Exit(exits.FAILED)
