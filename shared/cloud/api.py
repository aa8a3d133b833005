"""APIs and their actions, described as values for the client."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Final, Literal

#: Actions whose page names another RAM action than their own. Both are granted: which is asked is unverified.
_AUTHORISED_AS: Final = {"yundun-cert:DescribeDeploymentJob": "yundun-cert:DescribeDeployment"}


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

    def host(self, region: str = "", overrides: Mapping[str, str] | None = None, account_id: str = "") -> str:
        """The host name for a region.

        `overrides` map "alb" or "alb.cn-beijing" to a host, which may contain {region}, such as the
        VPC-internal host `alb-vpc.{region}.aliyuncs.com`.

        Raises:
            ValueError: the API is regional and no region was given.
        """
        own = overrides or {}
        rule = own.get(f"{self.code}.{region}") or own.get(self.code)
        rule = rule or self.other_hosts.get(region) or self.hosts
        if "{region}" in rule and not region:
            raise ValueError(f"{self.code} is regional; name a region")
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
    per_second: float | None = None  #: the vendor's limit, if published
