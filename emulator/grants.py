"""What roles were used for and what they were denied: which of their grants nobody needs.

A role is known by its sessions' ARN: `acs:ram::ACCOUNT:assumed-role/ROLE/SESSION`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.policies import Statement, listed, matches

_SESSION = re.compile(r"acs:ram::(?P<account>\d+):assumed-role/(?P<role>[^/]+)/.+")


def role_of(arn: str) -> tuple[str, str] | None:
    """Account and name of the role that a session is of; None: it is no role's."""
    found = _SESSION.fullmatch(arn)
    return (found["account"], found["role"]) if found else None


@dataclass(frozen=True)
class Use:
    role: str
    action: str
    resource: str
    allowed: bool


class Uses(Counter[Use]):
    """How often each was tried."""

    def denied(self) -> list[dict[str, Any]]:
        return [
            {"role": use.role, "action": use.action, "resource": use.resource, "times": times}
            for use, times in self.items()
            if not use.allowed
        ]

    def unused(self, role: str, statements: Iterable[Statement]) -> list[dict[str, str]]:
        """Each action and each resource of what `role` allows that no call has needed."""
        used = [use for use in self if use.role == role and use.allowed]
        return [
            {"role": role, **row}
            for one in statements
            if one["Effect"] == "Allow"
            for row in _unused(one, [(use.action, use.resource) for use in used])
        ]


def _unused(one: Mapping[str, Any], used: list[tuple[str, str]]) -> Iterable[dict[str, str]]:
    resources, actions = listed(one.get("Resource")), listed(one.get("Action"))
    met = [(a, r) for a, r in used if any(matches(pattern, r) for pattern in resources)]
    for name in actions:
        if not any(matches(name.lower(), action.lower()) for action, _ in met):
            yield {"action": name, "resource": ", ".join(resources)}
    for pattern in resources if met else ():
        if not any(matches(pattern, resource) for _, resource in met):
            yield {"action": ", ".join(actions), "resource": pattern}
