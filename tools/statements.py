"""The statements of a function's role, as they stand in template.yml."""

from collections.abc import Iterator

from shared.runtime import statements as declared
from shared.runtime.grants import ASSUME, entering
from shared.runtime.statements import Statement

_PAD = " " * 14
#: In effect only where the template's parameter Stores names more than the China site's store.
_FOR_OTHER_STORES = "{Fn::If: [OnlyChinaStore, Deny, Allow]}"
#: In effect only where the template's parameter Engine is `cas`.
_FOR_ENGINE_CAS = "{Fn::If: [OnlyDirect, Deny, Allow]}"

_ROLES = "{Fn::Split: [',', {Ref: Accounts}]}"
#: The roles of the parameter Accounts, and no others, may be assumed by who works in these accounts.
_OF_ACCOUNTS = (
    f"{_PAD}- Effect: {{Fn::If: [NoAccounts, Deny, Allow]}}",
    f"{_PAD}  Action:",
    f"{_PAD}    - {ASSUME}",
    f"{_PAD}  Resource: {{Fn::If: [NoAccounts, ['acs:ram::*:role/*'], {_ROLES}]}}",
)


def statements(function: str) -> str:
    """Those of one function's role, indented as they stand in the template."""
    lines = [line for one in declared.statements(function) for line in _lines(one)]
    return "\n".join([*lines, *(_OF_ACCOUNTS if function in entering() else ())])


def _lines(one: Statement) -> Iterator[str]:
    effect = _FOR_OTHER_STORES if one.for_other_stores else _FOR_ENGINE_CAS if one.for_engine_cas else "Allow"
    yield f"{_PAD}- Effect: {effect}"
    yield f"{_PAD}  Action:"
    yield from (f"{_PAD}    - {action}" for action in one.actions)
    if not one.resources:
        yield f"{_PAD}  Resource: ['*']"
        return
    yield f"{_PAD}  Resource:"
    yield from (f"{_PAD}    - Fn::Sub: {resource}" for resource in one.resources)
