"""What a RAM policy's statements say of an action on a resource.

Source: the vendor's page "Policy structure". Conditions: those on texts, and Bool; no others are taken
(`check`). A key that a call does not have meets only the operators that negate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

Verdict = Literal["Allow", "Deny", ""]
Statement = Mapping[str, Any]
_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, given: value == given,
    "StringNotEquals": lambda value, given: value != given,
    "StringEqualsIgnoreCase": lambda value, given: value.lower() == given.lower(),
    "StringNotEqualsIgnoreCase": lambda value, given: value.lower() != given.lower(),
    "StringLike": lambda value, given: matches(given, value),
    "StringNotLike": lambda value, given: not matches(given, value),
    "Bool": lambda value, given: value.lower() == given.lower(),
}
_FIELDS = frozenset({"Action", "Condition", "Effect", "NotAction", "NotResource", "Resource"})
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")


class PolicyError(ValueError):
    """A document is no policy, or has what is not emulated; one sentence."""


def check(document: Any, *, trust: bool = False) -> None:
    """`trust`: it says who may assume a role. Raises PolicyError."""
    if not isinstance(document, Mapping) or document.get("Version") != "1":
        raise PolicyError('a policy has the Version "1"')
    statements = document.get("Statement")
    if not isinstance(statements, list) or not statements:
        raise PolicyError("a policy has a Statement, a list")
    for one in statements:
        if not isinstance(one, Mapping) or one.get("Effect") not in ("Allow", "Deny"):
            raise PolicyError("a statement has the Effect Allow or Deny")
        strange = sorted(one.keys() - (_FIELDS | {"Principal"} if trust else _FIELDS))
        if strange:
            raise PolicyError(f"{strange[0]} is no part of a statement")
        actions = listed(one.get("Action", one.get("NotAction")))
        if not actions or not all(_ACTION.fullmatch(name) for name in actions):
            raise PolicyError("a statement has Actions such as ots:GetRow")
        if trust != ("Principal" in one) or (not trust and not listed(_resources(one))):
            raise PolicyError(f"a statement has a {'Principal' if trust else 'Resource'}")
        for operator in one.get("Condition", {}):
            if operator not in _OPERATORS:
                raise PolicyError(f"the condition {operator} is not emulated")


def verdict(
    statements: Iterable[Statement], action: str, resource: str, context: Mapping[str, str]
) -> Verdict:
    """A Deny wins; "" where no statement is about it."""
    effects = {one["Effect"] for one in statements if _is_about(one, action, resource, context)}
    return "Deny" if "Deny" in effects else "Allow" if effects else ""


def matches(pattern: str, text: str) -> bool:
    """`*` stands for any text, `?` for one character."""
    return _compiled(pattern).fullmatch(text) is not None


def listed(value: Any) -> Sequence[str]:
    """A single text may stand for a list."""
    return [value] if isinstance(value, str) else list(value or ())


def trusts(document: Mapping[str, Any], kind: str, who: Iterable[str], context: Mapping[str, str]) -> bool:
    """Whether a role's trust policy lets a principal assume it. `kind`: RAM or Service; `who`: its names."""
    names = set(who)
    effects = {
        one["Effect"]
        for one in document["Statement"]
        if names & set(listed(one["Principal"].get(kind)))
        and any(matches(name.lower(), "sts:assumerole") for name in listed(one.get("Action")))
        and _meets(one, context)
    }
    return effects == {"Allow"}


def _resources(statement: Statement) -> Any:
    return statement.get("Resource", statement.get("NotResource"))


def _is_about(one: Statement, action: str, resource: str, context: Mapping[str, str]) -> bool:
    of_actions = any(
        matches(name.lower(), action.lower()) for name in listed(one.get("Action", one.get("NotAction")))
    )
    of_resources = any(matches(pattern, resource) for pattern in listed(_resources(one)))
    return of_actions == ("Action" in one) and of_resources == ("Resource" in one) and _meets(one, context)


def _meets(one: Statement, context: Mapping[str, str]) -> bool:
    for operator, keys in one.get("Condition", {}).items():
        for key, given in keys.items():
            value, wanted = context.get(key), [str(item) for item in listed(given)]
            negates = "Not" in operator
            if value is None:
                if not negates:
                    return False
                continue
            held = [_OPERATORS[operator](value, item) for item in wanted]
            if not (all(held) if negates else any(held)):
                return False
    return True


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in pattern)
    return re.compile("".join(parts), re.DOTALL)
