"""Which places at the TLS edge a worker was to change."""

from __future__ import annotations

from shared.domain.jobs import WorkerResource
from shared.domain.names import covers
from shared.domain.resources import CloudProduct, CloudResource, SlotRole

Place = tuple[str, str, str]  #: product, host and server name
Places = dict[Place, str]  #: and what is served there: the leaf's SHA-256, or ""


def is_at(resource: CloudResource, place: Place) -> bool:
    _, host, name = place
    if name in resource.server_names:
        return True  # a pool of certificates serves its names at several addresses
    if resource.kind == "hostname" and name in resource.domains:
        return True  # at its record's name, and at the CNAME of that
    if host != resource.endpoint:
        return not host and name in resource.domains
    if not name:
        return resource.role is SlotRole.DEFAULT
    return any(covers(pattern, name) for pattern in resource.domains)


def workers_at(place: Place, workers: list[WorkerResource]) -> list[WorkerResource]:
    """A slot is where any job saw it: one of them may not have been told where clients meet it."""
    there = {worker.resource.slot for worker in workers if is_at(worker.resource, place)}
    return [worker for worker in workers if worker.resource.slot in there]


def perhaps_at(place: Place, workers: list[WorkerResource]) -> list[WorkerResource]:
    """Of imported certificates of AWS: each may be used at several places, of which its slot names one."""
    return [worker for worker in workers if place[0] == "aws" and worker.resource.product is CloudProduct.AWS]
