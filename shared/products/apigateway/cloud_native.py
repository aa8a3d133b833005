"""The cloud-native API gateway (APIG 2024-03-27): one slot per domain of a region.

`UpdateDomain` replaces the whole domain, so everything that it takes is read and sent again. A domain
is met at the public address of a gateway that serves it. What is refused may come with HTTP 200.
"""

from collections.abc import Iterator, Mapping, Set
from typing import Any, ClassVar, Final

from shared.cloud.api import Action, Api
from shared.cloud.faults import classify
from shared.cloud.redact import redact
from shared.domain.certificates import identifier_of
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError
from shared.products.kit.base import Answer, ProductAdapter
from shared.products.kit.changes import Carries, Change, Look, Settings, carrying
from shared.products.kit.means import Means
from shared.products.kit.paging import numbered_pages
from shared.products.kit.polled import Listed

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


class CloudNativeDomains(ProductAdapter):
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

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._lists: dict[str, Listed[str]] = {}  #: by region

    def discover(self, region: str) -> Iterator[CloudResource]:
        addresses = dict(self._addresses(region))
        for row in self._rows("ListDomains", region):
            if not _is_default(row):
                yield self._resource(region, row, addresses.get(row["domainId"], ""))

    def _look(self, change: Change) -> Look:
        """Its status, which the list alone tells, is asked for once something is to have come of a change."""
        resource = change.resource
        row = self._domain(resource)
        slot = self._resource(resource.region, row, resource.endpoint)
        carries = carrying(change, slot.cert_identifier)
        awaited = change.begun or carries is not Carries.EXPECTED
        return Look(
            carries,
            slot,
            settled=not awaited or self._status(resource) == "Published",
            settings={name: value for name, value in row.items() if name not in _OF_CERTIFICATE},
        )

    def _write(self, change: Change, look: Look) -> None:
        settings = look.settings or {}
        if obstacle := _obstacle(settings) or (settings.get("default") and "it is the default domain"):
            raise CloudRejectedError("UpdateDomain", "NotDeployable", obstacle)
        self._update(change, settings)

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        self._update(change, change.before or {})

    def _update(self, change: Change, settings: Settings) -> None:
        assert change.wanted is not None, "a first deployment is refused"
        resource = change.resource
        kept = {name: settings[name] for name in _SETTINGS if settings.get(name) is not None}
        try:
            answer = self._call_at(
                "UpdateDomain",
                resource.region,
                {"domainId": resource.instance_id},
                **kept,
                certIdentifier=change.wanted.identifier,
            )
        finally:
            self._listed(resource.region).changed(resource.instance_id)
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

    def _status(self, resource: CloudResource) -> str:
        if listed := self._listed(resource.region).of(resource.instance_id):
            return listed
        rows = self._rows("ListDomains", resource.region, nameLike=resource.instance_name)
        return next((row["status"] for row in rows if row["domainId"] == resource.instance_id), "")

    def _listed(self, region: str) -> Listed[str]:
        """The statuses of a region's domains, by id."""
        found = self._lists.get(region) or Listed(
            lambda: self._pages("ListDomains", region),
            lambda page: {row["domainId"]: row["status"] for row in page["items"]},
            lambda: self.page_size,
        )
        return self._lists.setdefault(region, found)

    def _rows(self, action: str, region: str, **params: Any) -> Iterator[Answer]:
        for page in self._pages(action, region, **params):
            yield from page["items"]

    def _pages(self, action: str, region: str, **params: Any) -> Iterator[Answer]:
        """As `_numbered_pages`, in the words of this API."""

        def page(number: int) -> Answer:
            answer = self._call(action, region, pageNumber=number, pageSize=self.page_size, **params)
            opened = _opened(action, answer)
            return {**opened, "TotalCount": opened["totalSize"]}

        return numbered_pages(page, self.page_size)

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


def _obstacle(row: Mapping[str, Any]) -> str:
    owner = row.get("createFrom") or ""
    if owner.lower() not in _OWNERS:
        return f"the domain was made by {owner}, which would undo a change; change it there"
    return ""
