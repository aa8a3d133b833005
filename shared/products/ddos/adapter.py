"""Anti-DDoS Pro and Premium (ddoscoo 2020-01-01): one slot per website rule with an HTTPS port.

A rule tells its certificate by name and store only, which are CAS's. A rule says nothing of how far a
change has come: the handshake tells.
"""

from collections.abc import Iterator
from typing import ClassVar

from shared.cloud.api import Action, Api
from shared.domain.resources import CloudProduct, CloudResource
from shared.products.kit.base import Answer, ProductAdapter
from shared.products.kit.changes import Change, Look, carrying
from shared.products.kit.means import Means
from shared.products.kit.polled import Listed

_TLS = ("https", "websockets")


class Adapter(ProductAdapter):
    product = CloudProduct.DDOS
    api = Api(
        "ddoscoo",
        "2020-01-01",
        "RPC",
        ram="yundun-ddoscoo",
        hosts="ddoscoo.{region}.aliyuncs.com",
        regions=("cn-hangzhou", "ap-southeast-1"),  # Pro for the mainland, Premium for outside
    )
    actions: ClassVar = {
        "DescribeWebRules": Action("DescribeWebRules", per_second=50),
        # No limit is published.
        "AssociateWebCert": Action("AssociateWebCert", place="form", writes=True, per_second=10),
    }
    page_size = 10
    gone = frozenset({"domainnotexist"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._sites: dict[str, Listed[Answer]] = {}

    def discover(self, region: str) -> Iterator[CloudResource]:
        for page in self._numbered_pages("DescribeWebRules", region):
            yield from (self._resource(region, rule) for rule in page["WebRules"])

    def _look(self, change: Change) -> Look | None:
        rule = self._rule(change.resource)
        if rule is None:
            return None
        slot = self._resource(change.resource.region, rule)
        return Look(carrying(change, slot.cert_identifier), slot)

    def _write(self, change: Change, look: Look) -> None:
        resource = change.resource
        assert change.wanted is not None, "a rule keeps its certificate"
        try:
            self._call(
                "AssociateWebCert",
                resource.region,
                Domain=resource.resource_id,
                CertId=change.wanted.cert_id,
                CertRegion=change.wanted.store,
            )
        finally:
            self._site(resource.region).changed(resource.resource_id)

    def _rule(self, resource: CloudResource) -> Answer | None:
        name = resource.resource_id
        if listed := self._site(resource.region).of(name):
            return listed
        query = {"Domain": name, "QueryDomainPattern": "exact", "PageNumber": 1, "PageSize": self.page_size}
        return _by_domain(self._call("DescribeWebRules", resource.region, **query)).get(name)

    def _site(self, region: str) -> Listed[Answer]:
        def pages() -> Iterator[Answer]:
            return self._numbered_pages("DescribeWebRules", region)

        return self._sites.setdefault(region, Listed(pages, _by_domain, lambda: self.page_size))

    def _resource(self, region: str, rule: Answer) -> CloudResource:
        name, cname = rule["Domain"], rule.get("Cname")
        ports = [
            int(port)
            for proxy in rule.get("ProxyTypes") or []
            if proxy["ProxyType"] in _TLS
            for port in proxy["ProxyPorts"]
        ]
        identifier = self._identifier(rule)
        return CloudResource(
            product=self.product,
            region=region,
            resource_id=name,
            instance_id=name,
            port=ports[0] if ports else None,
            domains=(name,),
            https=bool(ports and identifier),
            cert_identifier=identifier,
            endpoint=f"{cname}:{ports[0]}" if cname and ports else "",
            obstacle=_obstacle(rule, ports),
        )

    def _identifier(self, rule: Answer) -> str:
        """Unknown where the two names that a rule tells lead to different certificates, or to none."""
        names = {name for key in ("CertName", "UserCertName") if (name := rule.get(key))}
        if not names:
            return ""
        store = rule.get("CertRegion") or "cn-hangzhou"
        found = {known.identifier for name in names if (known := self._catalogue.by_name(name, store))}
        return found.pop() if len(found) == 1 else f"upload:{rule.get('CertName') or min(names)}"


def _by_domain(answer: Answer) -> dict[str, Answer]:
    return {rule["Domain"]: rule for rule in answer["WebRules"]}


def _obstacle(rule: Answer, ports: list[int]) -> str:
    if not ports:
        return "the rule has no HTTPS port; add one in the Anti-DDoS console"
    if rule.get("ProxyEnabled") is False:
        return "forwarding of the website is switched off; switch it on first"
    if (rule.get("GmCert") or {}).get("GmOnly"):
        return "the rule serves SM2 certificates only; allow the others in the Anti-DDoS console"
    return ""
