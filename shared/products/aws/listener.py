"""HTTPS and TLS listeners of ELBv2: the default certificate and each additional one are slots.

One whose certificate was imported into ACM follows that one. Otherwise (issued by Amazon, or of IAM) the
new certificate is imported as a further one, and takes the place: added first, then the old one removed.
"""

from collections.abc import Iterator

from shared.domain.certificates import Certificate
from shared.domain.resources import CloudResource, SlotRole
from shared.errors import CloudUnavailableError
from shared.products.aws.account import Leaf, Listener, Region
from shared.products.aws.kind import AwsKind


class Listeners(AwsKind):
    def within(self, region: str, holder: Region) -> Iterator[CloudResource]:
        for listener in holder.listeners:
            for arn in listener.arns:
                yield self._slot(listener, arn, holder)

    def _slot(self, listener: Listener, arn: str, region: Region) -> CloudResource:
        default = arn == listener.arns[0]
        slot = CloudResource(
            product=self.product,
            region=region.name,
            resource_id=listener.arn if default else f"{listener.arn}/{arn}",
            instance_id=listener.balancer["LoadBalancerArn"],
            instance_name=listener.balancer["LoadBalancerName"],
            listener_id=listener.arn,
            port=listener.port,
            role=SlotRole.DEFAULT if default else SlotRole.ADDITIONAL,
            domains_of_certificate=True,
            endpoint=listener.endpoint,
        )
        return self._held(slot, arn, region)[0]

    def _held(self, slot: CloudResource, arn: str, region: Region) -> tuple[CloudResource, Leaf]:
        leaf = region.leaf(arn)
        slot = slot.evolve(obstacle=self._follows(arn, region))
        return self._carrying(slot, leaf), leaf

    def _placed(self, resource: CloudResource, region: Region) -> tuple[CloudResource, Leaf | None] | None:
        default, additional = self._now(resource, region)
        if resource.role is SlotRole.DEFAULT:
            return self._held(resource, default, region)
        old = _arn(resource)
        return self._held(resource, old, region) if old in additional else None

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        """An additional slot is named by its certificate: a further one has come in the old one's place."""
        found = super().successor(resource, certificate)
        if found is not None or resource.role is SlotRole.DEFAULT or self.read(resource) is not None:
            return found
        region = self._region(resource.region)
        for arn in self._now(resource, region)[1]:
            if certificate.fingerprint in region.leaf(arn).fingerprints:
                slot = resource.evolve(resource_id=f"{resource.listener_id}/{arn}")
                held = self._held(slot, arn, region)[0]
                return held.evolve(cert_identifier=certificate.identifier)
        return None

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        region, listener = self._region(resource.region), resource.listener_id
        new = self._in_acm(certificate, region)
        default, additional = self._now(resource, region)
        if resource.role is SlotRole.DEFAULT:
            try:
                self._set("ModifyListener", region, listener, new)
            except CloudUnavailableError:
                self._put_back(resource, region, additional, new)  # it may have been made all the same
                raise
            self._put_back(resource, region, additional, new)
            return
        if new not in (default, *additional):
            self._set("AddListenerCertificates", region, listener, new)
        old = _arn(resource)
        if old in self._now(resource, region)[1] and old != new:
            self._set("RemoveListenerCertificates", region, listener, old)

    def _put_back(self, resource: CloudResource, region: Region, additional: list[str], new: str) -> None:
        """A new default leaves the others, by the documentation; if not, they come back."""
        kept = self._now(resource, region)[1]
        for arn in additional:
            if arn not in (*kept, new):
                self._set("AddListenerCertificates", region, resource.listener_id, arn)

    def _set(self, action: str, region: Region, listener: str, arn: str) -> None:
        self.aws.call(action, region.name, ListenerArn=listener, Certificates=[{"CertificateArn": arn}])

    def _now(self, resource: CloudResource, region: Region) -> tuple[str, list[str]]:
        """ARNs of the listener's default certificate and of the others."""
        arn = resource.listener_id
        (row,) = self.aws.call("DescribeListeners", region.name, ListenerArns=[arn])["Listeners"]
        default: str = row["Certificates"][0]["CertificateArn"]
        return default, region.additional(arn, default)


def _arn(resource: CloudResource) -> str:
    """The certificate by which an additional slot is named."""
    return resource.resource_id.removeprefix(f"{resource.listener_id}/")
