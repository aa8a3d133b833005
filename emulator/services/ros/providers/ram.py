"""RAM: roles, with the policies that are written for them."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from emulator.services.ros.world import Made, Properties, World


class Role:
    def create(self, world: World, given: Properties) -> Made:
        name, role_id = given["RoleName"], str(uuid4().int)[:18]
        params = {"RoleName": name, "AssumeRolePolicyDocument": _text(given["AssumeRolePolicyDocument"])}
        params |= {key: given[key] for key in ("Description", "MaxSessionDuration") if key in given}
        if world.offers("ram", "CreateRole"):
            role_id = world.call("ram", "CreateRole", params)["Role"]["RoleId"]
        self._attach(world, name, given.get("Policies", []))
        arn = f"acs:ram::{world.owner}:role/{name.lower()}"
        return Made(name, {"RoleName": name, "RoleId": role_id, "Arn": arn})

    def update(self, world: World, made: Made, given: Properties, before: Properties) -> Made:
        name, trust = given["RoleName"], _text(given["AssumeRolePolicyDocument"])
        if world.offers("ram", "UpdateRole"):
            world.call("ram", "UpdateRole", {"RoleName": name, "NewAssumeRolePolicyDocument": trust})
        if given.get("Policies") != before.get("Policies"):
            self._detach(world, name, before.get("Policies", []))
            self._attach(world, name, given.get("Policies", []))
        return made

    def delete(self, world: World, made: Made, given: Properties) -> None:
        self._detach(world, made.physical_id, given.get("Policies", []))
        if world.offers("ram", "DeleteRole"):
            world.call_if_there("ram", "DeleteRole", {"RoleName": made.physical_id})

    @staticmethod
    def _attach(world: World, role: str, policies: list[dict[str, Any]]) -> None:
        for policy in policies if world.offers("ram", "AttachPolicyToRole") else ():
            name = policy["PolicyName"]
            document = {"PolicyName": name, "PolicyDocument": _text(policy["PolicyDocument"])}
            world.call("ram", "CreatePolicy", document)
            world.call("ram", "AttachPolicyToRole", _of(name) | {"RoleName": role})

    @staticmethod
    def _detach(world: World, role: str, policies: list[dict[str, Any]]) -> None:
        for policy in policies if world.offers("ram", "DetachPolicyFromRole") else ():
            name = policy["PolicyName"]
            world.call_if_there("ram", "DetachPolicyFromRole", _of(name) | {"RoleName": role})
            world.call_if_there("ram", "DeletePolicy", {"PolicyName": name})


def _of(policy: str) -> dict[str, str]:
    return {"PolicyType": "Custom", "PolicyName": policy}


def _text(document: Any) -> str:
    return json.dumps(document, separators=(",", ":"))
