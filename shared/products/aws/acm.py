"""Imported ACM certificates: a slot each, renewed in place. What uses the ARN need not be touched."""

from collections.abc import Iterator
from typing import NamedTuple

from shared.domain.certificates import Certificate
from shared.domain.names import covers
from shared.domain.resources import CloudResource
from shared.errors import CloudRejectedError
from shared.products.aws.account import Leaf, Region
from shared.products.aws.kind import AwsKind


class Imported(AwsKind):
    def within(self, region: str, holder: Region) -> Iterator[CloudResource]:
        for arn in holder.imported:
            leaf = holder.leaf(arn)
            where = _met(arn, leaf, holder)
            slot = CloudResource(
                product=self.product,
                region=region,
                resource_id=arn,
                instance_id=arn,
                instance_name=where.holder,
                domains_of_certificate=True,
                endpoint=where.endpoint,
                server_names=where.server_names,
            )
            yield self._carrying(slot, leaf)

    def _placed(self, resource: CloudResource, region: Region) -> tuple[CloudResource, Leaf | None]:
        leaf = region.leaf(resource.resource_id)
        return self._carrying(resource, leaf), leaf

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        arn, region = resource.resource_id, self._region(resource.region)
        kind = region.kind(arn)
        if kind != "IMPORTED":
            why = f"{arn} is {kind}: only an imported certificate can be imported anew"
            raise CloudRejectedError("ImportCertificate", "NotImported", why)
        self._import(certificate, region, region.leaf(arn), arn)


class _Where(NamedTuple):
    endpoint: str = ""
    server_names: tuple[str, ...] = ()
    holder: str = ""


def _met(arn: str, leaf: Leaf, region: Region) -> _Where:
    """One public place that serves the certificate: best a listener where a client gets no other one."""
    using = [found for found in region.listeners if arn in found.arns]
    public = [found for found in using if found.endpoint]
    for found in sorted(public, key=lambda one: (len(one.arns), one.arns[0] != arn)):
        return _Where(found.endpoint, (), found.balancer["LoadBalancerName"])
    for row in region.distributions:
        aliases = (row.get("Aliases") or {}).get("Items") or ()
        fitting = tuple(name for name in aliases if any(covers(own, name) for own in leaf.names))
        if row["ViewerCertificate"].get("ACMCertificateArn") == arn and fitting and row["Enabled"]:
            return _Where(f"{row['DomainName']}:443".lower(), fitting, row["Id"])
    return _Where(holder=using[0].balancer["LoadBalancerName"] if using else "")
