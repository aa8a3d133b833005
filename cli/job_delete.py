"""`certdeploy job delete`: one or several jobs, for good."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli import exits, output
from cli.asked import managed
from cli.asking import confirm
from cli.columns import AsJson
from cli.session import session
from shared.domain.jobs import DeploymentJob
from shared.services.outcome import listed
from shared.services.rollback_plan import changed
from shared.services.world import World


def delete(
    job_id: Annotated[list[int], typer.Argument(help="Ids of jobs, as `job list` shows them.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete jobs, which cannot be undone: neither what they did nor the way back can be looked up any more.

    What they have deployed stays in service. A job that runs, or is being rolled back, is not deleted. If an
    id is not known, nothing is.
    """
    world = session().world()
    jobs = [world.jobs.get(one) for one in dict.fromkeys(job_id)]
    if not yes:
        if not as_json:
            _show(world, jobs)
        confirm(f"This cannot be undone. Delete {len(jobs)} job{'s' if len(jobs) > 1 else ''}?", as_json)
    result = managed(world, {"Delete": {"JobIds": [job.job_id for job in jobs]}})
    if as_json:
        output.show_json(result)
    failed = [one for one in result.deleted or () if not one.deleted]
    for one in result.deleted or ():
        if not as_json:
            output.tell(f"job {one.job_id}: {'deleted' if one.deleted else f'not deleted: {one.reason}'}")
    if failed:
        raise typer.Exit(exits.exit_code_of_answer(failed[0].code))


def _show(world: World, jobs: Sequence[DeploymentJob]) -> None:
    for job in listed(world, jobs):
        back = changed(world, job)
        lost = f", {back} of them could no longer be rolled back" if back else ""
        output.tell(f"job {job.job_id} {job.name}: {job.outcome}, {job.worker_count} slots{lost}")
