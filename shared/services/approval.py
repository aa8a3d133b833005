"""Approval by a second person: where a policy or its drafter wants it, who drafted a job does not submit it.

Who somebody is, is what the cloud says of the key that the command has, or else a name that is stated.
"""

from collections.abc import Iterable
from typing import Final

from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.plans import PlanEntry
from shared.errors import ApprovalRequiredError
from shared.services.policies import policies_of
from shared.services.world import World

SYSTEM: Final = "the system"  #: that drafted an automatic job
UNKNOWN: Final = "somebody unknown"


def who_asks(world: World, stated: str | None) -> str:
    """The person of a request: by the key, or as stated. UNKNOWN if neither tells."""
    return world.caller() or (f"{stated} (stated)" if stated else UNKNOWN)


def why_approved_by_another(
    world: World, deployments: Iterable[PlanEntry | WorkerResource], asked: bool = False
) -> str:
    """Which policy wants a second person for one of them, or that its drafter did (`asked`); "" if none does.

    Policies that cannot be read say nothing of jobs by hand.
    """
    if asked:
        return "its drafter"
    book = policies_of(world).book
    if not book.asks_for_approval:
        return ""
    found = list(deployments)
    identifiers = {one.cert_identifier for one in found} | {one.resource.cert_identifier for one in found}
    known = world.certificates.find_many(identifiers)
    for one in found:
        present, wanted = known.get(one.resource.cert_identifier), known.get(one.cert_identifier)
        certificates = [wanted.certificate] if wanted else []
        for policy in book.for_(one.resource, present.certificate if present else None, certificates):
            if policy.require_approval:
                return policy.require_approval_by
    return ""


def check_approval(world: World, job: DeploymentJob, workers: Iterable[WorkerResource], who: str) -> None:
    """Raises ApprovalRequiredError: `who` may not submit the job."""
    if not (by := why_approved_by_another(world, workers, job.require_approval)):
        return
    authors = job.drafted_by or (SYSTEM if job.automatic else UNKNOWN,)
    wants = f"{by} wants a second person to submit job {job.job_id}"
    if who == UNKNOWN:
        raise ApprovalRequiredError(
            f"{wants}, and who you are is unknown: use a key that STS knows, or set CERTDEPLOY_IDENTITY (By)"
        )
    if UNKNOWN in authors:
        raise ApprovalRequiredError(f"{wants}, and who drafted it is unknown: draft it again")
    if who in authors:
        raise ApprovalRequiredError(f"{wants}; it was drafted by {', '.join(authors)}, and you are {who}")
