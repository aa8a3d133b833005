"""Wake the runner of jobs, so that what was asked for begins at once and not with the next timer."""

import logging

from shared.errors import AppError
from shared.services.world import World

log = logging.getLogger("certdeploy.create")


def wake_runner(world: World, job_id: int) -> None:
    """Never fails: what was asked for is stored, so who asked is not to ask again, and the timer runs it."""
    try:
        world.functions.invoke("run_deployment_jobs", f'{{"JobId":{job_id}}}'.encode())
    except AppError as error:
        log.warning("the runner was not woken", extra={"job_id": job_id, "reason": str(error)})
