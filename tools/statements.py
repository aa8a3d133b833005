"""What the role of each function grants, as statements of a RAM policy in template.yml.

Of our own, a role reaches tables and functions by their names: a pattern such as `${Prefix}-*` would also
match those of another stack whose prefix begins alike. What stands for anything follows a whole name and "/".
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set

from shared.cloud import kms
from shared.products import adapter_class, supported_products
from shared.runtime.grants import for_other_stores, grants
from shared.runtime.reach import OF_CONTACTS, READING, WRITING, invoked_for, reach
from shared.state.tables import Table

_PAD = " " * 14
_IN_KMS = "acs:kms:${{ALIYUN::Region}}:${{ALIYUN::TenantId}}:secret/${{{name}}}"
_OF_CONTACTS = "acs:kms:${ALIYUN::Region}:${ALIYUN::TenantId}:secret/${Prefix}/contact/*"
_TABLE = "acs:ots:${{ALIYUN::Region}}:${{ALIYUN::TenantId}}:instance/${{OtsInstance}}/table/{name}"
#: A function by its name, and by its name with a version or an alias.
_FUNCTION = (
    "acs:fc:${{ALIYUN::Region}}:${{ALIYUN::TenantId}}:functions/${{Prefix}}-{name}",
    "acs:fc:${{ALIYUN::Region}}:${{ALIYUN::TenantId}}:functions/${{Prefix}}-{name}/*",
)
#: Where a function has a role of its own, its output is written with that (the vendor's page "Use function
#: roles to grant Function Compute access to other Alibaba Cloud services"; unverified).
_PROJECT = "acs:log:${ALIYUN::Region}:${ALIYUN::TenantId}:project/${Prefix}-${ALIYUN::TenantId}"
_LOGS = f"{_PROJECT}/logstore/functions"
#: In effect only where the template's parameter Stores names more than the China site's store.
_FOR_OTHER_STORES = "{Fn::If: [OnlyChinaStore, Deny, Allow]}"


def statements(function: str) -> str:
    """Those of one function's role, indented as they stand in the template."""
    return "\n".join([*_of_the_cloud(function), *_of_our_own(function)])


def scopes() -> dict[str, str]:
    """The resources that actions are narrowed to, by the prefix of a product's RAM actions."""
    apis = {api for product in supported_products() for api in adapter_class(product).apis()}
    return {api.ram: f"acs:{api.ram}:*:${{ALIYUN::TenantId}}:{api.scope}" for api in apis if api.scope}


def _of_the_cloud(function: str) -> Iterator[str]:
    """One statement for each service."""
    narrowed_to, elsewhere = scopes(), for_other_stores().get(function, frozenset())
    by_service: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for action in sorted(grants()[function]):
        by_service[action.partition(":")[0], action in elsewhere].append(action)
    for (service, only_elsewhere), names in by_service.items():
        scope = narrowed_to.get(service)
        effect = _FOR_OTHER_STORES if only_elsewhere else "Allow"
        yield from _statement(names, [scope] if scope else [], effect)


def _of_our_own(function: str) -> Iterator[str]:
    reached = reach()[function]
    only_read = reached.reads - reached.writes
    for tables, actions in ((only_read, READING), (reached.writes, [*READING, *WRITING])):
        if tables:
            yield from _statement(sorted(actions), _tables(tables))
    for name in sorted(reached.secrets):
        yield from _statement(sorted(kms.API.rights(kms.GET_SECRET_VALUE)), [_secret(name)])
    if invoked := reached.invokes | invoked_for(function):
        arns = [arn.format(name=name) for name in sorted(invoked) for arn in _FUNCTION]
        yield from _statement(["fc:InvokeFunction"], arns)
    yield from _statement(["log:PostLogStoreLogs"], [_LOGS])


def _secret(name: str) -> str:
    return _OF_CONTACTS if name == OF_CONTACTS else _IN_KMS.format(name=name)


def _tables(tables: Set[Table]) -> list[str]:
    return [_TABLE.format(name=name) for name in sorted(table.name for table in tables)]


def _statement(actions: Iterable[str], resources: list[str], effect: str = "Allow") -> Iterator[str]:
    """`resources`: none for all."""
    yield f"{_PAD}- Effect: {effect}"
    yield f"{_PAD}  Action:"
    yield from (f"{_PAD}    - {action}" for action in actions)
    if not resources:
        yield f"{_PAD}  Resource: ['*']"
        return
    yield f"{_PAD}  Resource:"
    yield from (f"{_PAD}    - Fn::Sub: {resource}" for resource in resources)
