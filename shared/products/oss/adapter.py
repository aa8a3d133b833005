"""OSS: one slot per custom domain of a bucket. The handle is the CertIdentifier, `<id>-<site region>`."""

from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar

from shared.cloud import oss
from shared.domain.certificates import identifier_of
from shared.domain.names import normalize
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import UnreadableAnswerError
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Change, Look, carrying
from shared.products.kit.found import Found, told
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

    def discover(self, region: str) -> Iterator[Found]:
        """A bucket that refuses, by a policy of its own for example, does not hide the others."""
        for bucket in self._oss.list_buckets(self.page_size):
            what = f"bucket {bucket.name}"
            yield from self._once(what, told(what, partial(self._slots, bucket)))

    def _slots(self, bucket: Any) -> Iterator[Found]:
        location = bucket.region or (bucket.location or "").removeprefix("oss-")
        if not bucket.name or not location:
            raise UnreadableAnswerError("ListBuckets", "Buckets.Bucket: Name or Region is missing")
        host = bucket.extranet_endpoint
        endpoint = f"{bucket.name}.{host}:443" if host else ""
        for cname in self._oss.list_cname(bucket.name, location):
            what = f"{bucket.name}/{cname.domain}"
            yield from told(what, partial(self._slot, bucket.name, location, endpoint, cname))

    def _slot(self, bucket: str, location: str, endpoint: str, cname: Any) -> Iterator[Found]:
        yield self._resource(bucket, location, endpoint, cname)

    def _look(self, change: Change) -> Look | None:
        """The list tells all domains of a bucket: it is read once for all that want to know."""
        resource = change.resource
        cname = self._bucket(resource.instance_id, resource.location).of(resource.domains[0])
        if cname is None:
            return None
        endpoint = f"{resource.instance_id}.{self.api.host(resource.location)}:443"
        slot = self._resource(resource.instance_id, resource.location, endpoint, cname)
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
            cnames = self._oss.list_cname(name, location)
            return {normalize(cname.domain): cname for cname in cnames if cname.domain}

        return self._buckets.setdefault(name, Polled(read))

    def _resource(self, bucket: str, location: str, endpoint: str, cname: Any) -> CloudResource:
        if not cname.domain:
            raise UnreadableAnswerError("ListCname", f"Cname.Domain: it is missing in {bucket}")
        certificate = cname.certificate
        disabled = (cname.status or "Enabled") != "Enabled"
        return CloudResource(
            product=self.product,
            location=location,
            resource_id=f"{bucket}/{cname.domain}",
            instance_id=bucket,
            domains=(cname.domain,),
            https=certificate is not None,
            cert_identifier=self._identifier(certificate) if certificate else "",
            cert_not_after=parse_time(certificate.valid_end_date) if certificate else None,
            endpoint=endpoint,
            obstacle=f"the domain is {cname.status} in OSS; enable it first" if disabled else "",
        )

    def _identifier(self, certificate: Any) -> str:
        if certificate.cert_id:
            return identifier_of(certificate.cert_id)
        told = (certificate.fingerprint or "").replace(":", "").lower()
        known = self._catalogue.by_fingerprint(told)
        return known.identifier if known else f"upload:{told or '?'}"
