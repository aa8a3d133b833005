"""Let the table show a slot as a job has left it. Discovery would do it too, only later."""

from contextlib import suppress
from datetime import datetime

from shared.domain.certificates import Certificate
from shared.domain.resources import CloudResource, Placed
from shared.errors import ConflictError
from shared.products.kit.changes import Change
from shared.services.world import World


def show(world: World, job_id: int, change: Change, after: CloudResource, *, met: bool) -> None:
    """`after`: the slot as it is now. `met`: where, as it says; else as the table says."""
    if not met and (known := world.resources.find(change.resource.slot)):
        after = after.evolve(endpoint=known.resource.endpoint, server_names=known.resource.server_names)
    if change.wanted is not None:
        after = after.evolve(cert_not_after=change.wanted.not_after).named_by(change.wanted)
    world.resources.put(after, now := world.clock(), placed=_placed(job_id, change.wanted, now))
    if after.slot != change.resource.slot and (old := world.resources.find(change.resource.slot)):
        with suppress(ConflictError):  # discovery is at it
            world.resources.remove(old)


def _placed(job_id: int, certificate: Certificate | None, at: datetime) -> Placed:
    if certificate is None:
        return Placed(job_id=job_id, at=at)
    return Placed(
        cert_identifier=certificate.identifier,
        fingerprint=certificate.fingerprint,
        not_after=certificate.not_after,
        job_id=job_id,
        at=at,
    )
