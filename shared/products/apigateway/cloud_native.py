"""The cloud-native API gateway (APIG 2024-03-27): one slot per domain of a region.

`UpdateDomain` replaces the whole domain, so everything that it takes is read and sent again. A domain
is met at the public address of a gateway that serves it. What is refused may come with HTTP 200.
"""

from collections.abc import Iterator, Set
from typing import Any, ClassVar, Final

from shared.cloud.api import Action, Api
from shared.cloud.reading import Fields
from shared.domain.names import host_names
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError
from shared.products.apigateway import cloud_native_fields as words
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Carries, Change, Look, Settings, carrying
from shared.products.kit.found import Found
from shared.products.kit.means import Means
from shared.products.kit.others import others
from shared.products.kit.paging import numbered_answers
from shared.products.kit.polled import Listed
from shared.products.kit.settings import picked

#: What UpdateDomain takes beside the certificate.
_SETTINGS: Final = (
    *("protocol", "forceHttps", "caCertIdentifier", "clientCACert", "mTLSEnabled"),
    *("http2Option", "tlsMin", "tlsMax", "tlsCipherSuitesConfig", "domainScope"),
)
_TOTAL: Final = "totalSize"
_PUBLISHED: Final = "Published"  #: the one status that is documented


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
            Action("ListGateways", of_discovery=True, method="GET", path="/v1/gateways"),
            Action("ListDomains", method="GET", path="/v1/domains"),
            Action("GetDomain", of_looks=True, method="GET", path="/v1/domains/{domainId}"),
            Action("UpdateDomain", method="PUT", path="/v1/domains/{domainId}", place="json", writes=True),
        )
    }
    page_size = 50
    gone = frozenset({"databaseerror.recordnotfound", "error.databaseerror.recordnotfound", "notfound"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._lists: dict[str, Listed[str]] = {}  #: by region
        self._rested: dict[str, str] = {}  #: by domain, the status in which a change of ours found it

    def discover(self, region: str) -> Iterator[Found]:
        addresses = dict(self._addresses(region))

        def slot(row: Fields) -> Iterator[CloudResource]:
            if row.needed("name") != "*":  # the domain that answers all other names, which every region has
                yield self._resource(region, row, addresses.get(row.needed("domainId"), ""))

        yield from self._each(self._rows("ListDomains", region), "name", slot)

    def _look(self, change: Change) -> Look:
        """Settled is a domain that is published, or as it was before the change: the list alone tells that.

        Other words for its status are not documented. Before a change nothing is awaited.
        """
        resource = change.resource
        row = self._domain(resource)
        identifier = words.identifier(row)
        carries = carrying(change, identifier)
        status = self._status(resource)
        if carries is Carries.EXPECTED and not change.begun:
            self._rested[resource.instance_id] = status
            settled = True
        else:
            settled = status == _PUBLISHED or words.at_rest(status, self._rested.get(resource.instance_id))
        return Look(
            carries,
            resource.evolve(
                domains=host_names([row.needed("name")]),
                https=bool(identifier),
                cert_identifier=identifier,
                obstacle=words.obstacle(row),
            ),
            settled,
            settings=picked(row, _SETTINGS, sets=("supportVersions",)),
            others=others(row, _SETTINGS, words.OF_CERTIFICATE),
            held=row,
        )

    def _write(self, change: Change, look: Look) -> None:
        row: Fields = look.held
        if obstacle := words.obstacle(row) or (row.flag("default") and "it is the default domain"):
            raise CloudRejectedError("UpdateDomain", "NotDeployable", obstacle)
        self._update(change, row)

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
        words.opened("UpdateDomain", answer)

    def _domain(self, resource: CloudResource) -> Fields:
        answer = self._call_at("GetDomain", resource.region, {"domainId": resource.instance_id})
        row = words.opened("GetDomain", answer)
        row.needed("name")  # a domain that tells nothing is no domain without certificate
        return row

    def _addresses(self, region: str) -> Iterator[tuple[str, str]]:
        """The domains that can be met from outside, by id, each with one address."""
        for gateway in self._rows("ListGateways", region):
            gateway_id, address = gateway.text("gatewayId"), words.public(gateway)
            if gateway_id and address and gateway.text("status") == "Running":
                for row in self._rows("ListDomains", region, gatewayId=gateway_id):
                    yield row.text("domainId"), f"{address}:443"

    def _status(self, resource: CloudResource) -> str:
        """ "" if the list does not tell."""
        if listed := self._listed(resource.region).of(resource.instance_id):
            return listed
        rows = self._rows("ListDomains", resource.region, nameLike=resource.instance_name)
        return next((r.text("status") for r in rows if r.text("domainId") == resource.instance_id), "")

    def _listed(self, region: str) -> Listed[str]:
        """The statuses of a region's domains, by id."""
        found = self._lists.get(region) or Listed(
            lambda: self._pages("ListDomains", region),
            lambda page: {row.text("domainId"): row.text("status") for row in page.rows("items")},
            lambda: self.page_size,
            total=_TOTAL,
        )
        return self._lists.setdefault(region, found)

    def _rows(self, action: str, region: str, **params: Any) -> Iterator[Fields]:
        for page in self._pages(action, region, **params):
            yield from page.rows("items")

    def _pages(self, action: str, region: str, **params: Any) -> Iterator[Fields]:
        """What the envelopes of a list hold."""

        def page(number: int) -> Fields:
            answer = self._call(action, region, pageNumber=number, pageSize=self.page_size, **params)
            return words.opened(action, answer)

        return numbered_answers(page, self.page_size, lambda found: found.rows("items"), _TOTAL)

    def _resource(self, region: str, row: Fields, endpoint: str) -> CloudResource:
        identifier, name = words.identifier(row), row.needed("name")
        return CloudResource(
            product=self.product,
            region=region,
            resource_id=row.needed("domainId"),
            instance_id=row.needed("domainId"),
            instance_name=name,
            domains=(name,),
            https=bool(identifier),
            cert_identifier=identifier,
            endpoint=endpoint,
            obstacle=words.obstacle(row),
        )
