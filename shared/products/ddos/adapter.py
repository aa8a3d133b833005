"""Anti-DDoS Pro and Premium (ddoscoo 2020-01-01): one slot per website rule with an HTTPS port.

A rule tells its certificate by name and store only, which are CAS's. A rule says nothing of how far a
change has come: the handshake tells.
"""

from collections.abc import Iterator
from typing import ClassVar

from shared.cloud.api import Action, Api
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct, CloudResource
from shared.products.kit.base import Answer
from shared.products.kit.legacy import WholeExchange

_TLS = ("https", "websockets")


class Adapter(WholeExchange):
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

    def discover(self, region: str) -> Iterator[CloudResource]:
        for page in self._numbered_pages("DescribeWebRules", region):
            yield from (self._resource(region, rule) for rule in page["WebRules"])

    def _read(self, resource: CloudResource) -> CloudResource | None:
        rule = self._rule(resource)
        return self._resource(resource.region, rule) if rule else None

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        rule = self._rule(resource)
        if rule is None or self._identifier(rule) != certificate.identifier:
            return None
        return self._resource(resource.region, rule)

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        self._call(
            "AssociateWebCert",
            resource.region,
            Domain=resource.resource_id,
            CertId=certificate.cert_id,
            CertRegion=certificate.store,
        )

    def _rule(self, resource: CloudResource) -> Answer | None:
        name = resource.resource_id
        query = {"Domain": name, "QueryDomainPattern": "exact", "PageNumber": 1, "PageSize": self.page_size}
        rules = self._call("DescribeWebRules", resource.region, **query)["WebRules"]
        return next((rule for rule in rules if rule["Domain"] == name), None)

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


def _obstacle(rule: Answer, ports: list[int]) -> str:
    if not ports:
        return "the rule has no HTTPS port; add one in the Anti-DDoS console"
    if rule.get("ProxyEnabled") is False:
        return "forwarding of the website is switched off; switch it on first"
    if (rule.get("GmCert") or {}).get("GmOnly"):
        return "the rule serves SM2 certificates only; allow the others in the Anti-DDoS console"
    return ""
