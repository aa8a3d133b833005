"""The load balancers that SAE's routing rules are on: where a TLS client meets them.

SAE tells a load balancer's id (`SlbId`) and no address. ALB and CLB tell it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final

from shared.cloud.api import Action
from shared.cloud.openapi import OpenApi
from shared.cloud.reading import Fields
from shared.products.alb import adapter as alb
from shared.products.slb import store as slb_store

_ALB: Final = alb.Adapter.api
_CLB: Final = slb_store.API
_LIST_ALB: Final = Action("ListLoadBalancers", api=_ALB)
_LIST_CLB: Final = Action("DescribeLoadBalancers", api=_CLB)
_MOST_ALB: Final = 20  #: ids in one call
_MOST_CLB: Final = 10


class SaeBalancers:
    """The account's."""

    actions: ClassVar = {action.name: action for action in (_LIST_ALB, _LIST_CLB)}
    granted: ClassVar = _ALB.rights(_LIST_ALB) | _CLB.rights(_LIST_CLB)

    def __init__(self, client: OpenApi) -> None:
        self._client = client

    def hosts(self, region: str, rules: Sequence[Fields]) -> dict[str, str]:
        """DNS name or address, by id, of each load balancer of `rules` that the Internet reaches."""
        found = [*self._albs(region, _ids(rules, "alb")), *self._clbs(region, _ids(rules, "clb"))]
        public = [row for row in found if row.text("AddressType").lower() == "internet"]
        return {row.text("LoadBalancerId"): row.text("DNSName") or row.text("Address") for row in public}

    def _albs(self, region: str, ids: list[str]) -> Iterator[Fields]:
        for part in _parts(ids, _MOST_ALB):
            query = {"LoadBalancerIds": part, "MaxResults": _MOST_ALB}
            yield from self._client.call(_ALB, _LIST_ALB, query, region=region).rows("LoadBalancers")

    def _clbs(self, region: str, ids: list[str]) -> Iterator[Fields]:
        for part in _parts(ids, _MOST_CLB):
            page = {"PageNumber": 1, "PageSize": _MOST_CLB}
            query = {"RegionId": region, "LoadBalancerId": ",".join(part), **page}
            answer = self._client.call(_CLB, _LIST_CLB, query, region=region)
            yield from answer.rows("LoadBalancers", "LoadBalancer")


def has_certificates(rule: Fields) -> bool:
    """Whether the rule has certificates on a load balancer, or lacks one there."""
    secure = rule.texts("CertIds") or rule.text("CertId") or rule.text("ListenerProtocol") == "HTTPS"
    return bool(secure) and not rule.text("MseGatewayId")


def kind_of(rule: Fields) -> str:
    """Of the load balancer: "alb" or "clb". Older answers have it where newer ones tell its network."""
    kind = (rule.text("LoadBalanceType") or rule.text("SlbType")).lower()
    if kind not in ("alb", "clb"):
        raise rule.source.below("LoadBalanceType").unreadable(f"alb or clb was expected, not {kind!r}")
    return kind


def _ids(rules: Iterable[Fields], kind: str) -> list[str]:
    of_kind = [rule for rule in rules if kind_of(rule) == kind]
    return sorted({rule.text("SlbId") for rule in of_kind} - {""})


def _parts(ids: list[str], most: int) -> Iterator[list[str]]:
    for start in range(0, len(ids), most):
        yield ids[start : start + most]
