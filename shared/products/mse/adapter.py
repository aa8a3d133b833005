"""MSE cloud-native gateways (API 2019-05-31): one slot per domain of a gateway.

The domain `*` answers whatever no other domain of its gateway takes, so it has no name of its own.
`CertBeforeDate` is the certificate's end. Newer gateways belong to API Gateway. `UpdateSSLCert` is
documented to change the certificate alone; that is compared, and what it did change is not ours to set.
"""

import json
from collections.abc import Iterator
from operator import itemgetter
from typing import Any, ClassVar

from shared.cloud.api import Action, Api
from shared.domain.certificates import identifier_of
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError
from shared.products.kit.base import Answer, ProductAdapter
from shared.products.kit.changes import Carries, Change, Look, carrying
from shared.products.kit.envelope import opened
from shared.products.kit.means import Means
from shared.products.kit.paging import numbered_pages
from shared.products.kit.polled import Polled
from shared.products.kit.times import parse_time
from shared.products.mse import fields as words

_UNSETTLED = (2, 4, 5)  #: of a domain: publishing, editing, unpublishing
_OF_CERTIFICATE = ("CertIdentifier", "CertBeforeDate", "Comment", "GmtModified", "Status")  #: changes with it


class Adapter(ProductAdapter):
    product = CloudProduct.MSE
    api = Api("mse", "2019-05-31", "RPC", ram="mse", hosts="mse.{region}.aliyuncs.com")
    actions: ClassVar = {
        action.name: action
        for action in (
            Action("QueryGatewayRegion"),
            Action("ListGateway"),
            Action("ListGatewayDomain"),
            Action("UpdateSSLCert", writes=True),
        )
    }
    page_size = 50
    gone = frozenset({"notfound"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._gateways_of: dict[tuple[str, str], Polled[Answer]] = {}  #: by region and gateway
        self._domains_of: dict[tuple[str, str], Polled[Answer]] = {}

    def regions(self) -> list[str]:
        found: list[str] = self._opened("QueryGatewayRegion", "cn-hangzhou")  # any region lists all
        return found

    def discover(self, region: str) -> Iterator[CloudResource]:
        for gateway in self._gateways(region):
            wanted = {"GatewayUniqueId": gateway["GatewayUniqueId"]}
            for row in self._opened("ListGatewayDomain", region, **wanted) or ():
                yield self._resource(region, gateway, row)

    def _look(self, change: Change) -> Look | None:
        """The list of a gateway's domains tells of all of them; before a write, it has to be running."""
        resource = change.resource
        row = self._domains(resource).of(_name(resource))
        if row is None:
            return None
        identifier = identifier_of(row.get("CertIdentifier") or "")
        slot = resource.evolve(
            https=bool(identifier),
            cert_identifier=identifier,
            cert_not_after=parse_time(row.get("CertBeforeDate")),
        )
        carries = carrying(change, identifier)
        settled = row.get("Status") not in _UNSETTLED
        if carries is Carries.EXPECTED:
            gateway = self._gateway(resource)
            if gateway is None:
                return None
            settled = settled and gateway["Status"] == words.RUNNING
            slot = slot.evolve(obstacle=words.ownership(row) or words.state(gateway, row))
        settings = {name: value for name, value in row.items() if name not in _OF_CERTIFICATE}
        return Look(carries, slot, settled, settings)

    def _write(self, change: Change, look: Look) -> None:
        assert change.wanted is not None, "a first deployment is refused"
        assert look.settings is not None, "they were read"
        if obstacle := words.ownership(look.settings):
            raise CloudRejectedError("UpdateSSLCert", "NotDeployable", obstacle)
        try:
            self._set(change.resource, look.settings["Id"], change.wanted.identifier)
        finally:
            self._domains(change.resource).changed(_name(change.resource))

    def _set(self, resource: CloudResource, domain_id: int, identifier: str) -> None:
        done = self._opened(
            "UpdateSSLCert",
            resource.region,
            GatewayUniqueId=resource.instance_id,
            DomainId=domain_id,
            CertIdentifier=identifier,
        )
        if done is False:
            raise CloudRejectedError("UpdateSSLCert", "Failed", f"{resource.slot} was not changed")

    def _gateways(self, region: str) -> Iterator[Answer]:
        def page(number: int) -> Answer:
            found: Answer = self._opened("ListGateway", region, PageNumber=number, PageSize=self.page_size)
            return found

        for found in numbered_pages(page, self.page_size, itemgetter("TotalSize")):
            yield from found["Result"]

    def _gateway(self, resource: CloudResource) -> Answer | None:
        region, gateway_id = resource.region, resource.instance_id

        def read() -> dict[str, Answer]:
            wanted = {"GatewayUniqueId": gateway_id}
            page = self._opened(
                "ListGateway",
                region,
                PageNumber=1,
                PageSize=self.page_size,
                FilterParams=json.dumps(wanted, separators=(",", ":")),
            )
            return {row["GatewayUniqueId"]: row for row in page["Result"]}

        return (
            self._gateways_of.setdefault((region, gateway_id), Polled(read))
            .rows(_name(resource))
            .get(gateway_id)
        )

    def _domains(self, resource: CloudResource) -> Polled[Answer]:
        """Those of the gateway, by name."""
        region, gateway_id = resource.region, resource.instance_id

        def read() -> dict[str, Answer]:
            rows = self._opened("ListGatewayDomain", region, GatewayUniqueId=gateway_id)
            return {row["Name"]: row for row in rows or ()}

        return self._domains_of.setdefault((region, gateway_id), Polled(read))

    def _opened(self, action: str, region: str, **params: Any) -> Any:
        return opened(action, self._call(action, region, **params)).get("Data")

    def _resource(self, region: str, gateway: Answer, row: Answer) -> CloudResource:
        name, identifier = row["Name"], identifier_of(row.get("CertIdentifier") or "")
        named = name != "*"
        address = words.address(gateway) if named else ""
        return CloudResource(
            product=self.product,
            region=region,
            resource_id=f"{gateway['GatewayUniqueId']}/{name}",
            instance_id=gateway["GatewayUniqueId"],
            instance_name=gateway.get("Name") or "",
            domains=(name,) if named else (),
            domains_of_certificate=not named,
            https=bool(identifier),
            cert_identifier=identifier,
            cert_not_after=parse_time(row.get("CertBeforeDate")),
            endpoint=f"{address}:443" if address else "",
            obstacle=words.ownership(row) or words.state(gateway, row),
        )


def _name(resource: CloudResource) -> str:
    """As MSE writes it."""
    return resource.resource_id.partition("/")[2]
