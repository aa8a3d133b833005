"""Anti-DDoS Pro and Premium (ddoscoo 2020-01-01): one slot per website rule with an HTTPS port.

A rule tells its certificate by `CertName`, which is its id in CAS with ".pem", and by the name that a
person gave it, which is not unique. It says nothing of how far a change has come: the handshake tells.
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from shared.cloud.api import Action, Api
from shared.cloud.reading import Fields
from shared.domain.certificates import STORES, identifier_of
from shared.domain.resources import CloudProduct, CloudResource
from shared.products.kit.bare_ids import identifier_in
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Change, Look, carrying
from shared.products.kit.found import Found
from shared.products.kit.means import Means
from shared.products.kit.others import others
from shared.products.kit.polled import Listed

_ROWS: Final = ("WebRules",)
_TLS: Final = ("https", "websockets")
_OF_CERTIFICATE: Final = ("CertName", "UserCertName", "CertRegion", "CertExpireTime")
_BY_ID: Final = re.compile(r"([0-9]+)\.pem")  #: a `CertName`


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
        self._sites: dict[str, Listed[Fields]] = {}

    def discover(self, region: str) -> Iterator[Found]:
        rules = self._numbered_rows("DescribeWebRules", region, at=_ROWS)
        yield from self._each(rules, "Domain", lambda rule: [self._resource(region, rule)])

    def _look(self, change: Change) -> Look | None:
        rule = self._rule(change.resource)
        if rule is None:
            return None
        slot = self._resource(change.resource.region, rule)
        return Look(carrying(change, slot.cert_identifier), slot, others=others(rule, _OF_CERTIFICATE))

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

    def _rule(self, resource: CloudResource) -> Fields | None:
        name = resource.resource_id
        if listed := self._site(resource.region).of(name):
            return listed
        query = {"Domain": name, "QueryDomainPattern": "exact", "PageNumber": 1, "PageSize": self.page_size}
        return _by_domain(self._call("DescribeWebRules", resource.region, **query)).get(name)

    def _site(self, region: str) -> Listed[Fields]:
        def pages() -> Iterator[Fields]:
            return self._numbered_answers("DescribeWebRules", region, at=_ROWS)

        return self._sites.setdefault(region, Listed(pages, _by_domain, lambda: self.page_size))

    def _resource(self, region: str, rule: Fields) -> CloudResource:
        name, cname = rule.needed("Domain"), rule.text("Cname")
        ports = [
            port
            for proxy in rule.rows("ProxyTypes")
            if proxy.text("ProxyType").lower() in _TLS
            for port in proxy.numbers("ProxyPorts")
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

    def _identifier(self, rule: Fields) -> str:
        """Unknown where the two names that a rule tells lead to different certificates, or to none."""
        told, store = rule.text("CertName"), rule.text("CertRegion")
        if by_id := _BY_ID.fullmatch(told):
            cert_id = by_id[1]
            return identifier_of(cert_id, store) if store else identifier_in(self._catalogue, cert_id)
        names = {name for name in (told, rule.text("UserCertName")) if name}
        if not names:
            return ""
        where = store or STORES[0]
        found = {known.identifier for name in names if (known := self._catalogue.by_name(name, where))}
        return found.pop() if len(found) == 1 else f"upload:{told or min(names)}"


def _by_domain(answer: Fields) -> dict[str, Fields]:
    return {rule.text("Domain"): rule for rule in answer.rows(*_ROWS)}


def _obstacle(rule: Fields, ports: list[int]) -> str:
    if not ports:
        return "the rule has no HTTPS port; add one in the Anti-DDoS console"
    if rule.flag("ProxyEnabled") is False:
        return "forwarding of the website is switched off; switch it on first"
    if rule.part("GmCert").flag("GmOnly"):
        return "the rule serves SM2 certificates only; allow the others in the Anti-DDoS console"
    return ""
