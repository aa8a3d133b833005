"""WAF 3.0: domains in CNAME access, one slot each.

`ModifyDomainCert` exchanges the certificate; `ModifyDomain` would replace the whole configuration.
"""

from collections.abc import Iterator
from functools import partial
from typing import ClassVar, Final

from shared.cloud.api import Action
from shared.cloud.reading import Fields
from shared.domain.certificates import cert_id_of
from shared.domain.resources import CloudResource
from shared.products.kit.bare_ids import identifier_in
from shared.products.kit.changes import Carries, Change, Look, Settings, carrying
from shared.products.kit.found import Found
from shared.products.kit.means import Means
from shared.products.kit.others import others
from shared.products.kit.polled import Listed
from shared.products.waf.settings import ciphers, listen, redirect, sent
from shared.products.waf.slots import PACE, WithTls, where

_ROWS: Final = ("Domains",)
_CHANGING: Final = (2, 3)  #: being created, being modified
_AT_REST: Final = (1, 4, 5)
_OBSTACLES = {
    4: "the domain is being released",
    5: "forwarding of the domain is switched off; switch it on in the WAF console",
}


class WafDomains(WithTls):
    actions: ClassVar = {
        "DescribeInstance": Action("DescribeInstance", per_second=PACE),
        "DescribeDomains": Action("DescribeDomains", per_second=PACE),
        "DescribeDomainDetail": Action("DescribeDomainDetail", per_second=PACE),
        "ModifyDomainCert": Action("ModifyDomainCert", writes=True, per_second=PACE),
    }

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._instances: dict[str, Listed[Fields]] = {}

    def _slots(self, where: dict[str, str]) -> Iterator[Found]:
        rows = self._numbered_rows("DescribeDomains", where["RegionId"], at=_ROWS, **where)
        yield from self._each_once(rows, partial(self._slot, where), "Domain")

    def _slot(self, where: dict[str, str], row: Fields) -> Iterator[CloudResource]:
        """Its detail is not asked for where the list says that it has no HTTPS port."""
        name, ports = row.needed("Domain"), row.part("ListenPorts")
        if ports and not ports.texts("Https"):
            yield self._resource(where, name, row, Fields())
        else:
            detail = self._detail(where, name)
            yield self._resource(where, name, detail, _listen(detail))

    def _look(self, change: Change) -> Look | None:
        """Its detail tells everything. Until a change of ours is through, the list says so of all domains."""
        resource, here = change.resource, where(change.resource)
        self._instance(resource).expect(resource.resource_id)
        if change.begun and (self._too_early(resource.writer) or self._status(resource) in _CHANGING):
            return Look(Carries.BETWEEN, resource, settled=False)
        detail = self._detail(here, resource.resource_id)
        if not (detail.text("Domain") or detail.part("Listen")):
            return None  # so the product says that it is gone
        told = _listen(detail)
        slot, back = self._resource(here, resource.resource_id, detail, told), detail.part("Redirect")
        settings = {"Listen": listen(told), "Redirect": redirect(back)}
        return Look(
            carrying(change, slot.cert_identifier),
            slot,
            settled=_settled(detail),
            settings=settings,
            others={
                **others(detail, settings, ("CertDetail", "Status")),
                **others(told, settings["Listen"], ("CertId",), under="Listen."),
                **others(back, settings["Redirect"], under="Redirect."),
            },
            held=ciphers(told),
        )

    def _status(self, resource: CloudResource) -> int | None:
        row = self._instance(resource).of(resource.resource_id)
        return row.number("Status") if row else None

    def _instance(self, resource: CloudResource) -> Listed[Fields]:
        """Its domains, in a list."""
        here = where(resource)

        def pages() -> Iterator[Fields]:
            return self._numbered_answers("DescribeDomains", here["RegionId"], at=_ROWS, **here)

        def rows(page: Fields) -> dict[str, Fields]:
            return {row.text("Domain"): row for row in page.rows(*_ROWS)}

        listed = Listed(pages, rows, lambda: self.page_size)
        return self._instances.setdefault(resource.instance_id, listed)

    def _exchange(
        self, resource: CloudResource, cert_id: str, settings: Settings, ciphers: list[str]
    ) -> None:
        """A TLS version that is not told is not sent: whether it then stays is compared."""
        try:
            self._call(
                "ModifyDomainCert",
                resource.region,
                Domain=resource.resource_id,
                CertId=cert_id,
                **sent(settings["Listen"], ciphers),
                **where(resource),
            )
        finally:
            self._just_written.add(resource.writer)
            self._instance(resource).changed(resource.resource_id)

    def _detail(self, where: dict[str, str], domain: str) -> Fields:
        return self._call("DescribeDomainDetail", where["RegionId"], Domain=domain, **where)

    def _resource(self, where: dict[str, str], name: str, row: Fields, listen: Fields) -> CloudResource:
        cname, ports, cert_id = row.text("Cname"), listen.numbers("HttpsPorts"), listen.text("CertId")
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
            obstacle=_obstacle(row.number("Status"), bool(ports), listen),
        )


def _listen(detail: Fields) -> Fields:
    """It is never empty, so what tells none is not read as a domain without certificate."""
    found = detail.part("Listen")
    if not found:
        raise detail.source.below("Listen").unreadable("it is missing")
    return found


def _settled(detail: Fields) -> bool:
    """Both places that tell the certificate tell the same one, and nothing is being modified."""
    shown, bound = detail.part("CertDetail").text("Id"), detail.part("Listen").text("CertId")
    agreed = not shown or cert_id_of(shown) == cert_id_of(bound)
    return agreed and detail.number("Status") in _AT_REST


def _obstacle(status: int | None, https: bool, listen: Fields) -> str:
    if not https:
        return "the domain has no HTTPS port; add one in the WAF console"
    if listen.flag("SM2AccessOnly"):
        return "the domain serves SM2 certificates only; allow the others in the WAF console"
    return _OBSTACLES.get(status or 0, "")
