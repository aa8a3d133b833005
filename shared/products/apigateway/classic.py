"""The traditional API Gateway (CloudAPI 2016-07-14): one slot per custom domain of an API group.

It takes PEM with private key, and never tells an id of CAS. So each certificate is named after the
CAS certificate that it is, and else known again by its fingerprint. `DescribeDomain` may answer with
the private key: nothing of its answer but the certificate leaves `_leaf`.
"""

from collections.abc import Iterator, Set
from functools import partial
from typing import ClassVar, Final

from shared.cloud.api import Action, Api
from shared.cloud.reading import Fields
from shared.cloud.tls import Leaf
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError
from shared.products.apigateway import fields as words
from shared.products.apigateway.fields import NOTHING, Held
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Change, Look, carrying
from shared.products.kit.fingerprints import identifier_of_leaf, leaf_of, same
from shared.products.kit.found import Found
from shared.products.kit.key_pairs import KeyPairs
from shared.products.kit.means import Means
from shared.products.kit.others import others
from shared.products.kit.polled import Polled
from shared.products.kit.settings import picked

#: Settings of a domain that SetDomain, SetWildcardDomainPatterns or SetDomainCertificate set. What else
#: a group tells of a domain the gateway finds out by itself.
_SETTABLE: Final = (
    *("BindStageName", "CustomDomainType", "IsHttpRedirectToHttps", "WildcardDomainPatterns"),
    *words.MUTUAL,
)
_OF_CERTIFICATE: Final = (
    *("CertificateId", "CertificateName", "CertificateValidStart", "CertificateValidEnd"),
)
_REGIONS: Final = (
    *("ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3"),
    *("ap-southeast-5", "cn-beijing", "cn-chengdu", "cn-guangzhou", "cn-hangzhou", "cn-heyuan"),
    *("cn-hongkong", "cn-huhehaote", "cn-qingdao", "cn-shanghai", "cn-shenzhen", "cn-wulanchabu"),
    *("cn-zhangjiakou", "eu-central-1", "eu-west-1", "me-east-1", "us-east-1", "us-west-1"),
)


class ClassicDomains(ProductAdapter):
    product = CloudProduct.API_GATEWAY
    api = Api(
        "cloudapi",
        "2016-07-14",
        "RPC",
        ram="apigateway",
        hosts="apigateway.{region}.aliyuncs.com",
    )
    actions: ClassVar = {
        action.name: action
        for action in (
            Action("DescribeRegions", of_discovery=True),
            Action("DescribeApiGroups", of_discovery=True),
            Action("DescribeApiGroup"),
            Action("DescribeDomain"),
            Action("SetDomainCertificate", place="form", writes=True),
        )
    }
    also_granted = frozenset({"yundun-cert:GetUserCertificateDetail"})
    likely_regions = _REGIONS
    page_size = 50
    gone = frozenset({"notfoundapigroup", "invalidgroupid.notfound", "notfounddomain"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._pairs = KeyPairs(means.client, traditional=True)
        #: by region and id
        self._groups: dict[tuple[str, str], Polled[tuple[Fields, Fields]]] = {}

    def regions(self) -> list[str]:
        answer = self._call("DescribeRegions", "cn-hangzhou")  # any region lists all
        rows = answer.rows("Regions", "Region")
        if not rows:
            raise answer.source.below("Regions").unreadable("it is missing")
        return [row.needed("RegionId") for row in rows]

    def discover(self, region: str) -> Iterator[Found]:
        rows = self._numbered_rows(
            "DescribeApiGroups", region, at=("ApiGroupAttributes", "ApiGroupAttribute")
        )
        yield from self._each_once(rows, partial(self._of_group, region), "GroupId")

    def _of_group(self, region: str, row: Fields) -> Iterator[Found]:
        group = self._group_of(region, row.needed("GroupId"))

        def slot(domain: Fields) -> Iterator[CloudResource]:
            yield self._resource(region, group, domain, self._held(region, group, domain))

        yield from self._each(group.rows("CustomDomains", "DomainItem"), "DomainName", slot)

    def _group_of(self, region: str, group_id: str) -> Fields:
        """With its id in any case."""
        group = self._call("DescribeApiGroup", region, GroupId=group_id)
        group["GroupId"] = group_id
        return group

    def _look(self, change: Change) -> Look | None:
        """A group tells of all its domains, but not of their PEM."""
        resource, wanted = change.resource, change.wanted
        found = self._group(resource).of(_domain_name(resource))
        if found is None:
            return None
        group, domain = found
        held = NOTHING
        if domain.text("CertificateId"):
            held = self._by_pem(resource.region, group, domain, wanted)
        return Look(
            carrying(change, held.identifier),
            self._resource(resource.region, group, domain, held),
            settings=picked(domain, _SETTABLE),
            others=others(domain, _SETTABLE, _OF_CERTIFICATE),
        )

    def _write(self, change: Change, look: Look) -> None:
        if obstacle := words.mutual_tls(look.settings or {}):
            raise CloudRejectedError("SetDomainCertificate", "NotDeployable", obstacle)
        self._set(change)

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        """The certificate alone: it is not documented that a change could take settings along."""
        self._set(change)

    def _set(self, change: Change) -> None:
        assert change.wanted is not None, "a first deployment is refused"
        resource, pair = change.resource, self._pairs.of(change.wanted)
        try:
            self._call(
                "SetDomainCertificate",
                resource.region,
                GroupId=resource.instance_id,
                DomainName=_domain_name(resource),
                CertificateName=words.name_of(change.wanted.identifier),
                CertificateBody=pair.certificate_pem,
                CertificatePrivateKey=pair.key.reveal(),
            )
        finally:
            self._group(resource).changed(_domain_name(resource))

    def _group(self, resource: CloudResource) -> Polled[tuple[Fields, Fields]]:
        """The domains of a group by name, each with the group."""
        region, group_id = resource.region, resource.instance_id

        def read() -> dict[str, tuple[Fields, Fields]]:
            group = self._group_of(region, group_id)
            rows = group.rows("CustomDomains", "DomainItem")
            return {row.needed("DomainName"): (group, row) for row in rows}

        return self._groups.setdefault((region, group_id), Polled(read))

    def _held(self, region: str, group: Fields, domain: Fields) -> Held:
        """Told by a name that we gave, if CAS's certificate of that name ends as this one does."""
        if not domain.text("CertificateId"):
            return NOTHING
        named, end = self._by_name(domain.text("CertificateName")), words.end_of(domain)
        if named and named.not_after == end:
            return Held(named.identifier, end)
        return self._by_pem(region, group, domain)

    def _by_name(self, name: str) -> Certificate | None:
        """What a name of ours says; nothing by another."""
        ours = words.named(name)
        return self._catalogue.by_identifier(ours) if ours else None

    def _by_pem(self, region: str, group: Fields, domain: Fields, wanted: Certificate | None = None) -> Held:
        """CAS may hold the same certificate twice: the one that is meant counts."""
        name = domain.text("CertificateName")
        leaf = self._leaf(region, group, domain)
        end = words.end_of(domain) or (leaf.not_after if leaf else None)
        for likely in (wanted, self._by_name(name)):
            if likely and leaf and same(leaf, likely):
                return Held(likely.identifier, end)
        key = leaf.key if leaf else ""
        return Held(identifier_of_leaf(self._catalogue, leaf, f"upload:{name}"), end, key)

    def _leaf(self, region: str, group: Fields, domain: Fields) -> Leaf | None:
        """The certificate in place, where it can be read."""
        names = {"GroupId": group["GroupId"], "DomainName": domain.needed("DomainName")}
        answer = self._call("DescribeDomain", region, **names)
        answer.pop("CertificatePrivateKey", None)  # goes no further, whatever happens next
        return leaf_of(answer.text("CertificateBody"))

    def _resource(self, region: str, group: Fields, domain: Fields, held: Held) -> CloudResource:
        name, address = domain.needed("DomainName"), group.text("SubDomain")
        internal = domain.text("CustomDomainType").upper() == "INTRANET"
        return CloudResource(
            product=self.product,
            region=region,
            resource_id=f"{group['GroupId']}/{name}",
            instance_id=group["GroupId"],
            instance_name=group.text("GroupName"),
            domains=(name,),
            https=bool(held.identifier),
            cert_identifier=held.identifier,
            cert_not_after=held.not_after,
            cert_key=held.key,
            endpoint=f"{address}:443" if address and not internal else "",
            writer_id=group["GroupId"],  # a second change of a group is a RepeatedCommit
            obstacle=words.mutual_tls(domain) or words.unbound(domain),
        )


def _domain_name(resource: CloudResource) -> str:
    """As API Gateway writes it."""
    return resource.resource_id.partition("/")[2]
