"""What a plan would do to the resources that are there, as PreviewStack tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.services.ros.kinds import KINDS, MADE_ANEW
from emulator.services.ros.model import Resource
from emulator.services.ros.plan import Plan


def rows(plan: Plan, there: Mapping[str, Resource]) -> list[dict[str, Any]]:
    """In the order in which they would be made; what would go is last. Raises ApiError.

    Each after those that it needs: who refers to one that will be another changes with it.
    """
    wanted = [_wanted(plan, name, there.get(name)) for level in plan.levels() for name in level]
    return wanted + [_removed(found) for found in there.values() if found.name not in plan.declared]


def _wanted(plan: Plan, name: str, there: Resource | None) -> dict[str, Any]:
    declared, properties = plan.declared[name], plan.properties(name)
    row = {
        "Action": "Add",
        "Description": declared.description,
        "LogicalResourceId": name,
        "Properties": properties,
        "RequiredBy": [other for other in plan.declared if name in plan.needs(other)],
        "ResourceType": declared.kind,
        "Stack": {},
    }
    if there is None or not there.there:
        return row
    changed = {
        key for key in {*properties, *there.properties} if properties.get(key) != there.properties.get(key)
    }
    if not changed:
        return row | {"Action": "None"}
    if declared.kind in MADE_ANEW:
        plan.made_anew.add(name)
    replaced = bool(changed & KINDS[declared.kind].fixed)
    return row | {"Action": "Modify", "PhysicalResourceId": there.physical_id, "Replacement": str(replaced)}


def _removed(there: Resource) -> dict[str, Any]:
    return {
        "Action": "Remove",
        "Description": there.description,
        "LogicalResourceId": there.name,
        "PhysicalResourceId": there.physical_id,
        "Properties": there.properties,
        "RequiredBy": [],
        "ResourceType": there.kind,
        "Stack": {},
    }
