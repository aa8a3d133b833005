"""What a person asks of a use case: done in this process, or by a function of the stack that is named.

On a stack, what only reads is answered here, over the state that the stack's `read_state` reads: lists may be
larger than the answer of a function may be. What changes something is done by the function that may.
"""

from collections.abc import Mapping
from typing import Any, Final

from cli.on_stack import StackFunctions
from shared.domain.clean_up_requests import CleanUpCertificates
from shared.domain.contact_requests import ManageContacts
from shared.domain.installation_requests import ManagedInstallation, ManageInstallation
from shared.domain.jobs import DeploymentJob
from shared.domain.quota_requests import ManageQuota
from shared.domain.requests import CreateDeploymentJob, ManageDeploymentJobs
from shared.services.clean_up import clean_up_certificates
from shared.services.cleaned import CleanUp
from shared.services.contacts import ShownContacts, manage_contacts
from shared.services.create import Created, create_deployment_jobs
from shared.services.manage import Managed, manage_deployment_jobs
from shared.services.manage_installation import manage_installation
from shared.services.quota_ledger import ManagedQuota, manage_quota
from shared.services.world import World
from shared.validation.requests import parse

_READING: Final = frozenset(
    {"List", "Show", "Preview", "Diff", "Status", "ListResources", "ListCertificates", "History"}
)
#: Those that tell who asked: a function does not see who invokes it.
_SIGNED: Final = frozenset({"Submit", "Edit"})


def managed(world: World, request: dict[str, Any]) -> Managed:
    asked = parse(ManageDeploymentJobs, request)
    if (stack := _stack(world, request)) is not None:
        return parse(Managed, stack.ask("manage_deployment_jobs", _signed(world, request)))
    return manage_deployment_jobs(world, asked)


def created(world: World, request: dict[str, Any]) -> DeploymentJob:
    asked = parse(CreateDeploymentJob, request)
    if (stack := _stack(world, request)) is not None:
        signed = {**request, **_by(world)}
        return parse(Created, stack.ask("create_deployment_job", signed)).jobs[0]
    return create_deployment_jobs(world, asked).jobs[0]


def managed_contacts(world: World, request: dict[str, Any]) -> ShownContacts:
    asked = parse(ManageContacts, request)
    if (stack := _stack(world, request)) is not None:
        return parse(ShownContacts, stack.ask("manage_contacts", request))
    return manage_contacts(world, asked)


def managed_quota(world: World, request: dict[str, Any]) -> ManagedQuota:
    asked = parse(ManageQuota, request)
    if (stack := _stack(world, request)) is not None:
        return parse(ManagedQuota, stack.ask("manage_quota", request))
    return manage_quota(world, asked)


def managed_installation(world: World, request: dict[str, Any]) -> ManagedInstallation:
    asked = parse(ManageInstallation, request)
    if (stack := _stack(world, request)) is not None:
        return parse(ManagedInstallation, stack.ask("manage_installation", request))
    return manage_installation(world, asked)


def cleaned_up(world: World, request: dict[str, Any]) -> CleanUp:
    asked = parse(CleanUpCertificates, request)
    if (stack := _stack(world, request)) is not None:
        return parse(CleanUp, stack.ask("clean_up_certificates", request))
    return clean_up_certificates(world, asked)


def _stack(world: World, request: Mapping[str, Any]) -> StackFunctions | None:
    """The one that changes what is asked for."""
    functions = world.functions
    return functions if isinstance(functions, StackFunctions) and not request.keys() <= _READING else None


def _signed(world: World, request: dict[str, Any]) -> dict[str, Any]:
    return {kind: {**asked, **_by(world)} if kind in _SIGNED else asked for kind, asked in request.items()}


def _by(world: World) -> dict[str, str]:
    who = world.caller()
    return {"By": who[:128]} if who else {}
