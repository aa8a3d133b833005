"""What bounds every write, whatever the rows of the state say: others may have written them."""

from shared.domain.jobs import WorkerResource
from shared.domain.resources import CloudProduct, CloudResource
from shared.services.world import World


def why_barred(world: World, product: CloudProduct, worker: WorkerResource) -> str:
    """Why nothing is written for a worker of `product`; "" if something may be.

    Asked before anything is called. A look tells then whether the slot exists, and only after it is a key
    read.
    """
    slot, deployed = worker.resource, worker.deployed
    if barred := world.policy.why_barred(slot) or (deployed and world.policy.why_barred(deployed)):
        return barred
    if slot.product is not product:
        return f"not a slot of {product.value}: it is of {slot.product.value}"
    if deployed is not None and deployed.writer != slot.writer:
        return f"not a slot of {product.value}: what was deployed is elsewhere"
    return ""


def why_not_found(world: World, slot: CloudResource) -> str:
    """Why a slot is none that a discovery of this installation has found; "" if it is one.

    Asked before the first write: a worker's row alone does not say where to write.
    """
    record = world.resources.find(slot.slot)
    if record is None or not same_place(record.resource, slot):
        return f"{slot.slot}: no discovery has found it so; discover, and create a new job"
    return ""


def same_place(one: CloudResource, other: CloudResource) -> bool:
    """Whether what is written for them goes to the same place."""
    return _place(one) == _place(other)


def _place(slot: CloudResource) -> tuple[object, ...]:
    return slot.slot, slot.location, slot.kind, slot.instance_id, slot.listener_id, slot.role, slot.writer
