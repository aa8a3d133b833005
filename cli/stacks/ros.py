"""ROS 2019-09-10: what a stack is to be, what would change, and what becomes of it.

Source: the vendor's description of the requests, and its SDK for the answers. The template goes in the body:
a URL would be too long for it.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.cloud.api import Action, Api
from shared.cloud.openapi import OpenApi
from shared.cloud.reading import Fields
from shared.errors import CloudRejectedError

API: Final = Api("ros", "2019-09-10", "RPC", ram="ros", hosts="ros.aliyuncs.com")
_LIST: Final = Action("ListStacks")
_GET: Final = Action("GetStack")
_TEMPLATE: Final = Action("GetTemplate")
_EVENTS: Final = Action("ListStackEvents")
_RESOURCES: Final = Action("ListStackResources")
_VALIDATE: Final = Action("ValidateTemplate")
_PREVIEW: Final = Action("PreviewStack")
_PROVISIONS: Final = Action("GetServiceProvisions")
# Creating and changing have a token of the run, so a lost answer is asked for again without a second effect.
_CREATE: Final = Action("CreateStack")
_UPDATE: Final = Action("UpdateStack")
_DELETE: Final = Action("DeleteStack")
#: What each of them needs of RAM, for whoever deploys.
ACTIONS: Final = (
    *(_LIST, _GET, _TEMPLATE, _EVENTS, _RESOURCES, _VALIDATE, _PREVIEW, _PROVISIONS),
    *(_CREATE, _UPDATE, _DELETE),
)
_PAGE: Final = 50  #: the most that a list gives at once
_MINUTES: Final = 60  #: until ROS gives up
GONE: Final = "DELETE_COMPLETE"


@dataclass(frozen=True)
class StackState:
    id: str
    name: str
    status: str
    reason: str
    parameters: Mapping[str, str]  #: those that are hidden as "******"
    outputs: Mapping[str, str]
    created: str  #: UTC, as 2026-05-01T02:00:00
    updated: str  #: "" if never

    @property
    def moving(self) -> bool:
        return self.status.endswith("_IN_PROGRESS")

    @property
    def failed(self) -> bool:
        """It is not what was asked for last: an operation failed, or was taken back."""
        return self.status.endswith("_FAILED") or "ROLLBACK" in self.status

    @property
    def void(self) -> bool:
        """It never came to be, so nothing can be changed in it: its creation failed or was taken back."""
        return self.status in ("CREATE_FAILED", "CREATE_ROLLBACK_COMPLETE", "CREATE_ROLLBACK_FAILED")


@dataclass(frozen=True)
class Change:
    """What is done with one resource: "Add", "Modify" or "Remove"."""

    action: str
    name: str  #: in the template
    kind: str  #: such as ALIYUN::FC3::Function
    replaced: str = ""  #: of what is modified: "True", "Conditional", or "False"


@dataclass(frozen=True)
class Event:
    id: str
    at: str
    name: str  #: of the resource, or of the stack
    kind: str
    status: str
    reason: str
    physical_id: str = ""


@dataclass(frozen=True)
class Provision:
    """A service that a template uses. `url`: where it is activated, `role_url`: where its roles are made."""

    service: str
    status: str  #: "Enabled", "Disabled" or "Unknown"
    reason: str
    url: str
    missing_roles: tuple[str, ...]  #: service-linked
    role_url: str


class Ros:
    """Stacks of one region. Errors as in `OpenApi.call`."""

    def __init__(self, openapi: OpenApi, region: str) -> None:
        self._openapi, self._region = openapi, region

    def find(self, name: str) -> StackState | None:
        """The stack of this name."""
        rows = self._call(_LIST, {"StackName.1": name, "PageSize": _PAGE}).rows("Stacks")
        living = [row for row in rows if row.text("StackName") == name and row.text("Status") != GONE]
        return self.state(living[0].needed("StackId")) if living else None

    def state(self, stack_id: str) -> StackState:
        """Raises CloudRejectedError StackNotFound."""
        told = self._call(_GET, {"StackId": stack_id})
        return StackState(
            told.needed("StackId"),
            told.text("StackName"),
            told.needed("Status"),
            told.text("StatusReason"),
            {row.text("ParameterKey"): row.text("ParameterValue") for row in told.rows("Parameters")},
            {row.text("OutputKey"): str(row.get("OutputValue") or "") for row in told.rows("Outputs")},
            told.text("CreateTime"),
            told.text("UpdateTime"),
        )

    def template(self, stack_id: str) -> str:
        """The text that the stack is made of."""
        return self._call(_TEMPLATE, {"StackId": stack_id}).needed("TemplateBody")

    def events(self, stack_id: str) -> Iterator[Event]:
        """As the service orders them, page by page."""
        for page in range(1, 100):
            told = self._call(_EVENTS, {"StackId": stack_id, "PageNumber": page, "PageSize": _PAGE})
            rows = told.rows("Events")
            for row in rows:
                yield Event(
                    row.needed("EventId"),
                    row.text("CreateTime"),
                    row.text("LogicalResourceId"),
                    row.text("ResourceType"),
                    row.text("Status"),
                    row.text("StatusReason"),
                    row.text("PhysicalResourceId"),
                )
            if len(rows) < _PAGE:
                return

    def resources(self, stack_id: str) -> list[Event]:
        """Each with its state by now, in the form of an event."""
        rows = self._call(_RESOURCES, {"StackId": stack_id}).rows("Resources")
        return [
            Event(
                "",
                row.text("UpdateTime"),
                row.text("LogicalResourceId"),
                row.text("ResourceType"),
                row.text("Status"),
                row.text("StatusReason"),
                row.text("PhysicalResourceId"),
            )
            for row in rows
        ]

    def validate(self, template: str) -> None:
        """Raises CloudRejectedError: ROS does not take it."""
        self._call(_VALIDATE, {}, template)

    def preview(
        self, name: str, stack: StackState | None, template: str, given: Mapping[str, str]
    ) -> list[Change]:
        """What would be done to come from the stack, if there is one, to this template."""
        known = {"StackId": stack.id, "UsePreviousParameters": "true"} if stack else {"StackName": name}
        told = self._call(_PREVIEW, {**known, **_parameters(given)}, template)
        found = []
        for row in told.part("Stack").rows("Resources"):
            action = row.text("Action") or "Add"
            if action != "None":
                kind, replaced = row.text("ResourceType"), row.text("Replacement")
                found.append(Change(action, row.needed("LogicalResourceId"), kind, replaced))
        return found

    def provisions(self, template: str, given: Mapping[str, str]) -> list[Provision]:
        """Of each service that the template uses, as far as ROS knows it."""
        found = []
        for row in self._call(_PROVISIONS, _parameters(given), template).rows("ServiceProvisions"):
            roles = row.part("RoleProvision")
            found.append(
                Provision(
                    row.needed("ServiceName"),
                    row.text("Status"),
                    row.text("StatusReason"),
                    row.text("EnableURL"),
                    tuple(
                        one.text("RoleName") for one in roles.rows("Roles") if one.flag("Created") is False
                    ),
                    roles.text("AuthorizationURL"),
                )
            )
        return found

    def create(self, name: str, template: str, given: Mapping[str, str], token: str) -> str:
        """The id of the new stack. `token`: of this run."""
        asked = {"StackName": name, "TimeoutInMinutes": _MINUTES, "ClientToken": token, **_parameters(given)}
        return self._call(_CREATE, asked, template).needed("StackId")

    def update(self, stack_id: str, template: str, given: Mapping[str, str], token: str) -> bool:
        """What is not given keeps its value. False: the stack is like that already."""
        asked = {
            "StackId": stack_id,
            "TimeoutInMinutes": _MINUTES,
            "ClientToken": token,
            "UsePreviousParameters": "true",
            **_parameters(given),
        }
        try:
            self._call(_UPDATE, asked, template)
        except CloudRejectedError as error:
            if error.cloud_code == "NotSupported" and "same" in str(error):
                return False
            raise
        return True

    def delete(self, stack_id: str, retained: Sequence[str] = ()) -> None:
        """`retained`: names of resources that stay, whatever the stack's template says of them."""
        stays = {f"RetainResources.{number}": name for number, name in enumerate(retained, 1)}
        self._call(_DELETE, {"StackId": stack_id, **stays})

    def _call(self, action: Action, params: Mapping[str, Any], template: str = "") -> Fields:
        form = {"TemplateBody": template} if template else None
        asked = {"RegionId": self._region, **params}
        return self._openapi.call(API, action, asked, region=self._region, form=form)


def new_token() -> str:
    return f"certdeploy-{uuid.uuid4()}"


def _parameters(given: Mapping[str, str]) -> dict[str, str]:
    """In the form of a list, in a fixed order."""
    asked = {}
    for number, (name, value) in enumerate(sorted(given.items()), 1):
        asked[f"Parameters.{number}.ParameterKey"] = name
        asked[f"Parameters.{number}.ParameterValue"] = value
    return asked
