"""What a stack is to have: its template with its parameters, resolved as far as its resources are there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from emulator.services.ros import errors, parameters
from emulator.services.ros.intrinsics import Scope, later
from emulator.services.ros.kinds import KINDS
from emulator.services.ros.model import Goal, Resource
from emulator.services.ros.properties import checked
from emulator.services.ros.references import references
from emulator.services.ros.template import Declared, Template, levels, read


class Plan:
    """A goal in its stack. `resources`: those that are there, by name. Raises ApiError where it cannot be."""

    def __init__(
        self,
        goal: Goal,
        pseudo: Mapping[str, str],
        resources: Mapping[str, Resource],
    ) -> None:
        self.template: Template = read(goal.body)
        self.pseudo = pseudo
        self._resources = resources
        self.made_anew: set[str] = set()  #: resources that are there and will be others
        values = parameters.values(self.template.parameters, goal.parameters)
        self.scope = Scope(self.template, {**pseudo, **values}, self._attribute)
        self.declared: Mapping[str, Declared] = {
            name: declared
            for name, declared in self.template.resources.items()
            if not declared.condition or self.scope.holds(declared.condition)
        }

    def levels(self) -> list[list[str]]:
        return levels(self.template, self.declared)

    def properties(self, name: str) -> dict[str, Any]:
        declared = self.declared[name]
        return checked(KINDS[declared.kind], name, self.scope.resolve(dict(declared.properties)))

    def needs(self, name: str) -> list[str]:
        return self._needs[name]

    @cached_property
    def _needs(self) -> dict[str, list[str]]:
        referred = {name: references(one.properties) for name, one in self.declared.items()}
        return {
            name: sorted({*one.needs, *(other for other, _ in referred[name])} & self.declared.keys())
            for name, one in self.declared.items()
        }

    def check(self) -> None:
        """Raises ApiError for the first property that is wrong."""
        for name in self.declared:
            self.properties(name)
        self.outputs()

    def outputs(self) -> list[dict[str, Any]]:
        return [
            {
                "Description": str(output.get("Description") or ""),
                "OutputKey": name,
                "OutputValue": self.scope.resolve(output.get("Value")),
            }
            for name, output in self.template.outputs.items()
            if "Condition" not in output or self.scope.holds(output["Condition"])
        ]

    def _attribute(self, name: str, attribute: str) -> Any:
        if name not in self.declared:
            # [guess] the words
            raise errors.bad_reference(name, "the template, where its condition is false")
        found = self._resources.get(name)
        if found is None or not found.there or name in self.made_anew:
            return later(name, attribute)
        return found.attributes.get(attribute) if attribute else found.physical_id
