"""MSE cloud-native gateways (API 2019-05-31): one slot per domain of a gateway.

The domain `*` answers whatever no other domain of its gateway takes, so it has no name of its own. When a
certificate ends, CAS knows: MSE's `CertBeforeDate` is deprecated. Newer gateways belong to API Gateway.
`UpdateSSLCert` is documented to change the certificate alone; that is compared, and what it did change is
not ours to set.
"""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar

from shared.cloud.api import Action, Api
from shared.cloud.reading import Fields
from shared.domain.certificates import identifier_of
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Carries, Change, Look, carrying
from shared.products.kit.envelope import opened
from shared.products.kit.found import Found
from shared.products.kit.means import Means
from shared.products.kit.others import others
from shared.products.kit.paging import numbered_rows
from shared.products.kit.polled import Polled
from shared.products.kit.settings import picked
from shared.products.mse import fields as words

#: Settings of a domain that UpdateGatewayDomain takes.
_SETTABLE = ("Protocol", "MustHttps", "Http2", "TlsMin", "TlsMax", "TlsCipherSuitesConfig")
_OF_CERTIFICATE = ("CertIdentifier", "CertBeforeDate", "Status")


class Adapter(ProductAdapter):
    product = CloudProduct.MSE
    api = Api("mse", "2019-05-31", "RPC", ram="mse", hosts="mse.{region}.aliyuncs.com")
    actions: ClassVar = {
        action.name: action
        for action in (
            Action("QueryGatewayRegion", of_discovery=True),
            Action("ListGateway"),
            Action("ListGatewayDomain"),
            Action("UpdateSSLCert", writes=True),
        )
    }
    page_size = 50
    gone = frozenset({"notfound"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._gateways_of: dict[tuple[str, str], Polled[Fields]] = {}  #: by region and gateway
        self._domains_of: dict[tuple[str, str], Polled[Fields]] = {}

    def regions(self) -> list[str]:
        answer = self._opened("QueryGatewayRegion", "cn-hangzhou")  # any region lists all
        return answer.texts("Data") or [answer.needed("Data")]

    def discover(self, region: str) -> Iterator[Found]:
        yield from self._each_once(
            self._gateways(region), partial(self._of_gateway, region), "GatewayUniqueId"
        )

    def _of_gateway(self, region: str, gateway: Fields) -> Iterator[Found]:
        def slot(row: Fields) -> Iterator[CloudResource]:
            yield self._resource(region, gateway, row)

        rows = self._domain_rows(region, gateway.needed("GatewayUniqueId"))
        yield from self._each(rows, "Name", slot)

    def _look(self, change: Change) -> Look | None:
        """The list of a gateway's domains tells of all of them; before a write, it has to be running."""
        resource = change.resource
        row = self._domains(resource).of(_name(resource))
        if row is None:
            return None
        identifier = identifier_of(row.text("CertIdentifier"))
        slot = resource.evolve(https=bool(identifier), cert_identifier=identifier)
        carries = carrying(change, identifier)
        settled = words.settled(row)
        if carries is Carries.EXPECTED:
            gateway = self._gateway(resource)
            if gateway is None:
                return None
            settled = settled and words.running(gateway)
            slot = slot.evolve(obstacle=words.ownership(row) or words.state(gateway, row))
        settings = picked(row, _SETTABLE, sets=("SupportVersions",))
        told = others(row, _SETTABLE, _OF_CERTIFICATE)
        return Look(carries, slot, settled, settings, others=told, held=row)

    def _write(self, change: Change, look: Look) -> None:
        assert change.wanted is not None, "a first deployment is refused"
        row: Fields = look.held
        if obstacle := words.ownership(row):
            raise CloudRejectedError("UpdateSSLCert", "NotDeployable", obstacle)
        try:
            self._set(change.resource, row.needed("Id"), change.wanted.identifier)
        finally:
            self._domains(change.resource).changed(_name(change.resource))

    def _set(self, resource: CloudResource, domain_id: str, identifier: str) -> None:
        done = self._opened(
            "UpdateSSLCert",
            resource.region,
            GatewayUniqueId=resource.instance_id,
            DomainId=int(domain_id),
            CertIdentifier=identifier,
        )
        if done.flag("Data") is False:
            raise CloudRejectedError("UpdateSSLCert", "Failed", f"{resource.slot} was not changed")

    def _gateways(self, region: str) -> Iterator[Fields]:
        def page(number: int) -> Fields:
            found = self._opened("ListGateway", region, PageNumber=number, PageSize=self.page_size)
            return found.part("Data")

        return numbered_rows(page, self.page_size, lambda found: found.rows("Result"), "TotalSize")

    def _gateway(self, resource: CloudResource) -> Fields | None:
        region, gateway_id = resource.region, resource.instance_id

        def read() -> dict[str, Fields]:
            wanted = {"GatewayUniqueId": gateway_id}
            answer = self._opened(
                "ListGateway",
                region,
                PageNumber=1,
                PageSize=self.page_size,
                FilterParams=json.dumps(wanted, separators=(",", ":")),
            )
            return {row.needed("GatewayUniqueId"): row for row in answer.rows("Data", "Result")}

        return (
            self._gateways_of.setdefault((region, gateway_id), Polled(read))
            .rows(_name(resource))
            .get(gateway_id)
        )

    def _domains(self, resource: CloudResource) -> Polled[Fields]:
        """Those of the gateway, by name."""
        region, gateway_id = resource.region, resource.instance_id

        def read() -> dict[str, Fields]:
            return {row.needed("Name"): row for row in self._domain_rows(region, gateway_id)}

        return self._domains_of.setdefault((region, gateway_id), Polled(read))

    def _domain_rows(self, region: str, gateway_id: str) -> list[Fields]:
        return self._opened("ListGatewayDomain", region, GatewayUniqueId=gateway_id).rows("Data")

    def _opened(self, action: str, region: str, **params: Any) -> Fields:
        return opened(action, self._call(action, region, **params))

    def _resource(self, region: str, gateway: Fields, row: Fields) -> CloudResource:
        name, identifier = row.needed("Name"), identifier_of(row.text("CertIdentifier"))
        gateway_id = gateway.needed("GatewayUniqueId")
        named = name != "*"
        address = words.address(gateway) if named else ""
        return CloudResource(
            product=self.product,
            region=region,
            resource_id=f"{gateway_id}/{name}",
            instance_id=gateway_id,
            instance_name=gateway.text("Name"),
            domains=(name,) if named else (),
            domains_of_certificate=not named,
            https=bool(identifier),
            cert_identifier=identifier,
            endpoint=f"{address}:443" if address else "",
            obstacle=words.ownership(row) or words.state(gateway, row),
        )


def _name(resource: CloudResource) -> str:
    """As MSE writes it."""
    return resource.resource_id.partition("/")[2]
