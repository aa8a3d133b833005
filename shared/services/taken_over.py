"""What functions held that died with their host. The host that comes after it need not wait for the ends.

Leases last as long as a function may run, since nobody else can know that it is dead. A host that holds the
state alone, by the lock on its file, does know.
"""

from contextlib import suppress

from shared.domain.jobs import WorkerResource
from shared.errors import ConflictError
from shared.services.automatic import LEASE
from shared.services.world import World


def free_what_the_dead_held(world: World) -> int:
    """Let everything go that is held; how many workers that was.

    Only while no function runs on this state, and none can start: what a living one holds is lost to it.
    Workers are looked at again as after any cut; nothing is taken for done.
    """
    freed = 0
    world.leases.free(LEASE)
    for job_id in list(world.jobs.due(world.clock())):
        unsettled = [worker for worker in world.workers.list(job_id) if not worker.status.settled]
        for product in {worker.resource.product for worker in unsettled}:
            world.callers.forget(product.value, job_id)
        for writer in {worker.resource.writer for worker in unsettled}:
            world.leases.free(writer)
        freed += sum(_freed(world, worker) for worker in unsettled)
    return freed


def _freed(world: World, worker: WorkerResource) -> bool:
    if not worker.leased(world.clock()):
        return False
    with suppress(ConflictError):  # somebody is at it after all
        world.workers.save(worker.evolve(lease_until=None))
        return True
    return False
