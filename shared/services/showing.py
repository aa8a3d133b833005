"""Let the table show a slot as a job has left it. Discovery would do it too, only later."""

from contextlib import suppress
from datetime import datetime

from shared.domain.certificates import Certificate
from shared.domain.resources import CloudResource, Placed, ResourceRecord
from shared.errors import ConflictError
from shared.products.kit.changes import Change
from shared.services.world import World


def show(
    world: World,
    job_id: int,
    change: Change,
    after: CloudResource,
    record: ResourceRecord | None,
    *,
    met: bool,
) -> None:
    """`after`: the slot as it is now. `met`: where, as it says; else as its `record` of before does."""
    if not met and record is not None:
        after = after.evolve(endpoint=record.resource.endpoint, server_names=record.resource.server_names)
    if change.wanted is not None:
        after = after.evolve(cert_not_after=change.wanted.not_after).named_by(change.wanted)
    known = record if after.slot == change.resource.slot else None
    world.resources.put(after, now := world.clock(), placed=_placed(job_id, change.wanted, now), known=known)
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
