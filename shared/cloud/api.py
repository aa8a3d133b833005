"""APIs and their actions, described as values for the client."""

import re
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Final, Literal
from urllib.parse import quote

from shared.domain.regions import KNOWN, Regions
from shared.errors import CloudRejectedError

#: Actions whose page names another RAM action than their own. Both are granted: which is asked is unverified.
_AUTHORISED_AS: Final = {"yundun-cert:DescribeDeploymentJob": "yundun-cert:DescribeDeployment"}

_ACCOUNT: Final = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True)
class Api:
    """One API of one product. `code`: its product code in the vendor's endpoint data (April 2026).

    `hosts` is a pattern, with {region} if the API is regional and {account_id} if each account has its
    own host. Empty if no host of Alibaba Cloud is called.
    """

    code: str
    version: str
    style: Literal["RPC", "ROA"]
    ram: str  #: prefix of its RAM actions, which often differs from the code
    hosts: str
    _: KW_ONLY
    other_hosts: Mapping[str, str] = field(default_factory=dict, hash=False)  #: by region
    #: Its regions, if no action lists them; without those of finance and government clouds.
    regions: tuple[str, ...] = ()
    scope: str = ""  #: resources for RAM policies, such as "domain/*"; "" if RAM cannot narrow its actions

    def host(
        self,
        region: str = "",
        overrides: Mapping[str, str] | None = None,
        account_id: str = "",
        known: Regions = KNOWN,
    ) -> str:
        """The host name for a region. Every host of a request to Alibaba Cloud is made here.

        `overrides` map "alb" or "alb.cn-beijing" to a host, which may contain {region}, such as the
        VPC-internal host `alb-vpc.{region}.aliyuncs.com`.

        Raises:
            CloudRejectedError: no region was given, it is not `known`, or the account is no number.
        """
        own = overrides or {}
        rule = own.get(f"{self.code}.{region}") or own.get(self.code)
        rule = rule or self.other_hosts.get(region) or self.hosts
        if "{region}" in rule and (why := known.why_not(region) if region else "name a region"):
            raise CloudRejectedError(self.code, "UnknownRegion", why)
        if "{account_id}" in rule and not _ACCOUNT.fullmatch(account_id):
            raise CloudRejectedError(self.code, "UnknownAccount", "the id of an account is a number")
        return rule.format(region=region, account_id=account_id)

    def rights(self, *actions: "Action") -> frozenset[str]:
        """The RAM actions that let a role call these."""
        named = frozenset(f"{self.ram}:{action.name}" for action in actions)
        return named | {_AUTHORISED_AS[name] for name in named & _AUTHORISED_AS.keys()}


@dataclass(frozen=True)
class Action:
    """One action of an API. Secrets are sent with place="form" only: URLs end up in logs."""

    name: str
    _: KW_ONLY
    method: str = "POST"
    path: str = "/"  #: ROA: may contain {names}, filled in by each call
    place: Literal["query", "form", "json"] = "query"
    api: Api | None = None  #: default: the API of the calling adapter
    writes: bool = False  #: not retried after an unknown outcome
    of_discovery: bool = False  #: only discovery calls it: the roles of deployments need not
    of_looks: bool = False  #: it reads, and only deployments call it: the role of discovery need not
    per_second: float | None = None  #: the vendor's limit, if published

    def needed_by(self, *, deployments: bool) -> bool:
        """Whether the roles of deployments need it, or that of discovery."""
        return not (self.of_discovery if deployments else self.writes or self.of_looks)


def part_of_path(action: Action, value: str) -> str:
    """`value` as one part of a path, whatever is in it.

    Raises:
        CloudRejectedError: it is empty or stands for another part, so that the path would lead elsewhere.
    """
    if value in ("", ".", ".."):
        raise CloudRejectedError(action.name, "InvalidPath", f"{value!r} names nothing")
    return quote(value, safe="")
