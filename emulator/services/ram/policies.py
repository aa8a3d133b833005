"""The actions on custom policies. Of the vendor's own only AdministratorAccess is there."""

from __future__ import annotations

import json
import re
from typing import Any

from emulator.api import Answer, ApiError, Call
from emulator.policies import PolicyError, check
from emulator.service import Account, EmulatedService
from emulator.services.ram.model import Policy, Role

_NAME = re.compile(r"[A-Za-z0-9-]{1,128}")
LONGEST, MOST_VERSIONS = 6144, 5
SYSTEM: dict[str, dict[str, Any]] = {
    "AdministratorAccess": {
        "Version": "1",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
}


class Policies(EmulatedService):
    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self.roles: dict[str, Role] = {}  #: by name in lower case
        self.policies: dict[str, Policy] = {}

    def CreatePolicy(self, call: Call) -> Answer:
        name = call.params["PolicyName"]
        if not _NAME.fullmatch(name):
            raise ApiError(400, "InvalidParameter.PolicyName.InvalidChars", "The policy name is not valid.")
        if name in self.policies:
            raise ApiError(409, "EntityAlreadyExists.Policy", f"The policy {name} already exists.")
        now = self.cloud.clock()
        made = Policy(name, call.params.get("Description", ""), now, now)
        made.add(document_of(call.params["PolicyDocument"]))
        self.policies[name] = made
        return {"Policy": {key: text for key, text in made.told().items() if key != "UpdateDate"}}

    def GetPolicy(self, call: Call) -> Answer:
        if call.params["PolicyType"] == "System":
            raise ApiError(501, "NotEmulated", "The vendor's own policies are not told.")
        found = self._policy(call)
        return {
            "Policy": found.told() | {"AttachmentCount": len(self._users(found.name))},
            "DefaultPolicyVersion": found.version(found.default),
        }

    def DeletePolicy(self, call: Call) -> Answer:
        found = self._policy(call)
        if self._users(found.name):
            raise ApiError(409, "DeleteConflict.Policy.Role", "The policy is attached to a role.")  # [guess]
        if len(found.versions) > 1:
            raise ApiError(409, "DeleteConflict.Policy.Version", "The policy has other versions.")
        del self.policies[found.name]
        return {}

    def ListPolicies(self, call: Call) -> Answer:
        kind = call.params.get("PolicyType", "")
        rows = [found.told() for found in self.policies.values()] if kind in ("", "Custom") else []
        rows += [_of_system(name) for name in SYSTEM] if kind in ("", "System") else []
        return paged(call, "Policies", "Policy", rows, "PolicyName")

    def CreatePolicyVersion(self, call: Call) -> Answer:
        found = self._policy(call)
        document = document_of(call.params["PolicyDocument"])
        if len(found.versions) >= MOST_VERSIONS:
            if call.params.get("RotateStrategy") != "DeleteOldestNonDefaultVersionWhenLimitExceeded":
                raise ApiError(409, "LimitExceeded.Policy.Version", "The policy has five versions.")
            del found.versions[next(name for name in found.versions if name != found.default)]
        name = found.add(document)
        if call.params.get("SetAsDefault"):
            found.default = name
        found.updated = self.cloud.clock()
        return {"PolicyVersion": found.version(name)}

    def GetPolicyVersion(self, call: Call) -> Answer:
        found, name = self._policy(call), call.params["VersionId"]
        if name not in found.versions:
            raise ApiError(404, "EntityNotExist.Policy.Version", f"There is no version {name}.")
        return {"PolicyVersion": found.version(name)}

    def ListPolicyVersions(self, call: Call) -> Answer:
        found = self._policy(call)
        return {"PolicyVersions": {"PolicyVersion": [found.version(name) for name in found.versions]}}

    def DeletePolicyVersion(self, call: Call) -> Answer:
        found, name = self._policy(call), call.params["VersionId"]
        if name == found.default:
            raise ApiError(409, "DeleteConflict.PolicyVersion.Default", "It is the default version.")
        found.versions.pop(name, None)
        return {}

    def document(self, kind: str, name: str) -> dict[str, Any]:
        """The document in force of a policy that is attached."""
        return SYSTEM[name] if kind == "System" else self.policies[name].document

    def _policy(self, call: Call) -> Policy:
        name = call.params["PolicyName"]
        found = self.policies.get(name)
        if found is None:
            raise ApiError(404, "EntityNotExist.Policy", f"The policy {name} does not exist.")
        return found

    def _users(self, name: str) -> list[Role]:
        return [role for role in self.roles.values() if ("Custom", name) in role.policies]


def document_of(text: str, *, trust: bool = False) -> dict[str, Any]:
    """Raises ApiError; the codes are [guess]."""
    try:
        document = json.loads(text)
        check(document, trust=trust)
    except PolicyError as error:
        raise ApiError(400, "MalformedPolicyDocument", f"The policy document is wrong: {error}.") from None
    except (AttributeError, TypeError, ValueError):
        raise ApiError(400, "MalformedPolicyDocument", "The policy document is not a policy.") from None
    if len(re.sub(r"\s", "", text)) > LONGEST:
        raise ApiError(400, "LimitExceeded.PolicyDocument", f"It is longer than {LONGEST} characters.")
    found: dict[str, Any] = document
    return found


def paged(call: Call, plural: str, single: str, rows: list[dict[str, Any]], name: str) -> Answer:
    """One page of rows by their `name`; the marker is the first of the next page."""
    most, marker = call.params.get("MaxItems", 100), call.params.get("Marker", "")
    if not 1 <= most <= 1000:
        raise ApiError(400, "InvalidParameter.MaxItems", "MaxItems takes 1 to 1000.")
    found = sorted((row for row in rows if row[name] >= marker), key=lambda row: str(row[name]))
    answer: Answer = {plural: {single: found[:most]}, "IsTruncated": len(found) > most}
    return answer | ({"Marker": found[most][name]} if len(found) > most else {})


def _of_system(name: str) -> dict[str, Any]:
    return {"PolicyName": name, "PolicyType": "System", "Description": "", "DefaultVersion": "v1"}
