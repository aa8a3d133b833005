"""The cloud-native API gateway (APIG 2024-03-27): one slot per domain of a region.

`UpdateDomain` replaces the whole domain, so everything that it takes is read and sent again. A domain
is met at the public address of a gateway that serves it. What is refused may come with HTTP 200.
"""

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from shared.cloud.api import Action, Api
from shared.cloud.faults import classify
from shared.cloud.redact import redact
from shared.domain.certificates import Certificate, identifier_of
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError
from shared.products.kit.base import Answer
from shared.products.kit.legacy import WholeExchange
from shared.products.kit.unchanged import Unchanged

#: What UpdateDomain takes beside the certificate.
_SETTINGS: Final = (
    *("protocol", "forceHttps", "caCertIdentifier", "clientCACert", "mTLSEnabled"),
    *("http2Option", "tlsMin", "tlsMax", "tlsCipherSuitesConfig", "domainScope"),
)
#: What of a domain changes with its certificate.
_OF_CERTIFICATE: Final = (
    *("certIdentifier", "certName", "issuer", "sans", "algorithm", "notBeforeTimestamp"),
    *("notAfterTimstamp", "certDetailStatus", "certDetailErrorCode", "certDetailErrorMessage"),
    *("updatetimestamp", "statisticsInfo"),
)
_OWNERS: Final = ("", "console", "api", "openapi")  #: [guess] of domains that are their user's own


class CloudNativeDomains(WholeExchange):
    product = CloudProduct.API_GATEWAY
    api = Api(
        "apig",
        "2024-03-27",
        "ROA",
        ram="apig",
        hosts="apig.{region}.aliyuncs.com",
        regions=(
            *("cn-hangzhou", "cn-shanghai", "cn-beijing", "cn-shenzhen", "cn-zhangjiakou", "cn-qingdao"),
            *("cn-chengdu", "cn-guangzhou", "cn-wulanchabu", "cn-heyuan", "cn-hongkong"),
            *("ap-southeast-1", "ap-southeast-3", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7"),
            *("ap-northeast-1", "ap-northeast-2", "eu-central-1", "eu-west-1", "us-east-1", "us-west-1"),
            *("me-east-1", "me-central-1"),
        ),
    )
    actions: ClassVar = {
        action.name: action
        for action in (
            Action("ListGateways", method="GET", path="/v1/gateways"),
            Action("ListDomains", method="GET", path="/v1/domains"),
            Action("GetDomain", method="GET", path="/v1/domains/{domainId}"),
            Action("UpdateDomain", method="PUT", path="/v1/domains/{domainId}", place="json", writes=True),
        )
    }
    page_size = 50
    gone = frozenset({"databaseerror.recordnotfound"})

    def discover(self, region: str) -> Iterator[CloudResource]:
        addresses = dict(self._addresses(region))
        for row in self._rows("ListDomains", region):
            if not _is_default(row):
                yield self._resource(region, row, addresses.get(row["domainId"], ""))

    def _read(self, resource: CloudResource) -> CloudResource | None:
        return self._resource(resource.region, self._domain(resource), resource.endpoint)

    def settled(self, resource: CloudResource) -> bool:
        """Only the list tells a domain's status."""
        rows = self._rows("ListDomains", resource.region, nameLike=resource.instance_name)
        return any(row["domainId"] == resource.instance_id and row["status"] == "Published" for row in rows)

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        before = self._domain(resource)
        if obstacle := _obstacle(before) or (before.get("default") and "it is the default domain"):
            raise CloudRejectedError("UpdateDomain", "NotDeployable", obstacle)
        with Unchanged(
            "UpdateDomain",
            resource.slot,
            self._waiter,
            before,
            read=lambda: self._domain(resource),
            put_back=lambda lost: self._update(resource, before, before["certIdentifier"]),
            shown=lambda now: identifier_of(now.get("certIdentifier") or "") == certificate.identifier,
            settled=lambda: self.settled(resource),
            ignore=_OF_CERTIFICATE,
        ):
            self._update(resource, before, certificate.identifier)

    def _update(self, resource: CloudResource, settings: Answer, identifier: str) -> None:
        kept = {name: settings[name] for name in _SETTINGS if settings.get(name) is not None}
        answer = self._call_at(
            "UpdateDomain",
            resource.region,
            {"domainId": resource.instance_id},
            **kept,
            certIdentifier=identifier,
        )
        _opened("UpdateDomain", answer)

    def _domain(self, resource: CloudResource) -> Answer:
        answer = self._call_at("GetDomain", resource.region, {"domainId": resource.instance_id})
        return dict(_opened("GetDomain", answer))

    def _addresses(self, region: str) -> Iterator[tuple[str, str]]:
        """The domains that can be met from outside, by id, each with one address."""
        for gateway in self._rows("ListGateways", region):
            if gateway["status"] == "Running" and (address := _public(gateway)):
                for row in self._rows("ListDomains", region, gatewayId=gateway["gatewayId"]):
                    yield row["domainId"], f"{address}:443"

    def _rows(self, action: str, region: str, **params: Any) -> Iterator[Answer]:
        number = 1
        while True:
            answer = self._call(action, region, pageNumber=number, pageSize=self.page_size, **params)
            page = _opened(action, answer)
            yield from page["items"]
            if number * self.page_size >= int(page["totalSize"]):
                return
            number += 1

    def _resource(self, region: str, row: Answer, endpoint: str) -> CloudResource:
        identifier = identifier_of(row.get("certIdentifier") or "")
        return CloudResource(
            product=self.product,
            region=region,
            resource_id=row["domainId"],
            instance_id=row["domainId"],
            instance_name=row["name"],
            domains=(row["name"],),
            https=bool(identifier),
            cert_identifier=identifier,
            endpoint=endpoint,
            obstacle=_obstacle(row),
        )


def _opened(action: str, answer: Answer) -> Any:
    """What the answer's envelope holds.

    Raises:
        CloudError: the kind that its code means, if that is another than Ok.
    """
    code = str(answer.get("code") or "Ok")
    if code.lower() in ("ok", "success", "200"):
        return answer["data"]
    message, request_id = str(answer.get("message") or ""), str(answer.get("requestId") or "-")
    raise classify(code, 400)(action, redact(code), redact(message), redact(request_id))


def _public(gateway: Answer) -> str:
    balancers = gateway.get("loadBalancers") or []
    public = (row.get("address") for row in balancers if row.get("addressType") == "Internet")
    return next((address for address in public if address), "")


def _is_default(row: Answer) -> bool:
    """The domain that answers all other names, which every region has."""
    return bool(row["name"] == "*")


def _obstacle(row: Answer) -> str:
    owner = row.get("createFrom") or ""
    if owner.lower() not in _OWNERS:
        return f"the domain was made by {owner}, which would undo a change; change it there"
    return ""
