"""`certdeploy job show`: one job, slot by slot."""

from typing import Annotated

import typer

from cli import columns, output
from cli.asked import managed
from cli.columns import AsCsv, AsJson
from cli.job_end import Wait, Watch, check_can_wait, exit_as, waited_for
from cli.job_tables import show_job
from cli.session import session
from cli.worker_columns import USUAL, WorkerOrder, in_order, worker_columns
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus


def show(
    job_id: Annotated[int, typer.Argument(help="Id of the job, as `job list` shows it.")],
    wait: Wait = False,
    watch: Watch = False,
    status: Annotated[
        list[WorkerStatus] | None, typer.Option(help="Show only slots with this status; may be repeated.")
    ] = None,
    product: Annotated[
        list[CloudProduct] | None, typer.Option(help="Show only slots of this product; may be repeated.")
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(help="Show only slots of this region; - for products without regions; may be repeated."),
    ] = None,
    sort: Annotated[WorkerOrder, typer.Option(help="Sort the rows by this column.")] = WorkerOrder.SLOT,
    column: Annotated[
        str | None,
        typer.Option(
            "--columns",
            help="Show these columns, separated by commas: slot, known-as, product, region, names,"
            " certificate, before, status, result, hint, why, started, finished, took.",
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show one job with every slot: old and new certificate, status, and how it was verified or why not."""
    columns.check_form(as_json, as_csv)
    columns.check_each_given(region=region)
    shown = columns.chosen(worker_columns(), column, USUAL)
    current = session()
    world = current.world()
    job = world.jobs.get(job_id)
    wait = wait or watch
    if wait and not job.status.final:
        check_can_wait(current, job.status is JobStatus.EDITING)
    job = waited_for(world, job, lines=watch) if wait else job
    asked = {
        "Statuses": [one.value for one in status or []],
        "Products": [one.value for one in product or []],
        "Regions": region or [],
    }
    result = managed(world, {"Show": {"JobId": job_id, **asked}})
    result = result.evolve(workers=tuple(in_order(list(result.workers or ()), sort)))
    if as_json:
        output.show_json(result)
    elif as_csv:
        columns.write_csv(shown, result.workers or ())
    else:
        show_job(result, shown)
    exit_as(job, wait)
