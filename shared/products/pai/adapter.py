"""PAI EAS (API 2021-07-01): one slot per custom domain of a dedicated gateway, by domain and network side.

A domain names its certificate by the bare CAS id. There is no call that changes a domain; attaching it
again is presumed to exchange the certificate. Where that is refused, the domain is detached and attached,
which the job must have accepted: meanwhile it is not served.
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, ClassVar, Final

from shared.cloud.api import Action, Api
from shared.cloud.reading import Fields
from shared.domain.certificates import cert_id_of
from shared.domain.jobs import HalfMade
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudBusyError, CloudError, CloudRejectedError, CloudUnavailableError
from shared.products.kit.bare_ids import identifier_in
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Carries, Change, Look, carrying
from shared.products.kit.found import Found
from shared.products.kit.means import Means

_ATTACH: Final = "AttachGatewayDomain"
_GATEWAY: Final = "/api/v2/gateways/{ClusterId}/{GatewayId}"
_GONE = ("deleted", "deleting")
_TAKEN = re.compile(r"already|duplicat|conflict|(?<!not)(?<!not )(?<!n't )exist", re.IGNORECASE)
_OUTAGE = "it does not exchange certificates; accept a short outage in the job (--accept-outage)"


class Adapter(ProductAdapter):
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
            Action("ListGateway", of_discovery=True, method="GET", path="/api/v2/gateways"),
            Action("ListGatewayDomains", method="GET", path=f"{_GATEWAY}/domains"),
            Action(_ATTACH, method="PUT", path=f"{_GATEWAY}/domain/attach", writes=True),
            Action("DetachGatewayDomain", method="PUT", path=f"{_GATEWAY}/domain/detach", writes=True),
        )
    }
    at_once = True
    gone = frozenset({"gatewaynotfound", "invalidgateway.notfound"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._refused: set[str] = set()  #: slots that did not exchange

    def discover(self, region: str) -> Iterator[Found]:
        gateways = self._numbered_rows("ListGateway", region, at=("Gateways",))
        yield from self._each_once(gateways, partial(self._of_gateway, region), "GatewayId")

    def _of_gateway(self, region: str, gateway: Fields) -> Iterator[Found]:
        def slot(row: Fields) -> Iterator[CloudResource]:
            yield self._resource(region, gateway, row)

        if gateway.text("Status").lower() not in _GONE:
            rows = self._domains(region, gateway.needed("GatewayId"))
            yield from self._each(rows, "Domain", slot)

    def _look_at_all(self, changes: Sequence[Change]) -> list[Look | None]:
        gateway = changes[0].resource
        rows = self._domains(gateway.region, gateway.instance_id)
        by_slot = {_slot(gateway.instance_id, row): row for row in rows}
        return [self._shown(change, by_slot.get(change.resource.resource_id)) for change in changes]

    def attach_unseen(self, change: Change) -> str:
        try:
            self._change(_ATTACH, change.resource, str(cert_id_of(change.resource.cert_identifier)))
        except CloudRejectedError as error:
            if not _says_taken(error):
                raise
            return "it is attached, with which certificate cannot be seen"
        return "it was attached again with the certificate before, which cannot be seen"

    def left_behind(self, change: Change, look: Look | None) -> str:
        if look and look.carries is not Carries.BETWEEN:
            return ""
        _, domain, _ = change.resource.resource_id.split("/")
        off = "is detached, so it is not served" if look else "may be detached, and not served then"
        own = change.resource.cert_identifier
        return f"{domain} {off}: roll the job back, or attach it with certificate {own} in the PAI console"

    def _shown(self, change: Change, row: Fields | None) -> Look | None:
        resource, wanted = change.resource, change.wanted
        if row is None:  # detached by us, unless nothing was begun
            return Look(Carries.BETWEEN, resource) if change.begun else None
        same = wanted is not None and row.text("CertificateId") == str(wanted.cert_id)
        identifier = wanted.identifier if wanted and same else self._identifier(row)
        status = row.text("CertificateStatus") or "Succeeded"  # older answers lack it
        carries = carrying(change, identifier)
        ours = change.begun or carries is Carries.WANTED  # so the status is of what we attached
        why = CloudRejectedError(_ATTACH, status, f"{resource.slot} does not serve it")
        refused = carries is Carries.EXPECTED and resource.slot in self._refused
        return Look(
            carries,
            resource.evolve(cert_identifier=identifier, https=bool(identifier)),
            stage="detach" if refused else "",
            leaves=HalfMade.DETACHED if refused else None,
            settled=not ours or status == "Succeeded",
            failed=why if ours and "fail" in status.lower() else None,
        )

    def _write(self, change: Change, look: Look) -> None:
        assert change.wanted is not None, "a first deployment is refused"
        resource, wanted = change.resource, str(change.wanted.cert_id)
        if look.carries is Carries.BETWEEN:
            self._attach_again(resource, wanted)
            return
        if look.leaves is HalfMade.DETACHED:
            self._change("DetachGatewayDomain", resource)
            return
        try:
            self._change(_ATTACH, resource, wanted)
        except CloudRejectedError as refused:
            if not _says_taken(refused):
                raise
            if not self._accept_outage:
                why = f"{resource.slot}: {_OUTAGE}"
                raise CloudRejectedError(_ATTACH, refused.cloud_code, why, refused.request_id) from None
            self._refused.add(resource.slot)  # the next look tells to detach it

    def _attach_again(self, resource: CloudResource, wanted: str) -> None:
        """The domain is detached: if it cannot be attached, the old certificate comes back at once."""
        try:
            self._change(_ATTACH, resource, wanted)
        except CloudError as error:
            lost = isinstance(error, CloudUnavailableError)
            if (lost and self._attached(resource)) or not (old := cert_id_of(resource.cert_identifier)):
                raise
            self._change(_ATTACH, resource, str(old))
            if lost:  # its outcome is known by now
                why = f"{resource.slot} has its old certificate again: {error}"
                raise CloudBusyError(_ATTACH, error.cloud_code, why, error.request_id) from None
            raise

    def _attached(self, resource: CloudResource) -> bool:
        """Or it may be: a list that cannot be read now is read by the next look."""
        try:
            rows = self._domains(resource.region, resource.instance_id)
            return any(_slot(resource.instance_id, row) == resource.resource_id for row in rows)
        except CloudError:
            return True

    def _change(self, action: str, resource: CloudResource, cert_id: str = "") -> None:
        _, domain, kind = resource.resource_id.split("/")
        custom = {"CertificateId": cert_id, "Domain": domain, "Type": kind}
        given = {name: value for name, value in custom.items() if value}
        text = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
        path = _path(resource.region, resource.instance_id)
        self._call_at(action, resource.region, path, CustomDomain=text)

    def _domains(self, region: str, gateway_id: str) -> list[Fields]:
        return self._call_at("ListGatewayDomains", region, _path(region, gateway_id)).rows("CustomDomains")

    def _resource(self, region: str, gateway: Fields, row: Fields) -> CloudResource:
        identifier, gateway_id = self._identifier(row), gateway.needed("GatewayId")
        public = gateway.text("InternetDomain") if row.text("Type") == "internet" else ""
        return CloudResource(
            product=self.product,
            region=region,
            resource_id=_slot(gateway_id, row),
            instance_id=gateway_id,
            instance_name=gateway.text("GatewayName"),
            writer_id=gateway_id,
            domains=(row.needed("Domain"),),
            https=bool(identifier),
            cert_identifier=identifier,
            endpoint=f"{public}:443" if public else "",
            obstacle=_obstacle(gateway.text("Status"), identifier),
        )

    def _identifier(self, row: Fields) -> str:
        """The bare id does not say in which of CAS's stores it is."""
        return identifier_in(self._catalogue, row.text("CertificateId"))


def _says_taken(refused: CloudRejectedError) -> bool:
    """The domain is there: it does not exchange certificates."""
    return bool(_TAKEN.search(f"{refused.cloud_code} {refused}"))


def _slot(gateway_id: str, row: Fields) -> str:
    return f"{gateway_id}/{row.needed('Domain')}/{row.needed('Type')}"


def _path(region: str, gateway_id: str) -> dict[str, Any]:
    return {"ClusterId": region, "GatewayId": gateway_id}


def _obstacle(status: str, identifier: str) -> str:
    if status != "Running":
        return f"the gateway is {status or 'in no known state'}; bring it into service first"
    return "" if identifier else "the domain has no certificate; set the first one in the PAI console"
