"""Accounts beside the first one, on the same cloud: each has resources of its own, and roles to enter by.

A role's `trust` says who may assume it, its `allow` what a session may do then. RAM has it as any other role.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Protocol

from pydantic import BeforeValidator, Field

from emulator.sections import Part, twice

AccountId = Annotated[str, BeforeValidator(str), Field(pattern=r"^[0-9]{1,20}$")]


class EntryRole(Part):
    """`trust`: principals as RAM's policies name them, `acs:ram::1000000000000001:root` for a whole account.

    `allow`: RAM actions such as `cdn:Describe*`; what none of them names is refused.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    trust: list[Annotated[str, Field(pattern=r"^acs:ram::[0-9]{1,20}:(root|(user|role)/\S+)$")]]
    external_id: str | None = None  #: that a caller has to name
    allow: list[Annotated[str, Field(pattern=r"^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$")]] = ["*"]
    max_session_s: Annotated[int, Field(ge=3600, le=43200)] = 3600

    @property
    def trust_policy(self) -> dict[str, Any]:
        named = {"StringEquals": {"sts:ExternalId": self.external_id}} if self.external_id else {}
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": list(self.trust)}}
        return {"Version": "1", "Statement": [statement | ({"Condition": named} if named else {})]}

    @property
    def policy(self) -> dict[str, Any]:
        return {
            "Version": "1",
            "Statement": [{"Effect": "Allow", "Action": list(self.allow), "Resource": "*"}],
        }


class Beside(Protocol):
    """An account beside the first one, as an estate file describes it."""

    id: str
    roles: list[EntryRole]

    def problems(self) -> list[str]: ...


def problems_of(accounts: Iterable[Beside]) -> Iterator[str]:
    """What no single field tells, with where."""
    some = list(accounts)
    yield from twice("accounts", "id", (one.id for one in some))
    for index, one in enumerate(some):
        yield from (f"accounts[{index}].{problem}" for problem in one.problems())
        yield from twice(f"accounts[{index}].roles", "name", (role.name for role in one.roles))
