"""What bounds every write, whatever the rows of the state say: others may have written them."""

from shared.domain.jobs import WorkerResource
from shared.domain.names import uncovered
from shared.domain.resources import CloudProduct, CloudResource, ResourceRecord
from shared.products import names_told_by
from shared.products.kit.changes import Carries, Change, Look
from shared.products.kit.forms import Names
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


def why_named_otherwise(world: World, change: Change, look: Look) -> str:
    """Why a slot does not answer to the names that its row says, or to others too; "" if it does to these.

    Asked before a write. `look`: the one just made; names that it cannot tell are those of the certificate
    that it found in place, as CAS has it. A name that the slot's id tells is held against that by its form.
    """
    told_by = names_told_by(change.resource)
    if change.wanted is None or look.carries is not Carries.EXPECTED or told_by is Names.ID:
        return ""
    if told_by is Names.CAS:
        record = world.certificates.find(look.slot.cert_identifier)
        if record is None:
            place = change.resource.slot
            return f"CAS does not know {look.slot.cert_identifier}, so what {place} answers to is unknown"
        names = record.certificate.names
    else:
        names = look.slot.domains
    planned, wanted = change.resource.domains, frozenset(change.wanted.names)
    if change.undoes is not None:  # what is in place is the job's: for the same names, if for others too
        missing = uncovered(planned, frozenset(names))
        more: tuple[str, ...] = ()
    else:
        missing = tuple(name for name in planned if name not in names)
        more = uncovered(names, wanted)
    if missing:
        return f"{change.resource.slot} does not answer to {', '.join(missing)} by now"
    return f"{change.resource.slot} answers to {', '.join(more)} too by now" if more else ""


def is_met_there(
    world: World, planned: CloudResource, seen: CloudResource, record: ResourceRecord | None
) -> bool:
    """Whether the product told where clients meet a slot: by the look that has `seen` it, or to a discovery.

    A worker's row alone does not say where to connect to. `record`: of the planned one.
    """
    if _met(seen) != _met(planned):
        return True
    if record is None and seen.slot != planned.slot:
        record = world.resources.find(seen.slot)
    return record is not None and _met(record.resource) == _met(seen)


def _met(slot: CloudResource) -> tuple[str, tuple[str, ...]]:
    return slot.endpoint, slot.server_names


def _place(slot: CloudResource) -> tuple[object, ...]:
    return slot.slot, slot.location, slot.kind, slot.instance_id, slot.listener_id, slot.role, slot.writer
