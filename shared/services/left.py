"""What a worker that is at its end without success has left half made, in words for its reason."""

from shared.domain.jobs import WorkerResource
from shared.products.kit.changer import Changer
from shared.products.kit.changes import Change, Look, Undone
from shared.services.fence import why_barred
from shared.services.lifecycle import facts, log
from shared.services.world import World


def left_half_made(world: World, adapter: Changer, worker: WorkerResource) -> str:
    """ "" if nothing is. The slot is looked at once more, unless it is out of scope. Never raises."""
    if not (worker.half_made or worker.undone):
        return ""
    change = _change(world, worker)
    look: Look | None = None
    try:
        if not why_barred(world, adapter.product, worker):
            (look,) = adapter.look([change])
            if look is None:  # the slot is gone, and what it held
                return ""
    except Exception as error:  # as the worker's own end may be: it is not to hold up the others
        log.warning("what was left cannot be seen", extra={**facts(worker), "error": type(error).__name__})
    try:
        return adapter.left_behind(change, look)
    except Exception as error:  # of a row that names no slot: as above
        log.warning("what was left cannot be told", extra={**facts(worker), "error": type(error).__name__})
        return ""


def _change(world: World, worker: WorkerResource) -> Change:
    """What the worker was to do."""
    back = worker.status.of_rollback
    wanted = world.certificates.find((back and worker.previous_cert_identifier) or worker.cert_identifier)
    return Change(
        (back and worker.deployed) or worker.resource,
        wanted.certificate if wanted else None,
        begun=True,
        half_made=worker.half_made,
        undoes=Undone(worker.cert_identifier, worker.undone) if worker.undone else None,
    )
