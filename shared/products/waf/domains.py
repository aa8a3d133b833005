"""WAF 3.0: domains in CNAME access, one slot each.

`ModifyDomainCert` exchanges the certificate; `ModifyDomain` would replace the whole configuration.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import ClassVar

from shared.cloud.api import Action
from shared.domain.certificates import cert_id_of
from shared.domain.resources import CloudResource
from shared.products.kit.bare_ids import identifier_in
from shared.products.kit.base import Answer
from shared.products.kit.changes import Carries, Change, Look, Settings, carrying
from shared.products.kit.means import Means
from shared.products.kit.polled import Listed
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

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._instances: dict[str, Listed[Answer]] = {}

    def _slots(self, where: dict[str, str]) -> Iterator[CloudResource]:
        for page in self._pages(where):
            for row in page["Domains"]:
                if (row.get("ListenPorts") or {}).get("Https"):
                    detail = self._detail(where, row["Domain"])
                    yield self._resource(where, detail, detail["Listen"])
                else:
                    yield self._resource(where, row, {})

    def _look(self, change: Change) -> Look:
        """Its detail tells everything. Until a change of ours is through, the list says so of all domains."""
        resource, here = change.resource, where(change.resource)
        self._instance(resource).expect(resource.resource_id)
        if change.begun and self._status(resource) in _CHANGING:
            return Look(Carries.BETWEEN, resource, settled=False)
        detail = self._detail(here, resource.resource_id)
        listen = detail["Listen"]
        slot = self._resource(here, detail, listen)
        settings = {
            "Listen": {name: listen[name] for name in listen if name != "CertId"},
            "Redirect": _redirect(detail.get("Redirect") or {}),
        }
        return Look(carrying(change, slot.cert_identifier), slot, settled=_settled(detail), settings=settings)

    def _status(self, resource: CloudResource) -> int | None:
        row = self._instance(resource).of(resource.resource_id)
        return row["Status"] if row else None

    def _instance(self, resource: CloudResource) -> Listed[Answer]:
        """Its domains, in a list."""
        here = where(resource)

        def rows(page: Answer) -> dict[str, Answer]:
            return {row["Domain"]: row for row in page["Domains"]}

        listed = Listed(lambda: self._pages(here), rows, lambda: self.page_size)
        return self._instances.setdefault(resource.instance_id, listed)

    def _pages(self, where: dict[str, str]) -> Iterator[Answer]:
        return self._numbered_pages("DescribeDomains", where["RegionId"], **where)

    def _exchange(self, resource: CloudResource, cert_id: str, settings: Settings) -> None:
        listen = settings["Listen"]
        suite = listen.get("CipherSuite")
        try:
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
        finally:
            self._instance(resource).changed(resource.resource_id)

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


def _settled(detail: Answer) -> bool:
    """Both places that tell the certificate tell the same one, and nothing is being modified."""
    shown = (detail.get("CertDetail") or {}).get("Id") or ""
    agreed = not shown or cert_id_of(str(shown)) == cert_id_of(str(detail["Listen"].get("CertId") or ""))
    return agreed and detail["Status"] not in _CHANGING


def _redirect(told: Answer) -> Answer:
    """The way to the origin. A header may be what the origin knows WAF by: it is stored as a digest."""
    headers = json.dumps(told.get("RequestHeaders") or [], sort_keys=True)
    return {**told, "RequestHeaders": sha256(headers.encode()).hexdigest()[:16]}


def _obstacle(status: int, https: bool, listen: Answer) -> str:
    if not https:
        return "the domain has no HTTPS port; add one in the WAF console"
    if listen.get("SM2AccessOnly"):
        return "the domain serves SM2 certificates only; allow the others in the WAF console"
    return _OBSTACLES.get(status, "")
