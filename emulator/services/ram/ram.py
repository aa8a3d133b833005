"""RAM 2015-05-01: roles, and custom policies. `Cloud` holds each call of a role's session against it.

Roles that nobody has made here have every right, as other accounts' have: which is not known. Users, groups
and the vendor's own policies but one are not emulated. Codes that are guessed are marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from emulator.api import Answer, ApiError, Call
from emulator.policies import Statement, trusts, verdict
from emulator.services.ram.model import STAMP, Policy, Role
from emulator.services.ram.policies import SYSTEM, Policies, document_of, paged

_NAME = re.compile(r"[A-Za-z0-9.@_-]{1,64}")
#: Most policies of each kind that a role may have.
_MOST = {"System": 20, "Custom": 5}


class Service(Policies):
    api = "Ram"
    version = "2015-05-01"
    ram = "ram"
    hosts = ("ram.aliyuncs.com",)

    def load(self, estate: Any) -> None:
        now = self.cloud.clock()
        for row in estate.entry_roles:
            name = f"{row.name}-rights"
            policy = self.policies[name] = Policy(name, "", now, now)
            policy.add(row.policy)
            role = Role(row.name, self.cloud.account, row.trust_policy, "", row.max_session_s, now, now)
            role.policies["Custom", name] = now
            self.roles[row.name.lower()] = role

    def CreateRole(self, call: Call) -> Answer:
        name, seconds = call.params["RoleName"], call.params.get("MaxSessionDuration", 3600)
        if not _NAME.fullmatch(name):
            raise ApiError(400, "InvalidParameter.RoleName.InvalidChars", "The role name is not valid.")
        if name.lower() in self.roles:
            raise ApiError(409, "EntityAlreadyExists.Role", f"The role {name} already exists.")
        trust = document_of(call.params["AssumeRolePolicyDocument"], trust=True)
        now = self.cloud.clock()
        made = Role(
            name, self.cloud.account, trust, call.params.get("Description", ""), _session(seconds), now, now
        )
        self.roles[name.lower()] = made
        return {"Role": {key: text for key, text in made.told().items() if key != "UpdateDate"}}

    def GetRole(self, call: Call) -> Answer:
        return {"Role": self._role(call).told()}

    def UpdateRole(self, call: Call) -> Answer:
        found, params = self._role(call), call.params
        if "NewAssumeRolePolicyDocument" in params:
            found.trust = document_of(params["NewAssumeRolePolicyDocument"], trust=True)
        if "NewMaxSessionDuration" in params:
            found.longest_s = _session(params["NewMaxSessionDuration"])
        found.description = params.get("NewDescription", found.description)
        found.updated = self.cloud.clock()
        return {"Role": found.told()}

    def DeleteRole(self, call: Call) -> Answer:
        found = self._role(call)
        if found.policies:
            raise ApiError(409, "DeleteConflict.Role.Policy", "The role has policies; detach them first.")
        del self.roles[found.name.lower()]
        return {}

    def ListRoles(self, call: Call) -> Answer:
        rows = [role.told(whole=False) for role in self.roles.values()]
        return paged(call, "Roles", "Role", rows, "RoleName")

    def AttachPolicyToRole(self, call: Call) -> Answer:
        found, kind, name = self._role(call), call.params["PolicyType"], call.params["PolicyName"]
        if kind not in _MOST:
            raise ApiError(400, "InvalidParameter.PolicyType", "PolicyType takes System or Custom.")
        if kind == "System" and name not in SYSTEM:
            raise ApiError(501, "NotEmulated", f"The vendor's policy {name} is not emulated.")
        if kind == "Custom":
            self._policy(call)
        if (kind, name) in found.policies:
            raise ApiError(409, "EntityAlreadyExists.Role.Policy", f"{name} is attached already.")
        if sum(other == kind for other, _ in found.policies) >= _MOST[kind]:
            raise ApiError(409, "LimitExceeded.Role.Policy", f"A role has up to {_MOST[kind]} of them.")
        found.policies[kind, name] = self.cloud.clock()
        return {}

    def DetachPolicyFromRole(self, call: Call) -> Answer:
        found, key = self._role(call), (call.params["PolicyType"], call.params["PolicyName"])
        if key not in found.policies:
            raise ApiError(404, "EntityNotExist.Role.Policy", f"{key[1]} is not attached.")
        del found.policies[key]
        return {}

    def ListPoliciesForRole(self, call: Call) -> Answer:
        rows = []
        for (kind, name), since in self._role(call).policies.items():
            told = self.policies[name].told() if kind == "Custom" else {"DefaultVersion": "v1"}
            kept = {key: told[key] for key in ("Description", "DefaultVersion") if key in told}
            rows.append(kept | {"PolicyName": name, "PolicyType": kind, "AttachDate": since.strftime(STAMP)})
        return {"Policies": {"Policy": rows}}

    def statements(self, role: str) -> list[Statement]:
        """All that are in force for a role."""
        found = self.roles[role.lower()]
        return [one for key in found.policies for one in self.document(*key)["Statement"]]

    def allows(self, role: str, action: str, resources: Iterable[str], context: Mapping[str, str]) -> bool:
        """Whether a role made here may do it, to all of the resources. Others may do everything."""
        if role.lower() not in self.roles:
            return True
        statements = self.statements(role)
        return all(verdict(statements, action, one, context) == "Allow" for one in resources)

    def assumable(self, role: str, kind: str, who: Iterable[str], context: Mapping[str, Any]) -> bool:
        """Whether a role made here trusts a principal of that kind."""
        return trusts(self.roles[role.lower()].trust, kind, who, context)

    def _role(self, call: Call) -> Role:
        name = call.params["RoleName"]
        found = self.roles.get(name.lower())
        if found is None:
            raise ApiError(404, "EntityNotExist.Role", f"The role {name} does not exist.")
        return found


def _session(seconds: int) -> int:
    if not 3600 <= seconds <= 43200:
        raise ApiError(
            400, "InvalidParameter.MaxSessionDuration", "MaxSessionDuration takes 3600 to 43200 seconds."
        )
    return seconds
