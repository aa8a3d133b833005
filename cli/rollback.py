"""`certdeploy job rollback`: show the plan, ask for confirmation, let the functions do it."""

from collections.abc import Iterable
from typing import Annotated

import typer

from cli import exits, output
from cli.asked import managed
from cli.asking import confirm
from cli.columns import AsJson
from cli.job_end import Products, SlotNames, check_can_wait, watched
from cli.job_tables import show_job, show_rollback
from cli.places import SlotFinder
from cli.session import session
from shared.domain.jobs import WorkerResource
from shared.domain.requests import RollBackDeploymentJob
from shared.domain.states import WorkerStatus
from shared.services.rollback_plan import RollbackAction, plan_rollback
from shared.validation.requests import parse


def rollback(
    job_id: Annotated[int, typer.Argument(help="Id of a finished job, as `job list` shows it.")],
    slot: SlotNames = None,
    product: Products = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for the rollback to end; exit 1 if a slot was not restored.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Restore what each slot had before a job: its certificate, or none after a first deployment.

    The whole job, or the slots and products that are named.

    First shows what can be restored and what cannot. A slot that has changed since the job is left alone.
    A rollback triggers no new deployment, but if the restored certificate is about to expire, the next
    expiry warning creates a new job.
    """
    current = session()
    world = current.world()
    request = {
        "JobId": job_id,
        "ResourceIds": SlotFinder(world).slots(slot or ()),
        "Products": [one.value for one in product or []],
    }
    plan = plan_rollback(world, parse(RollBackDeploymentJob, request))
    if wait:
        check_can_wait(current)
    if not as_json:
        show_rollback(plan)
    if plan.of(RollbackAction.RESTORE, RollbackAction.CANNOT) and not yes:
        confirm(f"Restore {len(plan.of(RollbackAction.RESTORE))} slots?", as_json)
    asked = managed(world, {"RollBack": request})
    if not current.served and any(not worker.status.settled for worker in asked.workers or ()):
        output.tell("the rollback starts as soon as `certdeploy serve` runs")
    to_do = [
        e.worker for e in plan.entries if e.action is not RollbackAction.LEAVE or not e.worker.status.settled
    ]
    if wait:
        watched(world, job_id, until=lambda _, workers: all(w.status.settled for w in workers))
        asked = managed(world, {"Show": {"JobId": job_id}}).evolve(rollback=asked.rollback)
    if as_json:
        output.show_json(asked)
    elif wait and asked.job is not None:
        output.console().print()
        show_job(asked)
    if wait and not _all_back(asked.workers or (), to_do):
        raise typer.Exit(exits.FAILED)


def _all_back(workers: Iterable[WorkerResource], asked: Iterable[WorkerResource]) -> bool:
    back = {worker.worker_id for worker in workers if worker.status is WorkerStatus.ROLLBACK_SUCCESS}
    return {worker.worker_id for worker in asked} <= back
