"""`certdeploy job continue`: let the next wave of a job begin."""

from typing import Annotated, Any

import typer

from cli import output
from cli.asked import managed
from cli.columns import AsJson
from cli.job_end import DuringFreeze, JobId, Wait, Watch, check_can_wait, end
from cli.session import session


def continue_(
    job_id: JobId,
    wave: Annotated[
        int | None,
        typer.Option(min=2, help="Number of the wave that is meant; if it has begun, nothing happens."),
    ] = None,
    during_freeze: DuringFreeze = False,
    wait: Wait = False,
    watch: Watch = False,
    as_json: AsJson = False,
) -> None:
    """Let the next wave of a job begin, which waits for approval or for the end of a pause.

    `job show` tells what the wave before has shown.
    """
    current = session()
    if wait or watch:
        check_can_wait(current)
    asked: dict[str, Any] = {
        "JobId": job_id,
        "DuringFreeze": during_freeze,
        **({} if wave is None else {"Wave": wave}),
    }
    job = managed(current.world(), {"Continue": asked}).job
    assert job is not None, "it is answered with the job"
    if not current.served:
        output.tell("the wave begins as soon as `certdeploy serve` runs")
    end(current.world(), job, wait or watch, as_json, lines=watch)
