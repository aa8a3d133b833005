"""What the client has to know of an API and of each of its actions, as values."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Api:
    """One API of one product. `code` is the product's in the vendor's endpoint data (April 2026).

    `hosts` is a pattern: with {region} where the API is regional, and {account_id} where each account
    has a host of its own. Empty where no host of Alibaba Cloud's is called.
    """

    code: str
    version: str
    style: Literal["RPC", "ROA"]
    ram: str  #: prefix of its RAM actions, which often differs from the code
    hosts: str
    _: KW_ONLY
    other_hosts: Mapping[str, str] = field(default_factory=dict, hash=False)  #: by region
    #: Where it is, if no action tells; regions of finance and government clouds are left out.
    regions: tuple[str, ...] = ()
    scope: str = ""  #: the resources that RAM narrows its actions to, "domain/*"; "" if it cannot

    def host(self, region: str = "", overrides: Mapping[str, str] | None = None, account_id: str = "") -> str:
        """The name of the host that answers in a region.

        `overrides` come from the settings, "alb" or "alb.cn-beijing" → host, which may hold {region}:
        VPC-internal hosts, for one (`alb-vpc.{region}.aliyuncs.com`).

        Raises:
            ValueError: the API is regional, and no region was named.
        """
        own = overrides or {}
        rule = own.get(f"{self.code}.{region}") or own.get(self.code)
        rule = rule or self.other_hosts.get(region) or self.hosts
        if "{region}" in rule and not region:
            raise ValueError(f"{self.code} is regional: which region is meant?")
        return rule.format(region=region, account_id=account_id)


@dataclass(frozen=True)
class Action:
    """One action of an API. A secret goes where place="form": URLs end up in logs."""

    name: str
    _: KW_ONLY
    method: str = "POST"
    path: str = "/"  #: ROA: with {names} that a call fills
    place: Literal["query", "form", "json"] = "query"
    api: Api | None = None  #: if not the API of the adapter that calls it
    writes: bool = False  #: not repeated after an unknown outcome
    per_second: float | None = None  #: the vendor's limit, if published
