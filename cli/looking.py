"""A slot looked at again: its product is read, and clients' handshakes are made from this machine."""

from cli import output
from cli.session import Session
from shared.services.met import meet, reading_of
from shared.services.slots import SlotFacts, find_slot, show_slot


def looked_at(current: Session, slot: str) -> SlotFacts:
    """Whoever reads the product, this process or a function of the stack: the handshakes are made here.

    Raises:
        NotFoundError: there is no such slot, before or after the reading.
    """
    world = current.world()
    resource = find_slot(world, slot).resource
    if not world.policy.why_barred(resource):
        current.check_credentials()
        request = reading_of(resource).model_dump_json(by_alias=True, exclude_defaults=True)
        with output.progress(f"Reading {resource.product.value} …"):
            current.call("discover_resources", request.encode())
    world = current.world()
    facts = show_slot(world, slot)
    with output.progress("Asking by TLS handshakes …"):
        return facts.evolve(met=meet(world, facts.resource))
