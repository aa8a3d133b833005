"""MSE cloud-native gateways (API 2019-05-31): one slot per domain of a gateway.

The domain `*` answers whatever no other domain of its gateway takes, so it has no name of its own.
`CertBeforeDate` is the certificate's end. Newer gateways belong to API Gateway. `UpdateSSLCert` is
documented to change the certificate alone; that is compared, and what it did change is not ours to set.
"""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from shared.cloud.api import Action, Api
from shared.domain.certificates import Certificate, identifier_of
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError
from shared.products.kit.base import Answer
from shared.products.kit.envelope import opened
from shared.products.kit.legacy import WholeExchange
from shared.products.kit.times import parse_time
from shared.products.kit.unchanged import Unchanged
from shared.products.mse import fields as words

_UNSETTLED = (2, 4, 5)  #: of a domain: publishing, editing, unpublishing
_OF_CERTIFICATE = ("CertIdentifier", "CertBeforeDate", "Comment", "GmtModified", "Status")  #: changes with it


class Adapter(WholeExchange):
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

    def regions(self) -> list[str]:
        found: list[str] = self._opened("QueryGatewayRegion", "cn-hangzhou")  # any region lists all
        return found

    def discover(self, region: str) -> Iterator[CloudResource]:
        for gateway in self._gateways(region):
            wanted = {"GatewayUniqueId": gateway["GatewayUniqueId"]}
            for row in self._opened("ListGatewayDomain", region, **wanted) or ():
                yield self._resource(region, gateway, row)

    def _read(self, resource: CloudResource) -> CloudResource | None:
        gateway = self._gateway(resource)
        row = self._row(resource) if gateway else None
        return self._resource(resource.region, gateway, row) if gateway and row else None

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        """From the domain alone: one call, where `read` needs two."""
        row = self._row(resource)
        if row is None or identifier_of(row.get("CertIdentifier") or "") != certificate.identifier:
            return None
        return resource.model_copy(
            update={
                "https": True,
                "cert_identifier": certificate.identifier,
                "cert_not_after": parse_time(row.get("CertBeforeDate")),
            }
        )

    def settled(self, resource: CloudResource) -> bool:
        row = self._row(resource)
        return row is not None and row.get("Status") not in _UNSETTLED

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        self._waiter.until(lambda: self._running(resource), f"{resource.instance_id} is not running")
        row = self._row(resource)
        if row is None:
            raise CloudRejectedError("UpdateSSLCert", "NotFound", f"{resource.slot} is gone")
        if obstacle := words.ownership(row):
            raise CloudRejectedError("UpdateSSLCert", "NotDeployable", obstacle)
        old, new = row.get("CertIdentifier") or "", certificate.identifier
        with Unchanged(
            "UpdateSSLCert",
            resource.slot,
            self._waiter,
            row,
            read=lambda: self._row(resource) or {},
            put_back=lambda lost: self._set(resource, row["Id"], old),
            shown=lambda now: identifier_of(now.get("CertIdentifier") or "") == new,
            settled=lambda: self.settled(resource),
            ignore=_OF_CERTIFICATE,
        ):
            self._set(resource, row["Id"], new)

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

    def _running(self, resource: CloudResource) -> bool:
        gateway = self._gateway(resource)
        if gateway is None:
            raise CloudRejectedError("ListGateway", "NotFound", f"{resource.instance_id} is gone")
        return bool(gateway["Status"] == words.RUNNING)

    def _gateways(self, region: str) -> Iterator[Answer]:
        number = 1
        while True:
            page = self._opened("ListGateway", region, PageNumber=number, PageSize=self.page_size)
            yield from page["Result"]
            if number * self.page_size >= int(page["TotalSize"]):
                return
            number += 1

    def _gateway(self, resource: CloudResource) -> Answer | None:
        wanted = {"GatewayUniqueId": resource.instance_id}
        page = self._opened(
            "ListGateway",
            resource.region,
            PageNumber=1,
            PageSize=self.page_size,
            FilterParams=json.dumps(wanted, separators=(",", ":")),
        )
        rows = page["Result"]
        return next((dict(row) for row in rows if wanted.items() <= row.items()), None)

    def _row(self, resource: CloudResource) -> Answer | None:
        gateway, _, name = resource.resource_id.partition("/")
        rows = self._opened(
            "ListGatewayDomain", resource.region, GatewayUniqueId=gateway, DomainName=name
        )  # which may match by part
        return next((dict(row) for row in rows or () if row["Name"] == name), None)

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
