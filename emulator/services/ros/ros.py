"""Resource Orchestration Service 2019-09-10: stacks of resources, made from a template.

A stack's resources are made by the APIs of their products in this same cloud, with the rights of whoever
asked for the stack last. Emulated are the kinds of resources in `kinds.py`; sections, functions and fields of
templates that are not emulated are refused by name. Not emulated, and told so: replacing resources, change
sets, stack groups and policies, drift, nested stacks, templates that ROS keeps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from emulator.api import Answer, Call
from emulator.services.ros import errors, parameters, preview, sources
from emulator.services.ros.model import Goal, Operation, Resource, Stack
from emulator.services.ros.plan import Plan
from emulator.services.ros.provisions import Provisions
from emulator.services.ros.stacks import OPTIONS, region_of
from emulator.services.ros.template import read

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,254}")
_MOST_STACKS, _MOST_TAGS = 200, 20
#: States from which a stack can be changed [guess]: those of one that was complete at some time.
_CHANGEABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")


class Service(Provisions):
    def PreviewStack(self, call: Call) -> Answer:
        """What a new stack, or a change of one, would do."""
        params, stack = call.params, None
        if bool(params.get("StackId")) == bool(params.get("StackName")):
            raise errors.one_of("StackName", "StackId")
        if params.get("StackId"):
            stack = self._stack(call)
        there: Mapping[str, Resource] = stack.resources if stack else {}
        goal = self._goal(call, stack)
        name, stack_id = (stack.name, stack.id) if stack else (params["StackName"], "")
        plan = Plan(goal, self._pseudo(region_of(call), name, stack_id), there)
        plan.check()
        texts = {**plan.pseudo, **goal.parameters}
        told = {
            "Description": plan.template.description,
            "DisableRollback": params.get("DisableRollback", False),
            "Parameters": parameters.shown(plan.template.parameters, texts),
            "RegionId": region_of(call),
            "Resources": preview.rows(plan, there),
            "StackName": name,
            "TemplateDescription": plan.template.description,
            "TimeoutInMinutes": _timeout(params),
        }
        return {"Stack": told}

    def CreateStack(self, call: Call) -> Answer:
        """The same ClientToken again is answered with the stack that it made."""
        params = call.params
        name, token = params["StackName"], params.get("ClientToken") or ""
        there = [stack for stack in self.stacks.values() if stack.status != "DELETE_COMPLETE"]
        same = [stack for stack in there if (stack.region, stack.name) == (region_of(call), name)]
        if same and token and same[0].token == token:
            return {"StackId": same[0].id}
        if same:
            raise errors.exists(name)
        if not _NAME.fullmatch(name):
            raise errors.bad_value("StackName", name)
        option = params.get("CreateOption") or OPTIONS[0]
        if option not in OPTIONS:
            raise errors.not_emulated(f"CreateOption {option}")
        if len(there) >= _MOST_STACKS:
            raise errors.invalid(f"The account has {_MOST_STACKS} stacks")  # [guess] the code
        now = self.cloud.clock()
        stack = Stack(
            str(uuid4()), name, region_of(call), now, self._goal(call, None), call.access_key_id,
            timeout_min=_timeout(params), disable_rollback=params.get("DisableRollback", False),
            protected=params.get("DeletionProtection") == "Enabled", tags=_tags(params),
            token=token, option=option,
        )  # fmt: skip
        plan = self._plan(stack)
        plan.check()
        self.stacks[stack.id] = stack
        self._engine.begin(stack, self._engine.operation(stack, "CREATE", plan.levels(), now))
        return {"StackId": stack.id}

    def UpdateStack(self, call: Call) -> Answer:
        stack, params = self._stack(call), call.params
        if not stack.settled:
            raise errors.busy(stack.name, _action(stack))
        if stack.status not in _CHANGEABLE:
            raise errors.not_supported(f"Update a stack in status {stack.status}")
        goal, tags = self._goal(call, stack), _tags(params) or stack.tags
        plan = Plan(goal, self._pseudo(stack.region, stack.name, stack.id), stack.resources)
        plan.check()
        if params.get("DryRun"):
            names = sorted(goal.parameters)
            return {"StackId": stack.id, "DryRunResult": {"ParametersAllowedToBeModified": names}}
        known = (stack.goal.body, stack.goal.parameters, stack.tags)
        if known == (goal.body, goal.parameters, tags) and not stack.status.endswith("_FAILED"):
            raise errors.not_supported("Update the completely same stack")
        stack.before, stack.goal, stack.tags = stack.goal, goal, tags
        stack.access_key_id, stack.timeout_min = call.access_key_id, _timeout(params)
        stack.disable_rollback = params.get("DisableRollback", False)
        self._begin(stack, "UPDATE", self._engine.way_there(stack))
        return {"StackId": stack.id}

    def CancelUpdateStack(self, call: Call) -> Answer:
        """The change is taken back, as if it had failed."""
        stack, how = self._stack(call), call.params.get("CancelType") or "Safe"
        if how not in ("Quick", "Safe"):
            raise errors.bad_value("CancelType", how)
        if stack.operation is None or stack.operation.action != "UPDATE":
            raise errors.not_supported(f"Cancel the update of a stack in status {stack.status}")
        self._engine.cancel(stack, self.cloud.clock())
        return {}

    def ContinueCreateStack(self, call: Call) -> Answer:
        """What a creation that was not taken back has not made, or not whole, is made."""
        stack, params = self._stack(call), call.params
        if params.get("Mode", "Recreate") != "Recreate" or params.get("RecreatingResources"):
            raise errors.not_emulated("ContinueCreateStack but of what has failed or was never begun")
        if stack.status != "CREATE_FAILED":
            raise errors.not_supported(f"Continue to create a stack in status {stack.status}")
        given = {one["ParameterKey"]: one["ParameterValue"] for one in params.get("Parameters") or []}
        body = sources.body(self.cloud, call) if params.get("TemplateBody") else stack.goal.body
        known = {**stack.goal.parameters, **given}
        goal = Goal(body, parameters.complete(read(body).parameters, known), stack.goal.url)
        plan = Plan(goal, self._pseudo(stack.region, stack.name, stack.id), stack.resources)
        plan.check()
        if params.get("DryRun"):
            names = sorted(goal.parameters)
            return {"StackId": stack.id, "DryRunResult": {"ParametersAllowedToBeModified": names}}
        stack.goal, stack.access_key_id = goal, call.access_key_id
        self._begin(stack, "CREATE", plan.levels())
        return {"StackId": stack.id}

    def DeleteStack(self, call: Call) -> Answer:
        """Once more is done already. What is to be retained stays where it is."""
        stack, params = self._stack(call), call.params
        if stack.status == "DELETE_COMPLETE" or (stack.operation and stack.operation.action == "DELETE"):
            return {}
        if not stack.settled:
            raise errors.busy(stack.name, _action(stack))
        if stack.protected:
            # [guess] the code
            raise errors.not_supported(f"The stack {stack.name} has deletion protection enabled")
        retained = params.get("RetainResources") or []
        for name in retained:
            if name not in stack.resources:
                raise errors.no_resource(name, stack.name)
        stack.access_key_id = call.access_key_id
        operation = self._begin(stack, "DELETE", self._engine.way_down(stack))
        operation.retained, operation.everything = retained, params.get("RetainAllResources", False)
        return {}

    def SetDeletionProtection(self, call: Call) -> Answer:
        wanted = call.params["DeletionProtection"]
        if wanted not in ("Enabled", "Disabled"):
            raise errors.bad_value("DeletionProtection", wanted)
        self._stack(call).protected = wanted == "Enabled"
        return {}

    def _goal(self, call: Call, stack: Stack | None) -> Goal:
        """The template and the parameters of a call; of a stack, those that it has. Raises ApiError."""
        params = call.params
        given = {one["ParameterKey"]: one["ParameterValue"] for one in params.get("Parameters") or []}
        sent = params.get("TemplateBody") or params.get("TemplateURL") or stack is None
        body = sources.body(self.cloud, call) if sent or stack is None else stack.goal.body
        declared = read(body).parameters
        if stack is not None and params.get("UsePreviousParameters"):
            given = {key: text for key, text in stack.goal.parameters.items() if key in declared} | given
        return Goal(body, parameters.complete(declared, given), params.get("TemplateURL") or "")

    def _begin(self, stack: Stack, action: str, levels: list[list[str]]) -> Operation:
        operation = self._engine.operation(stack, action, levels, self.cloud.clock())
        self._engine.begin(stack, operation)
        return operation


def _action(stack: Stack) -> str:
    return stack.operation.action if stack.operation else ""


def _timeout(params: Mapping[str, Any]) -> int:
    minutes = int(params.get("TimeoutInMinutes", 60))
    if not 10 <= minutes <= 1440:
        raise errors.bad_value("TimeoutInMinutes", str(minutes))
    return minutes


def _tags(params: Mapping[str, Any]) -> dict[str, str]:
    tags = {tag["Key"]: tag.get("Value", "") for tag in params.get("Tags") or []}
    if len(tags) > _MOST_TAGS:
        raise errors.bad_value("Tags", f"of more than {_MOST_TAGS} tags")
    return tags
