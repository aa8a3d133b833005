"""STS 2015-04-01: who is calling, and sessions of a role.

A role that RAM has here is assumed by whom it trusts; so is one of an account that the estate describes
beside the first one. Any other account's lets itself be assumed, and so does one that nobody has made in the
first account, unless `unknown_roles` has it otherwise.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, ClassVar

from emulator.api import Answer, ApiError, Call
from emulator.grants import role_of
from emulator.service import Account, EmulatedService

_ROLE = re.compile(r"acs:ram::(?P<account>\d{1,20}):role/(?P<name>[\w.-]{1,64})")
_SESSION = re.compile(r"[\w.@-]{2,64}")


class Service(EmulatedService):
    api = "Sts"
    version = "2015-04-01"
    ram = "sts"
    hosts = ("sts.aliyuncs.com", "sts.{region}.aliyuncs.com")
    #: The vendor's page "Quotas" of STS 2015-04-01.
    limits: ClassVar[dict[str, int]] = {"AssumeRole": 100, "GetCallerIdentity": 100}
    switches: ClassVar = {"unknown_roles": ("assumable", "refused")}

    def AssumeRole(self, call: Call) -> Answer:
        """A session's keys; DurationSeconds 900 to 43200, the largest that a role can allow."""
        role = _ROLE.fullmatch(call.params["RoleArn"])
        name = call.params["RoleSessionName"]
        seconds = call.params.get("DurationSeconds", 3600)
        if role is None:
            raise ApiError(400, "InvalidParameter.RoleArn", "The parameter RoleArn is wrongly formed.")
        if not _SESSION.fullmatch(name):
            raise ApiError(
                400,
                "InvalidParameter.RoleSessionName",
                "The parameter RoleSessionName is wrongly formed.",
            )
        if not 900 <= seconds <= 43200:
            raise ApiError(
                400,
                "InvalidParameter.DurationSeconds",
                "The Min/Max value of DurationSeconds is 15min/12hr.",
            )
        account = role["account"]
        if (home := self.cloud.known(account)) is not None:
            self._check_trust(call, home, role["name"], seconds)
        arn = f"acs:ram::{account}:assumed-role/{role['name']}/{name}"
        expires = self.cloud.clock().replace(microsecond=0) + timedelta(seconds=seconds)
        key = self.cloud.keys.add(account, arn, expires)
        return {
            "AssumedRoleUser": {"Arn": arn, "AssumedRoleId": f"{_id(role['name'])}:{name}"},
            "Credentials": {
                "AccessKeyId": key.access_key_id,
                "AccessKeySecret": key.access_key_secret,
                "SecurityToken": key.token,
                "Expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
        }

    def _check_trust(self, call: Call, home: Account, name: str, seconds: int) -> None:
        """`home`: the account of the role."""
        ram: Any = home.services["ram"]
        if not self._known(home, name):
            return
        key = self.cloud.keys.of(call.access_key_id)
        session = role_of(key.arn)
        names = [f"acs:ram::{key.account}:root", key.arn]
        names += [f"acs:ram::{session[0]}:role/{session[1]}"] if session else []
        context = {"sts:ExternalId": call.params["ExternalId"]} if call.params.get("ExternalId") else {}
        if not ram.assumable(name, "RAM", names, context):
            raise ApiError(
                403,
                "NoPermission",
                "You are not authorized to do this action. You should be authorized by RAM.",
            )
        if seconds > ram.roles[name.lower()].longest_s:
            why = "DurationSeconds exceeds the role's MaxSessionDuration."
            raise ApiError(400, "InvalidParameter.DurationSeconds", why)

    def for_service(self, account: str, name: str, service: str) -> str:
        """The name of a role that a product assumes, as RAM writes it. Raises ApiError: it may not."""
        home = self.cloud.known(account)
        if home is None or not self._known(home, name):
            return name
        ram: Any = home.services["ram"]
        if not ram.assumable(name, "Service", [service], {}):
            raise ApiError(403, "AccessDenied", f"{service} is not allowed to assume the role {name}.")
        found: str = ram.roles[name.lower()].name
        return found

    def _known(self, home: Account, name: str) -> bool:
        """Whether RAM has the role; where it has not, it may be refused. Raises ApiError."""
        ram: Any = home.services["ram"]
        if name.lower() in ram.roles:
            return True
        if home.account != self.cloud.account or self.behaviour["unknown_roles"] == "refused":
            raise ApiError(404, "EntityNotExist.Role", "The specified Role not exists.")
        return False

    def GetCallerIdentity(self, call: Call) -> Answer:
        key = self.cloud.keys.of(call.access_key_id)
        kind, _, who = key.arn.rpartition(":")[2].partition("/")
        identity = {"AccountId": call.account, "Arn": key.arn}
        if kind == "assumed-role":
            role, _, session = who.partition("/")
            return {
                **identity,
                "IdentityType": "AssumedRoleUser",
                "PrincipalId": f"{_id(role)}:{session}",
                "RoleId": _id(role),
            }
        return {
            **identity,
            "IdentityType": "RAMUser",
            "PrincipalId": _id(who),
            "UserId": _id(who),
        }


def _id(name: str) -> str:
    """A stable id in the form of the vendor's: 18 digits."""
    return str(300_000_000_000_000_000 + int.from_bytes(name.encode()[:7], "big"))[:18]
