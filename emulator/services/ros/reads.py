"""What ROS tells: of templates, of stacks, of their resources and events."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from emulator.api import Answer, Call
from emulator.services.kit.paging import asked, numbered_page
from emulator.services.ros import errors, parameters, sources
from emulator.services.ros.intrinsics import Later
from emulator.services.ros.model import Stack, event_row, resource_row, stack_row, stamp
from emulator.services.ros.stacks import Stacks, region_of
from emulator.services.ros.template import read

_MOST = 50  #: rows of a page


class Reads(Stacks):
    def ValidateTemplate(self, call: Call) -> Answer:
        template = read(sources.body(self.cloud, call))
        kinds = sorted({declared.kind for declared in template.resources.values()})
        return {
            "Description": template.description,
            "Parameters": [{"ParameterKey": name, **spec} for name, spec in template.parameters.items()],
            "Outputs": [
                {"OutputKey": name, "Description": str(output.get("Description") or "")}
                for name, output in template.outputs.items()
            ],
            "ResourceTypes": {"Resources": kinds, "DataSources": []},
            "Resources": [
                {"LogicalResourceIdPattern": name, "ResourcePath": name, "ResourceType": declared.kind}
                for name, declared in template.resources.items()
            ],
        }

    def GetTemplate(self, call: Call) -> Answer:
        if not call.params.get("StackId"):
            raise errors.not_emulated("GetTemplate of anything but a stack")
        stack = self._stack(call)
        return {
            "CreateTime": stamp(stack.created),
            "RegionId": stack.region,
            "StackId": stack.id,
            "TemplateBody": stack.goal.body,
        }

    def GetStack(self, call: Call) -> Answer:
        stack = self._stack(call)
        plan = self._plan(stack)
        texts = {**plan.pseudo, **stack.goal.parameters}
        answer = stack_row(stack) | {
            "Description": plan.template.description,
            "NotificationURLs": [],
            "Parameters": parameters.shown(plan.template.parameters, texts),
            "TemplateDescription": plan.template.description,
        }
        if stack.goal.url:
            answer["TemplateURL"] = stack.goal.url
        outputs = call.params.get("OutputOption") or "Enabled"
        if outputs not in ("Enabled", "Disabled"):
            raise errors.bad_value("OutputOption", outputs)
        if outputs == "Enabled" and not stack.status.startswith("DELETE"):
            known = [row for row in plan.outputs() if not isinstance(row["OutputValue"], Later)]
            answer["Outputs"] = known
        return answer

    def ListStacks(self, call: Call) -> Answer:
        """The latest first. Stacks that were deleted are shown to who asks for their status."""
        params = call.params
        found = [
            stack_row(stack)
            for stack in reversed(self.stacks.values())
            if stack.region == region_of(call)
            and any(fnmatchcase(stack.name, name) for name in params.get("StackName") or ["*"])
            and asked(params, "Status", stack.status)
            and (params.get("Status") or stack.status != "DELETE_COMPLETE")
            and asked(params, "StackIds", stack.id)
            and params.get("StackId") in (None, "", stack.id)
            and _tagged(stack, params.get("Tag") or [])
        ]
        return numbered_page(params, "Stacks", found, most=_MOST)

    def ListStackEvents(self, call: Call) -> Answer:
        """The latest first."""
        stack, filters = self._stack(call), ("LogicalResourceId", "ResourceType", "Status")
        rows = [event_row(stack, event) for event in reversed(stack.events)]
        rows = [row for row in rows if all(asked(call.params, name, row[name]) for name in filters)]
        return numbered_page(call.params, "Events", rows, most=_MOST)

    def ListStackResources(self, call: Call) -> Answer:
        stack = self._stack(call)
        return {"Resources": [resource_row(stack, found) for found in stack.resources.values()]}

    def GetStackResource(self, call: Call) -> Answer:
        stack, name = self._stack(call), call.params["LogicalResourceId"]
        found = stack.resources.get(name)
        if found is None:
            raise errors.no_resource(name, stack.name)
        answer = {**resource_row(stack, found), "Description": found.description, "Metadata": {}}
        wanted = call.params.get("ResourceAttributes")
        if wanted or call.params.get("ShowResourceAttributes"):
            answer["ResourceAttributes"] = [
                {"ResourceAttributeKey": key, "ResourceAttributeValue": found.attributes.get(key)}
                for key in wanted or sorted(found.attributes)
            ]
        return answer


def _tagged(stack: Stack, wanted: list[dict[str, Any]]) -> bool:
    """Whether a stack has each of the tags; one without a value asks for the key alone."""
    return all(
        tag.get("Key") in stack.tags and tag.get("Value") in (None, "", stack.tags[tag["Key"]])
        for tag in wanted
    )
