"""Whether an account is ready for a stack, as far as it tells: services, their roles, the rights of the key.

It only reads. What no API tells is said to be so.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from cli.stacks.account import Account
from cli.stacks.given import instance_of
from cli.stacks.ros import Provision
from cli.stacks.sls import Sls
from cli.stacks.templates import parameters_of
from shared.cloud.api import Action, Api
from shared.cloud.functions import API as FC
from shared.cloud.redact import redact
from shared.errors import AppError, CloudDeniedError, CloudError, CloudRejectedError
from shared.services.doctor.calls import is_not_activated
from shared.services.doctor.findings import Finding, error, ok, unknown, warning

RAM: Final = Api("ram", "2015-05-01", "RPC", ram="ram", hosts="ram.aliyuncs.com")
TABLESTORE: Final = Api(
    "tablestore", "2020-12-09", "ROA", ram="ots", hosts="tablestore.{region}.aliyuncs.com"
)
_FUNCTION: Final = Action("GetFunction", method="GET", path="/2023-03-30/functions/{name}")
_ROLE: Final = Action("GetRole")
_INSTANCE: Final = Action("GetInstance", method="GET", path="/v2/openapi/getinstance")
_POLICY: Final = "grant what is missing: certdeploy --stack {stack} ram print deployer"


def of_account(account: Account, template: str, python: str, *, runs: bool) -> Iterator[Finding]:
    """`template`: of the stack. `python`: the runtime's version, "" if it is not known.

    `runs`: there is a stack of this runtime."""
    yield from _of_services(account, template)
    region, about = account.region, f"runtime python{python}" if python else "runtime"
    if runs:
        yield ok(about, f"{region} has it, since the stack is made of it")
    else:
        elsewhere = "python3.12 is in some regions only; if ROS refuses it: certdeploy deploy --python 3.10"
        yield unknown(
            about,
            f"could not be checked: no API tells which runtimes {region} has",
            "" if python == "3.10" else elsewhere,
        )
    yield unknown(
        "instances",
        f"could not be checked: no API tells how many {region} lets run at once for all functions of the"
        " account (100, unless raised)",
        "see the quotas in Function Compute's console",
    )


def of_rights(account: Account, name: str, instance: str) -> Iterator[Finding]:
    """By calls that read what the stack has, or will have: nothing harmless tells what may be made.

    `instance`: of Tablestore, "" for that which a new stack gets."""
    region = account.region
    call, instance = account.openapi.call, instance or instance_of(name, account.id, region)
    looks: tuple[tuple[str, Callable[[], Any]], ...] = (
        (
            "fc:GetFunction",
            partial(call, FC, _FUNCTION, path={"name": f"{name}-scan_expiry"}, region=region),
        ),
        ("ram:GetRole", partial(call, RAM, _ROLE, {"RoleName": f"{name}-scan-expiry"})),
        ("ots:GetInstance", partial(call, TABLESTORE, _INSTANCE, {"InstanceName": instance}, region=region)),
        ("log:GetProject", partial(Sls(account.openapi, region).project, f"{name}-{account.id}")),
    )
    found = [one for right, look in looks for one in _of_right(right, look, f"{name}{account.said}")]
    yield from found
    if not found:
        yield ok("rights", f"{', '.join(right for right, _ in looks)}; what may be made, no call tells")


def _of_right(right: str, look: Callable[[], Any], stack: str) -> Iterator[Finding]:
    try:
        look()
    except CloudError as refused:
        if is_not_activated(refused):
            yield error(f"permission {right}", str(refused), "activate the product in its console")
        elif isinstance(refused, CloudDeniedError):
            yield error(f"permission {right}", str(refused), _POLICY.format(stack=stack))
        elif not isinstance(refused, CloudRejectedError):  # which says that there is none yet
            yield unknown(f"permission {right}", f"could not be checked: {refused}")


def _of_services(account: Account, template: str) -> Iterator[Finding]:
    try:
        told = account.ros.provisions(template, _whatever(parameters_of(template)))
    except AppError as failed:
        yield unknown(
            "services",
            f"could not be checked: {failed}",
            "this takes ros:GetServiceProvisions and ram:GetRole (certdeploy ram print deployer)",
        )
        return
    for one in told:
        yield from _of_service(one)


def _of_service(told: Provision) -> Iterator[Finding]:
    about = f"service {told.service}"
    if told.status == "Disabled":
        why = f": {redact(told.reason).rstrip('.')}" if told.reason else ""
        yield error(about, f"is not activated{why}", f"activate it: {told.url or 'its console'}")
    elif told.status == "Enabled":
        yield ok(about, "is activated")
    else:
        yield unknown(
            about, f"could not be checked: {redact(told.reason) or told.status or 'no status is told'}"
        )
    for role in told.missing_roles:
        where = told.role_url or "open the product's console once"
        yield warning(f"role {role}", f"{told.service} lacks its service-linked role", f"make it: {where}")


def _whatever(declared: Mapping[str, Any]) -> dict[str, str]:
    """A value for each parameter that needs one: which services there are does not rest on it."""
    return {name: "x" for name, one in declared.items() if "Default" not in one}
