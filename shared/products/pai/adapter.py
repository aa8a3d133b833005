"""PAI EAS (API 2021-07-01): one slot per custom domain of a dedicated gateway, by domain and network side.

A domain names its certificate by the bare CAS id. There is no call that changes a domain; attaching it
again is presumed to exchange the certificate. Where that is refused, the domain is detached and attached,
which the job must have accepted: meanwhile it is not served.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, ClassVar

from shared.cloud.api import Action, Api
from shared.domain.certificates import Certificate, cert_id_of
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudError, CloudRejectedError
from shared.products.kit.bare_ids import identifier_in
from shared.products.kit.base import Answer
from shared.products.kit.legacy import WholeExchange

_GATEWAY = "/api/v2/gateways/{ClusterId}/{GatewayId}"
_GONE = ("Deleted", "Deleting")
_TAKEN = re.compile(r"already|duplicat|conflict|(?<!not)(?<!not )(?<!n't )exist", re.IGNORECASE)
_OUTAGE = "it does not exchange certificates; accept a short outage in the job (--accept-outage)"


class Adapter(WholeExchange):
    product = CloudProduct.PAI
    api = Api(
        "eas",
        "2021-07-01",
        "ROA",
        ram="eas",
        hosts="pai-eas.{region}.aliyuncs.com",
        regions=(
            *("ap-northeast-1", "ap-southeast-1", "ap-southeast-5", "cn-beijing", "cn-chengdu"),
            *("cn-guangzhou", "cn-hangzhou", "cn-heyuan", "cn-hongkong", "cn-shanghai", "cn-shenzhen"),
            *("cn-wulanchabu", "cn-zhangjiakou", "eu-central-1", "us-east-1", "us-west-1"),
        ),
    )
    actions: ClassVar = {
        action.name: action
        for action in (
            Action("ListGateway", method="GET", path="/api/v2/gateways"),
            Action("ListGatewayDomains", method="GET", path=f"{_GATEWAY}/domains"),
            Action("AttachGatewayDomain", method="PUT", path=f"{_GATEWAY}/domain/attach", writes=True),
            Action("DetachGatewayDomain", method="PUT", path=f"{_GATEWAY}/domain/detach", writes=True),
        )
    }
    gone = frozenset({"gatewaynotfound", "invalidgateway.notfound"})

    def discover(self, region: str) -> Iterator[CloudResource]:
        for page in self._numbered_pages("ListGateway", region):
            for gateway in page["Gateways"]:
                if gateway["Status"] in _GONE:
                    continue
                for row in self._domains(region, gateway["GatewayId"]):
                    yield self._resource(region, gateway, row)

    def _read(self, resource: CloudResource) -> CloudResource | None:
        row = self._row(resource)
        if row is None:
            return None
        identifier = self._identifier(row)
        return resource.model_copy(update={"cert_identifier": identifier, "https": bool(identifier)})

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        try:
            row = self._row(resource)
        except CloudRejectedError as error:
            if error.cloud_code.lower() not in self.gone:
                raise
            return None
        if row is None or row.get("CertificateId") != str(certificate.cert_id):
            return None
        return resource.model_copy(update={"cert_identifier": certificate.identifier, "https": True})

    def settled(self, resource: CloudResource) -> bool:
        status = (self._row(resource) or {}).get("CertificateStatus") or "Succeeded"  # older answers lack it
        if "fail" in status.lower():
            raise CloudRejectedError("AttachGatewayDomain", status, f"{resource.slot} does not serve it")
        return bool(status == "Succeeded")

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        """An earlier try may have ended between detaching and attaching: then attaching is what is left."""
        wanted = str(certificate.cert_id)
        try:
            self._change("AttachGatewayDomain", resource, wanted)
            return
        except CloudRejectedError as error:
            refused = error
        carried = self._row(resource)
        if carried is None:
            self._put_back(resource, str(cert_id_of(resource.cert_identifier) or ""), refused)
        elif not _TAKEN.search(f"{refused.cloud_code} {refused}"):
            raise refused
        elif not self._accept_outage:
            code, request_id = refused.cloud_code, refused.request_id
            raise CloudRejectedError(refused.action, code, f"{resource.slot}: {_OUTAGE}", request_id)
        else:
            self._exchange(resource, wanted, str(carried.get("CertificateId") or ""))

    def _exchange(self, resource: CloudResource, wanted: str, old: str) -> None:
        try:
            self._change("DetachGatewayDomain", resource)
            self._waiter.until(lambda: self._row(resource) is None, f"{resource.slot} is still attached")
            self._change("AttachGatewayDomain", resource, wanted)
        except CloudError as error:
            if self._row(resource) is not None:  # never detached, or attached and only the answer lost
                raise
            self._put_back(resource, old, error)

    def _put_back(self, resource: CloudResource, old: str, because: CloudError) -> None:
        """The domain is detached: attach it with its old certificate at once, then raise."""
        if old:
            self._change("AttachGatewayDomain", resource, old)
        raise because

    def _change(self, action: str, resource: CloudResource, cert_id: str = "") -> None:
        _, domain, kind = resource.resource_id.split("/")
        custom = {"CertificateId": cert_id, "Domain": domain, "Type": kind}
        given = {name: value for name, value in custom.items() if value}
        text = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
        path = _path(resource.region, resource.instance_id)
        self._call_at(action, resource.region, path, CustomDomain=text)

    def _domains(self, region: str, gateway_id: str) -> list[Answer]:
        answer = self._call_at("ListGatewayDomains", region, _path(region, gateway_id))
        found: list[Answer] = answer.get("CustomDomains") or []
        return found

    def _row(self, resource: CloudResource) -> Answer | None:
        rows = self._domains(resource.region, resource.instance_id)
        mine = (row for row in rows if _slot(resource.instance_id, row) == resource.resource_id)
        return next(mine, None)

    def _resource(self, region: str, gateway: Answer, row: Answer) -> CloudResource:
        identifier, gateway_id = self._identifier(row), gateway["GatewayId"]
        public = gateway.get("InternetDomain") if row["Type"] == "internet" else ""
        return CloudResource(
            product=self.product,
            region=region,
            resource_id=_slot(gateway_id, row),
            instance_id=gateway_id,
            instance_name=gateway.get("GatewayName") or "",
            writer_id=gateway_id,
            domains=(row["Domain"],),
            https=bool(identifier),
            cert_identifier=identifier,
            endpoint=f"{public}:443" if public else "",
            obstacle=_obstacle(gateway["Status"], identifier),
        )

    def _identifier(self, row: Answer) -> str:
        """The bare id does not say in which of CAS's stores it is."""
        return identifier_in(self._catalogue, str(row.get("CertificateId") or ""))


def _slot(gateway_id: str, row: Answer) -> str:
    return f"{gateway_id}/{row['Domain']}/{row['Type']}"


def _path(region: str, gateway_id: str) -> dict[str, Any]:
    return {"ClusterId": region, "GatewayId": gateway_id}


def _obstacle(status: str, identifier: str) -> str:
    if status != "Running":
        return f"the gateway is {status}; bring it into service first"
    return "" if identifier else "the domain has no certificate; set the first one in the PAI console"
