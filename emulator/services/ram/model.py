"""Roles and custom policies, and how RAM words them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

STAMP = "%Y-%m-%dT%H:%M:%SZ"


@dataclass
class Policy:
    name: str
    description: str
    created: datetime
    updated: datetime
    versions: dict[str, dict[str, Any]] = field(default_factory=dict)  #: documents by "v1", "v2", …
    default: str = "v1"
    last: int = 0

    @property
    def document(self) -> dict[str, Any]:
        return self.versions[self.default]

    def add(self, document: dict[str, Any]) -> str:
        self.last += 1
        self.versions[f"v{self.last}"] = document
        return f"v{self.last}"

    def told(self) -> dict[str, Any]:
        return {
            "PolicyName": self.name,
            "PolicyType": "Custom",
            "Description": self.description,
            "DefaultVersion": self.default,
            "CreateDate": self.created.strftime(STAMP),
            "UpdateDate": self.updated.strftime(STAMP),
        }

    def version(self, name: str) -> dict[str, Any]:
        return {
            "VersionId": name,
            "IsDefaultVersion": name == self.default,
            "PolicyDocument": json.dumps(self.versions[name]),
            "CreateDate": self.created.strftime(STAMP),
        }


@dataclass
class Role:
    name: str
    account: str
    trust: dict[str, Any]
    description: str
    longest_s: int  #: of a session
    created: datetime
    updated: datetime
    policies: dict[tuple[str, str], datetime] = field(default_factory=dict)  #: type and name; when attached

    @property
    def arn(self) -> str:
        """Names of roles are told apart without regard to case, and ARNs have them in lower case."""
        return f"acs:ram::{self.account}:role/{self.name.lower()}"

    @property
    def id(self) -> str:
        """18 digits, the same each time."""
        return str(3 * 10**17 + int(sha256(self.arn.encode()).hexdigest()[:14], 16) % 10**17)

    def told(self, *, whole: bool = True) -> dict[str, Any]:
        told = {
            "RoleId": self.id,
            "RoleName": self.name,
            "Arn": self.arn,
            "Description": self.description,
            "MaxSessionDuration": self.longest_s,
            "CreateDate": self.created.strftime(STAMP),
            "UpdateDate": self.updated.strftime(STAMP),
        }
        return told | ({"AssumeRolePolicyDocument": json.dumps(self.trust)} if whole else {})
