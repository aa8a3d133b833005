"""OSS: one slot per custom domain of a bucket. The handle is the CertIdentifier, `<id>-<site region>`."""

from collections.abc import Iterator
from typing import Any, ClassVar

from shared.cloud import oss
from shared.domain.certificates import identifier_of
from shared.domain.names import normalize
from shared.domain.resources import CloudProduct, CloudResource
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Change, Look, carrying
from shared.products.kit.means import Means
from shared.products.kit.polled import Polled
from shared.products.kit.times import parse_time


class Adapter(ProductAdapter):
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
        self._buckets: dict[str, Polled[Any]] = {}

    def discover(self, region: str) -> Iterator[CloudResource]:
        for bucket in self._oss.list_buckets(self.page_size):
            location = bucket.region or bucket.location.removeprefix("oss-")
            endpoint = f"{bucket.name}.{bucket.extranet_endpoint}:443"
            for cname in self._oss.list_cname(bucket.name, location):
                yield self._resource(bucket.name, location, endpoint, cname)

    def _look(self, change: Change) -> Look | None:
        """The list tells all domains of a bucket: it is read once for all that want to know."""
        resource = change.resource
        cname = self._bucket(resource.instance_id, resource.location).of(resource.domains[0])
        if cname is None:
            return None
        slot = self._resource(resource.instance_id, resource.location, resource.endpoint, cname)
        return Look(carrying(change, slot.cert_identifier), slot)

    def _write(self, change: Change, look: Look) -> None:
        resource = change.resource
        assert change.wanted is not None, "its certificate is never taken off"
        try:
            self._oss.put_cname(
                resource.instance_id,
                resource.location,
                resource.resource_id.partition("/")[2],
                cert_id=change.wanted.identifier,
                previous_cert_id=resource.cert_identifier,
            )
        finally:
            self._bucket(resource.instance_id, resource.location).changed(resource.domains[0])

    def _bucket(self, name: str, location: str) -> Polled[Any]:
        def read() -> dict[str, Any]:
            return {normalize(cname.domain): cname for cname in self._oss.list_cname(name, location)}

        return self._buckets.setdefault(name, Polled(read))

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
