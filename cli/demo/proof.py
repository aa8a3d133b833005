"""The demo's own proof, independent of the functions' records: TLS clients, before and after."""

from dataclasses import dataclass

from emulator.bundles import Bundle
from shared.cloud.roots import Roots
from shared.cloud.tls import HandshakeRefusedError, NotAcceptedError, UnreachableError, handshake
from shared.domain.jobs import Handshake, WorkerResource
from shared.domain.names import covers
from shared.domain.resources import SlotRole
from shared.domain.states import WorkerStatus
from shared.services.verify import server_names

Edge = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Proof:
    served: tuple[str, ...]  #: matched slots that serve the new certificate, by handshakes
    not_served: tuple[str, ...]  #: the others, each with what was served instead
    unchanged: int  #: other places at the edge that serve what they served before
    changed: tuple[str, ...]  #: those that do not

    @property
    def complete(self) -> bool:
        return bool(self.served) and not self.not_served and not self.changed


def prove(
    workers: list[WorkerResource], renewed: Bundle, tls: str, roots: Roots, before: Edge, after: Edge
) -> Proof:
    served: list[str] = []
    not_served: list[str] = []
    for worker in workers:
        slot, problem = worker.resource.slot, _problem(worker, renewed, tls, roots)
        (not_served.append(f"{slot}: {problem}") if problem else served.append(slot))
    others = [place for place in {**before, **after} if not any(_at(worker, place) for worker in workers)]
    changed = [place for place in others if before.get(place) != after.get(place)]
    return Proof(
        served=tuple(served),
        not_served=tuple(not_served),
        unchanged=len(others) - len(changed),
        changed=tuple(f"{host} for {name or 'no name'}" for host, name in changed),
    )


def _problem(worker: WorkerResource, renewed: Bundle, tls: str, roots: Roots) -> str:
    """What is wrong; "" if the worker claims success and TLS clients, who verify, confirm it."""
    proof = worker.verification
    if worker.status is not WorkerStatus.SUCCESS or proof is None:
        return worker.reason or worker.status.value
    if proof.handshake is not Handshake.SERVED:
        return f"{proof.handshake.value}: {proof.detail}"
    for name in server_names(worker.resource):
        try:
            leaf = handshake(
                worker.resource.endpoint, name, via=tls, algorithm=renewed.algorithm, roots=roots
            )
        except (UnreachableError, HandshakeRefusedError, NotAcceptedError) as error:
            return str(error)
        if leaf.sha256 != renewed.sha256.lower():
            return f"{name} is served another certificate"
    return ""


def _at(worker: WorkerResource, place: tuple[str, str]) -> bool:
    """Whether the worker was meant to change this address and server name."""
    host, name = place
    resource = worker.resource
    if name in resource.server_names:
        return True  # a pool of certificates serves its names at several addresses
    if resource.kind == "hostname" and name in resource.domains:
        return True  # at its record's name, and at the CNAME of that
    if host != resource.endpoint:
        return False
    if not name:
        return resource.role is SlotRole.DEFAULT
    return any(covers(pattern, name) for pattern in resource.domains)
