"""The traditional API Gateway (CloudAPI 2016-07-14): one slot per custom domain of an API group.

It takes PEM with private key, and never tells an id of CAS. So each certificate is named after the
CAS certificate that it is, and else known again by its fingerprint. `DescribeDomain` may answer with
the private key: nothing of its answer but fingerprints leaves `_fingerprints`.
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from shared.cloud.api import Action, Api
from shared.cloud.cas import Cas
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError
from shared.products.apigateway import fields as words
from shared.products.kit.base import Answer
from shared.products.kit.fingerprints import fingerprints, identifier_by
from shared.products.kit.legacy import WholeExchange
from shared.products.kit.unchanged import Unchanged, in_cas

_CERTIFICATE: Final = (
    "CertificateId",
    "CertificateName",
    "CertificateValidStart",
    "CertificateValidEnd",
)
#: What the gateway finds out by itself.
_OBSERVED: Final = ("DomainCNAMEStatus", "DomainLegalStatus", "DomainRemark")


class ClassicDomains(WholeExchange):
    product = CloudProduct.API_GATEWAY
    api = Api("cloudapi", "2016-07-14", "RPC", ram="apigateway", hosts="apigateway.{region}.aliyuncs.com")
    actions: ClassVar = {
        action.name: action
        for action in (
            Action("DescribeRegions"),
            Action("DescribeApiGroups"),
            Action("DescribeApiGroup"),
            Action("DescribeDomain"),
            Action("SetDomainCertificate", place="form", writes=True),
        )
    }
    also_granted = frozenset({"yundun-cert:GetUserCertificateDetail"})
    page_size = 50
    gone = frozenset({"notfoundapigroup", "invalidgroupid.notfound", "notfounddomain"})

    def regions(self) -> list[str]:
        answer = self._call("DescribeRegions", "cn-hangzhou")  # any region lists all
        return [row["RegionId"] for row in answer["Regions"]["Region"]]

    def discover(self, region: str) -> Iterator[CloudResource]:
        for page in self._numbered_pages("DescribeApiGroups", region):
            for row in page["ApiGroupAttributes"]["ApiGroupAttribute"]:
                group = self._call("DescribeApiGroup", region, GroupId=row["GroupId"])
                for domain in group["CustomDomains"]["DomainItem"]:
                    yield self._resource(region, group, domain, self._identifier(region, group, domain))

    def _read(self, resource: CloudResource) -> CloudResource | None:
        group, domain = self._domain(resource)
        if domain is None:
            return None
        identifier = self._by_pem(resource.region, group, domain) if domain.get("CertificateId") else ""
        return self._resource(resource.region, group, domain, identifier)

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        """CAS may hold the same certificate twice: the one that is meant counts."""
        group, domain = self._domain(resource)
        if domain is None or not domain.get("CertificateId"):
            return None
        identifier = self._by_pem(resource.region, group, domain, certificate)
        found = self._resource(resource.region, group, domain, identifier)
        return found if identifier == certificate.identifier else None

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        _, before = self._domain(resource)
        if before is None:
            raise CloudRejectedError("SetDomainCertificate", "NotFoundDomain", f"{resource.slot} is gone")
        if obstacle := words.mutual_tls(before):
            raise CloudRejectedError("SetDomainCertificate", "NotDeployable", obstacle)
        held, name = before.get("CertificateId"), words.name_of(certificate.identifier)
        with Unchanged(
            "SetDomainCertificate",
            resource.slot,
            self._waiter,
            before,
            read=lambda: self._domain(resource)[1] or {},
            put_back=lambda lost: self._put_back(resource),
            shown=lambda now: now.get("CertificateName") == name or now.get("CertificateId") != held,
            ignore=(*_CERTIFICATE, *_OBSERVED),
        ):
            self._set(resource, certificate)

    def _put_back(self, resource: CloudResource) -> None:
        previous = self._catalogue.by_identifier(resource.cert_identifier)
        self._set(resource, in_cas(previous, "SetDomainCertificate"))

    def _set(self, resource: CloudResource, certificate: Certificate) -> None:
        pair = Cas(self._client, certificate.store).key_pair(certificate.cert_id)
        self._call(
            "SetDomainCertificate",
            resource.region,
            GroupId=resource.instance_id,
            DomainName=_domain_name(resource),
            CertificateName=words.name_of(certificate.identifier),
            CertificateBody=pair.certificate_pem,
            CertificatePrivateKey=pair.key.reveal(),
        )

    def _domain(self, resource: CloudResource) -> tuple[Answer, Answer | None]:
        """The group and the domain as they are now."""
        group = self._call("DescribeApiGroup", resource.region, GroupId=resource.instance_id)
        name = _domain_name(resource)
        rows = (dict(row) for row in group["CustomDomains"]["DomainItem"])
        return group, next((row for row in rows if row["DomainName"] == name), None)

    def _identifier(self, region: str, group: Answer, domain: Answer) -> str:
        """Told by a name that we gave, if CAS's certificate of that name ends as this one does."""
        if not domain.get("CertificateId"):
            return ""
        named = self._by_name(domain.get("CertificateName") or "")
        if named and named.not_after == words.moment(domain.get("CertificateValidEnd")):
            return named.identifier
        return self._by_pem(region, group, domain)

    def _by_name(self, name: str) -> Certificate | None:
        """What a name of ours says; nothing by another."""
        ours = words.named(name)
        return self._catalogue.by_identifier(ours) if ours else None

    def _by_pem(self, region: str, group: Answer, domain: Answer, expected: Certificate | None = None) -> str:
        name = domain.get("CertificateName") or ""
        prints = self._fingerprints(region, group, domain)
        likely = expected or self._by_name(name)
        if likely and likely.fingerprint in prints:
            return likely.identifier
        return identifier_by(self._catalogue, prints, f"upload:{name}")

    def _fingerprints(self, region: str, group: Answer, domain: Answer) -> tuple[str, ...]:
        """Of the certificate in place."""
        names = {"GroupId": group["GroupId"], "DomainName": domain["DomainName"]}
        answer = self._call("DescribeDomain", region, **names)
        answer.pop("CertificatePrivateKey", None)  # goes no further, whatever happens next
        return fingerprints(answer["CertificateBody"])

    def _resource(self, region: str, group: Answer, domain: Answer, identifier: str) -> CloudResource:
        name, address = domain["DomainName"], group.get("SubDomain")
        internal = (domain.get("CustomDomainType") or "").upper() == "INTRANET"
        return CloudResource(
            product=self.product,
            region=region,
            resource_id=f"{group['GroupId']}/{name}",
            instance_id=group["GroupId"],
            instance_name=group.get("GroupName") or "",
            domains=(name,),
            https=bool(identifier),
            cert_identifier=identifier,
            cert_not_after=words.moment(domain.get("CertificateValidEnd")),
            endpoint=f"{address}:443" if address and not internal else "",
            writer_id=group["GroupId"],  # a second change of a group is a RepeatedCommit
            obstacle=words.mutual_tls(domain) or words.unbound(domain),
        )


def _domain_name(resource: CloudResource) -> str:
    """As API Gateway writes it."""
    return resource.resource_id.partition("/")[2]
