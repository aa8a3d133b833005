"""WAF 3.0: domains in CNAME access, one slot each.

`ModifyDomainCert` exchanges the certificate; `ModifyDomain` would replace the whole configuration.
"""

from collections.abc import Iterator
from typing import ClassVar

from shared.cloud.api import Action
from shared.domain.certificates import cert_id_of
from shared.domain.resources import CloudResource
from shared.products.kit.bare_ids import identifier_in
from shared.products.kit.base import Answer
from shared.products.waf.slots import PACE, WafSlots, where

_CHANGING = (2, 3)  #: being created, being modified
_OBSTACLES = {
    4: "the domain is being released",
    5: "forwarding of the domain is switched off; switch it on in the WAF console",
}


class WafDomains(WafSlots):
    actions: ClassVar = {
        "DescribeInstance": Action("DescribeInstance", per_second=PACE),
        "DescribeDomains": Action("DescribeDomains", per_second=PACE),
        "DescribeDomainDetail": Action("DescribeDomainDetail", per_second=PACE),
        "ModifyDomainCert": Action("ModifyDomainCert", writes=True, per_second=PACE),
    }
    change = "ModifyDomainCert"

    def settled(self, resource: CloudResource) -> bool:
        """Both places that tell the certificate tell the same one, and nothing is being modified."""
        detail = self._detail(where(resource), resource.resource_id)
        shown = (detail.get("CertDetail") or {}).get("Id") or ""
        agreed = not shown or cert_id_of(str(shown)) == cert_id_of(str(detail["Listen"].get("CertId") or ""))
        return agreed and detail["Status"] not in _CHANGING

    def _slots(self, where: dict[str, str]) -> Iterator[CloudResource]:
        for page in self._numbered_pages("DescribeDomains", where["RegionId"], **where):
            for row in page["Domains"]:
                if (row.get("ListenPorts") or {}).get("Https"):
                    detail = self._detail(where, row["Domain"])
                    yield self._resource(where, detail, detail["Listen"])
                else:
                    yield self._resource(where, row, {})

    def _read(self, resource: CloudResource) -> CloudResource | None:
        detail = self._detail(where(resource), resource.resource_id)
        return self._resource(where(resource), detail, detail["Listen"])

    def _settings(self, resource: CloudResource) -> Answer:
        detail = self._detail(where(resource), resource.resource_id)
        listen, redirect = detail["Listen"], detail.get("Redirect") or {}
        return {
            "CertId": str(listen.get("CertId") or ""),
            "Listen": {name: listen[name] for name in listen if name != "CertId"},
            "Redirect": {name: redirect[name] for name in redirect},
        }

    def _exchange(self, resource: CloudResource, cert_id: str, settings: Answer) -> None:
        listen = settings["Listen"]
        suite = listen.get("CipherSuite")
        self._call(
            "ModifyDomainCert",
            resource.region,
            Domain=resource.resource_id,
            CertId=cert_id,
            TLSVersion=listen.get("TLSVersion") or None,
            EnableTLSv3=listen.get("EnableTLSv3"),
            CipherSuite=None if suite is None else str(suite),
            CustomCiphers=listen.get("CustomCiphers") or None,
            **where(resource),
        )

    def _detail(self, where: dict[str, str], domain: str) -> Answer:
        return self._call("DescribeDomainDetail", where["RegionId"], Domain=domain, **where)

    def _resource(self, where: dict[str, str], row: Answer, listen: Answer) -> CloudResource:
        name, cname = row["Domain"], row.get("Cname") or ""
        ports, cert_id = listen.get("HttpsPorts") or [], str(listen.get("CertId") or "")
        return CloudResource(
            product=self.product,
            region=where["RegionId"],
            resource_id=name,
            instance_id=where["InstanceId"],
            port=ports[0] if ports else None,
            domains=(name,),
            https=bool(ports and cert_id),
            cert_identifier=identifier_in(self._catalogue, cert_id),
            endpoint=f"{cname}:{ports[0]}" if cname and ports else "",
            obstacle=_obstacle(row["Status"], bool(ports), listen),
        )


def _obstacle(status: int, https: bool, listen: Answer) -> str:
    if not https:
        return "the domain has no HTTPS port; add one in the WAF console"
    if listen.get("SM2AccessOnly"):
        return "the domain serves SM2 certificates only; allow the others in the WAF console"
    return _OBSTACLES.get(status, "")
