"""CDN (API 2018-05-10): one slot per accelerated domain. A wildcard domain is written `.example.com`."""

from collections.abc import Iterator
from typing import ClassVar

from shared.cloud.api import Action, Api
from shared.domain.certificates import Certificate, cert_id_of, identifier_of
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError
from shared.products.base import Answer, ProductAdapter
from shared.products.times import parse_time

_UNDEPLOYABLE = ("offline", "checking", "check_failed", "stopping", "deleting", "configure_failed")


class Adapter(ProductAdapter):
    product = CloudProduct.CDN
    api = Api("cdn", "2018-05-10", "RPC", ram="cdn")
    actions: ClassVar = {
        "DescribeUserDomains": Action("DescribeUserDomains", per_second=100),
        "DescribeDomainCertificateInfo": Action("DescribeDomainCertificateInfo", per_second=100),
        "DescribeCdnDomainDetail": Action("DescribeCdnDomainDetail", per_second=30),
        "SetCdnDomainSSLCertificate": Action("SetCdnDomainSSLCertificate", writes=True, per_second=30),
    }
    page_size = 500
    gone = frozenset({"invaliddomain.notfound"})

    def discover(self, region: str) -> Iterator[CloudResource]:
        for page in self._numbered_pages("DescribeUserDomains"):
            for row in page["Domains"]["PageData"]:
                info = self._info(row["DomainName"]) if row["SslProtocol"] == "on" else {}
                yield self._resource(row["DomainName"], row["DomainStatus"], row["Cname"], info)

    def _read(self, resource: CloudResource) -> CloudResource | None:
        name = resource.resource_id
        detail = self._call("DescribeCdnDomainDetail", DomainName=name)["GetDomainDetailModel"]
        return self._resource(name, detail["DomainStatus"], detail["Cname"], self._info(name))

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        """From the certificate alone: one call, where `read` needs two."""
        bound = _identifier(self._info(resource.resource_id))
        changes = {"cert_identifier": bound, "https": True}
        return resource.model_copy(update=changes) if bound == certificate.identifier else None

    def settled(self, resource: CloudResource) -> bool:
        answer = self._call("DescribeCdnDomainDetail", DomainName=resource.resource_id)
        status = answer["GetDomainDetailModel"]["DomainStatus"]
        if status == "configure_failed":
            raise CloudRejectedError("SetCdnDomainSSLCertificate", status, resource.resource_id)
        return bool(status == "online")

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        self._call(
            "SetCdnDomainSSLCertificate",
            DomainName=resource.resource_id,
            SSLProtocol="on",
            CertType="cas",
            CertId=certificate.cert_id,
            CertRegion=certificate.store,
        )

    def _unbind(self, resource: CloudResource) -> None:
        self._call("SetCdnDomainSSLCertificate", DomainName=resource.resource_id, SSLProtocol="off")

    def _info(self, name: str) -> Answer:
        answer = self._call("DescribeDomainCertificateInfo", DomainName=name)
        for info in answer["CertInfos"]["CertInfo"]:
            if info.get("ServerCertificateStatus") == "on":
                return dict(info)
        return {}

    def _resource(self, name: str, status: str, cname: str, info: Answer) -> CloudResource:
        stopped = status in _UNDEPLOYABLE
        return CloudResource(
            product=self.product,
            resource_id=name,
            instance_id=name,
            domains=(name,),
            https=bool(info),
            cert_identifier=_identifier(info),
            cert_not_after=parse_time(info.get("CertExpireTime")),
            endpoint=f"{cname}:443" if cname else "",
            obstacle=f"the domain is {status}; bring it online first" if stopped else "",
        )


def _identifier(info: Answer) -> str:
    if not info:
        return ""
    found = identifier_of(info.get("CertId") or "", info.get("CertRegion") or "cn-hangzhou")
    # Uploaded in the product: CAS does not know it.
    return found if cert_id_of(found) is not None else f"upload:{info.get('CertName', '')}"
