"""The roles of template.yml in an emulated cloud, and a session of each, as its function has one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from emulator.api import Call
from emulator.cloud import Cloud
from emulator.keys import AccessKey
from shared.domain.accounts import Account
from shared.runtime.settings import Settings
from tests.contract.rosfile import DOCUMENT, RosFile

_LASTS = timedelta(days=3650)  #: longer than a test's clock runs


#: The template's parameters by the settings that they become.
_PARAMETERS: Mapping[str, str] = {
    name.removeprefix("CERTDEPLOY_").lower(): value["Ref"]
    for resource in DOCUMENT["Resources"].values()
    if resource["Type"] == "ALIYUN::FC3::Function"
    for name, value in resource["Properties"].get("EnvironmentVariables", {}).items()
    if name.startswith("CERTDEPLOY_") and isinstance(value, dict) and "Ref" in value
}


def sessions(cloud: Cloud, settings: Settings) -> dict[str, AccessKey]:
    """Make the roles that a stack with such settings has.

    The key of each function's session, by the function's folder.
    """
    given = {_PARAMETERS[name]: _text(getattr(settings, name)) for name in _chosen(settings)}
    roles = _roles(tuple(sorted(given.items())))
    return {function: _session(cloud, *role, function) for function, role in roles.items()}


def session_of(cloud: Cloud, *functions: str, **parameters: str) -> AccessKey:
    """A session with the rights of several functions together, of a stack with such parameters."""
    roles = _roles(tuple(sorted(parameters.items())))
    policies = [policy for function in functions for policy in roles[function][2]]
    return _session(cloud, f"certdeploy-{'-'.join(functions)}"[:64], roles[functions[0]][1], policies, "test")


def _session(cloud: Cloud, name: str, trust: str, policies: list[tuple[str, str]], session: str) -> AccessKey:
    """Make the role with its policies."""
    ram = cloud.services["ram"]

    def asked(action: str, **params: str) -> None:
        cloud.execute(ram, Call(action, params, "", cloud.account))

    asked("CreateRole", RoleName=name, AssumeRolePolicyDocument=trust)
    for policy, document in policies:
        asked("CreatePolicy", PolicyName=policy, PolicyDocument=document)
        asked("AttachPolicyToRole", PolicyType="Custom", PolicyName=policy, RoleName=name)
    arn = f"acs:ram::{cloud.account}:assumed-role/{name}/{session}"
    return cloud.keys.add(cloud.account, arn, cloud.clock() + _LASTS)


def _chosen(settings: Settings) -> list[str]:
    return [name for name in settings.model_fields_set if name in _PARAMETERS]


def _text(value: Any) -> str:
    if isinstance(value, Account):
        return value.role
    if isinstance(value, str):
        return str(getattr(value, "value", value))
    return ",".join(map(_text, value)) if isinstance(value, tuple | list) else str(value)


@cache
def _roles(
    parameters: tuple[tuple[str, str], ...],
) -> Mapping[str, tuple[str, str, list[tuple[str, str]]]]:
    """By function: the role's name, whom it trusts, and its policies."""
    template = RosFile(DOCUMENT, dict(parameters))
    roles = template.of_type("ALIYUN::RAM::Role")
    return {
        properties["FunctionName"].removeprefix("certdeploy-"): _role(
            roles[properties["Role"]["Fn::GetAtt"][0]]
        )
        for properties in template.of_type("ALIYUN::FC3::Function").values()
    }


def _role(properties: Mapping[str, Any]) -> tuple[str, str, list[tuple[str, str]]]:
    policies = [(one["PolicyName"], json.dumps(one["PolicyDocument"])) for one in properties["Policies"]]
    return properties["RoleName"], json.dumps(properties["AssumeRolePolicyDocument"]), policies
