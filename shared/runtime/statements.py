"""What the role of each function grants, as statements of a RAM policy: of template.yml, and of `ram print`.

Of our own, a role reaches tables and functions by their names: a pattern such as `${Prefix}-*` would also
match those of another stack whose prefix begins alike. What stands for anything follows a whole name and "/".
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from shared.cloud import kms
from shared.products import adapter_class, supported_products
from shared.runtime.grants import for_engine_cas, for_other_stores, grants
from shared.runtime.reach import OF_CONTACTS, READING, WRITING, invoked_for, reach
from shared.state.tables import Table

REGION, ACCOUNT, PREFIX, INSTANCE = "ALIYUN::Region", "ALIYUN::TenantId", "Prefix", "OtsInstance"
_IN: Final = f"${{{REGION}}}:${{{ACCOUNT}}}"
_IN_KMS: Final = f"acs:kms:{_IN}:secret/"
_OF_CONTACTS: Final = f"{_IN_KMS}${{{PREFIX}}}/contact/*"
_TABLE: Final = f"acs:ots:{_IN}:instance/${{{INSTANCE}}}/table/"
_FUNCTION: Final = f"acs:fc:{_IN}:functions/${{{PREFIX}}}-"


@dataclass(frozen=True)
class Statement:
    """`resources`: patterns, with `${…}` for what a stack is called and where it is; none: all.

    `for_other_stores`: in effect only where another CAS store than the China site's is read.
    `for_engine_cas`: only where CAS's own deployment jobs write.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    for_other_stores: bool = False
    for_engine_cas: bool = False


#: Where a function has a role of its own, its output is written with that (the vendor's page "Use function
#: roles to grant Function Compute access to other Alibaba Cloud services"; unverified).
_PROJECT: Final = f"acs:log:{_IN}:project/${{{PREFIX}}}-${{{ACCOUNT}}}"
_LOGS: Final = Statement(("log:PostLogStoreLogs",), (f"{_PROJECT}/logstore/functions",))


@cache
def statements(function: str) -> tuple[Statement, ...]:
    """Those of one function's role."""
    elsewhere = for_other_stores().get(function, frozenset())
    by_cas = for_engine_cas().get(function, frozenset())
    return (*of_the_cloud(grants()[function], elsewhere, by_cas), *_of_our_own(function))


def of_the_cloud(
    actions: Iterable[str], elsewhere: Set[str] = frozenset(), by_cas: Set[str] = frozenset()
) -> Iterator[Statement]:
    """One statement for each service, and each setting that it is for."""
    by_service: dict[tuple[str, bool, bool], list[str]] = defaultdict(list)
    for action in sorted(actions):
        by_service[action.partition(":")[0], action in elsewhere, action in by_cas].append(action)
    for (service, only_elsewhere, only_by_cas), names in by_service.items():
        scope = scopes().get(service)
        yield Statement(tuple(names), (scope,) if scope else (), only_elsewhere, only_by_cas)


def of_tables(reads: Set[Table], writes: Set[Table]) -> Iterator[Statement]:
    for tables, actions in ((reads - writes, READING), (writes, (*READING, *WRITING))):
        if tables:
            named = (f"{_TABLE}{name}" for name in sorted(table.name for table in tables))
            yield Statement(tuple(sorted(actions)), tuple(named))


def of_functions(names: Iterable[str]) -> Statement:
    """Each by its name, and by its name with a version or an alias."""
    arns = [f"{_FUNCTION}{name}{version}" for name in sorted(names) for version in ("", "/*")]
    return Statement(("fc:InvokeFunction",), tuple(arns))


def of_secret(name: str) -> Statement:
    """`name`: as of `Reach.secrets`."""
    arn = _OF_CONTACTS if name == OF_CONTACTS else f"{_IN_KMS}${{{name}}}"
    return Statement(tuple(sorted(kms.API.rights(kms.GET_SECRET_VALUE))), (arn,))


@cache
def scopes() -> MappingProxyType[str, str]:
    """The resources that actions are narrowed to, by the prefix of a product's RAM actions."""
    apis = {api for product in supported_products() for api in adapter_class(product).apis()}
    found = {api.ram: f"acs:{api.ram}:*:${{{ACCOUNT}}}:{api.scope}" for api in apis if api.scope}
    return MappingProxyType(found)


def _of_our_own(function: str) -> Iterator[Statement]:
    reached = reach()[function]
    yield from of_tables(reached.reads, reached.writes)
    yield from (of_secret(name) for name in sorted(reached.secrets))
    if invoked := reached.invokes | invoked_for(function):
        yield of_functions(invoked)
    yield _LOGS
