"""OSS: one slot per custom domain of a bucket. The handle is the CertIdentifier, `<id>-<site region>`."""

from collections.abc import Iterator
from typing import Any, ClassVar

from shared.cloud import oss
from shared.domain.certificates import Certificate, identifier_of
from shared.domain.names import normalize
from shared.domain.resources import CloudProduct, CloudResource
from shared.products.kit.legacy import WholeExchange
from shared.products.kit.means import Means
from shared.products.kit.times import parse_time


class Adapter(WholeExchange):
    product = CloudProduct.OSS
    api = oss.API
    actions: ClassVar = {action.name: action for action in (oss.LIST_BUCKETS, oss.LIST_CNAME, oss.PUT_CNAME)}
    also_granted = frozenset(  # PutCname with a certificate reads it from CAS in the caller's name
        {
            "yundun-cert:DescribeSSLCertificatePrivateKey",
            "yundun-cert:DescribeSSLCertificatePublicKeyDetail",
            "yundun-cert:CreateSSLCertificate",
        }
    )

    page_size = 1000
    gone = frozenset({"nosuchbucket"})

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._oss = oss.Oss(means.client)

    def discover(self, region: str) -> Iterator[CloudResource]:
        for bucket in self._oss.list_buckets(self.page_size):
            location = bucket.region or bucket.location.removeprefix("oss-")
            endpoint = f"{bucket.name}.{bucket.extranet_endpoint}:443"
            for cname in self._oss.list_cname(bucket.name, location):
                yield self._resource(bucket.name, location, endpoint, cname)

    def _read(self, resource: CloudResource) -> CloudResource | None:
        bucket, location = resource.instance_id, resource.location
        for cname in self._oss.list_cname(bucket, location):
            if normalize(cname.domain) == resource.domains[0]:
                return self._resource(bucket, location, resource.endpoint, cname)
        return None

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        self._oss.put_cname(
            resource.instance_id,
            resource.location,
            resource.resource_id.partition("/")[2],
            cert_id=certificate.identifier,
            previous_cert_id=resource.cert_identifier,
        )

    def _resource(self, bucket: str, location: str, endpoint: str, cname: Any) -> CloudResource:
        certificate = cname.certificate
        disabled = (cname.status or "Enabled") != "Enabled"
        return CloudResource(
            product=self.product,
            location=location,
            resource_id=f"{bucket}/{cname.domain}",
            instance_id=bucket,
            domains=(cname.domain,),
            https=certificate is not None,
            cert_identifier=identifier_of(certificate.cert_id or "") if certificate else "",
            cert_not_after=parse_time(certificate.valid_end_date) if certificate else None,
            endpoint=endpoint,
            obstacle=f"the domain is {cname.status} in OSS; enable it first" if disabled else "",
        )
