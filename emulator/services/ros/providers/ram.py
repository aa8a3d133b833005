"""RAM: roles, with the policies that are written for them."""

from __future__ import annotations

import json
from typing import Any

from emulator.services.ros.world import Made, Properties, World


class Role:
    def create(self, world: World, given: Properties) -> Made:
        name = given["RoleName"]
        params = {"RoleName": name, "AssumeRolePolicyDocument": _text(given["AssumeRolePolicyDocument"])}
        params |= {key: given[key] for key in ("Description", "MaxSessionDuration") if key in given}
        told = world.call("ram", "CreateRole", params)["Role"]
        self._attach(world, name, given)
        return Made(name, {"RoleName": name, "RoleId": told["RoleId"], "Arn": told["Arn"]})

    def update(self, world: World, made: Made, given: Properties, before: Properties) -> Made:
        """Policies that have changed are made anew: for a moment the role has none of them."""
        params = {"RoleName": made.physical_id}
        params["NewAssumeRolePolicyDocument"] = _text(given["AssumeRolePolicyDocument"])
        names = ("Description", "MaxSessionDuration")
        params |= {f"New{key}": given[key] for key in names if key in given}
        world.call("ram", "UpdateRole", params)
        if _policies(given) != _policies(before):
            self._detach(world, made.physical_id, before)
            self._attach(world, made.physical_id, given)
        return made

    def delete(self, world: World, made: Made, given: Properties) -> None:
        self._detach(world, made.physical_id, given)
        world.call_if_there("ram", "DeleteRole", {"RoleName": made.physical_id})

    @staticmethod
    def _attach(world: World, role: str, given: Properties) -> None:
        for policy in given.get("Policies", []):
            document = {"PolicyDocument": _text(policy["PolicyDocument"])}
            world.call("ram", "CreatePolicy", document | {"PolicyName": policy["PolicyName"]})
        for kind, name in _policies(given):
            world.call("ram", "AttachPolicyToRole", _of(kind, name) | {"RoleName": role})

    @staticmethod
    def _detach(world: World, role: str, given: Properties) -> None:
        for kind, name in _policies(given):
            world.call_if_there("ram", "DetachPolicyFromRole", _of(kind, name) | {"RoleName": role})
        for policy in given.get("Policies", []):
            world.call_if_there("ram", "DeletePolicy", {"PolicyName": policy["PolicyName"]})


def _policies(given: Properties) -> dict[tuple[str, str], Any]:
    """By kind and name: their documents, or None of those that are only attached."""
    found: dict[tuple[str, str], Any] = {
        ("Custom", policy["PolicyName"]): policy["PolicyDocument"] for policy in given.get("Policies", [])
    }
    attached = given.get("PolicyAttachments", {})
    return found | {(kind, name): None for kind in ("System", "Custom") for name in attached.get(kind, [])}


def _of(kind: str, policy: str) -> dict[str, str]:
    return {"PolicyType": kind, "PolicyName": policy}


def _text(document: Any) -> str:
    return json.dumps(document, separators=(",", ":"))
