"""CloudFront distributions: the certificate of the aliases. It comes from ACM of us-east-1.

One whose certificate was imported into ACM follows that one. `UpdateDistribution` replaces the whole
configuration: it is read before, guarded by its ETag, and compared afterwards.
"""

from collections.abc import Iterator

from shared.cloud.aws import HOME, Answer
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudResource
from shared.products.aws.account import Leaf, Region
from shared.products.aws.kind import AwsKind
from shared.products.kit.unchanged import Unchanged

_ARN = "ACMCertificateArn"
_DEPRECATED = ("Certificate", "CertificateSource")
#: Of a ViewerCertificate: what says which one, and what it may not be sent beside.
_CHOICE = (*_DEPRECATED, "ACMCertificateArn", "IAMCertificateId", "CloudFrontDefaultCertificate")
_OWN = "it serves the certificate of *.cloudfront.net; set aliases and the first certificate in the console"
_STAGING = "it is a staging distribution, which has the certificate of its primary one"


class Distributions(AwsKind):
    def within(self, region: str, holder: Region) -> Iterator[CloudResource]:
        for row in holder.distributions:
            slot = CloudResource(
                product=self.product,
                region=region,
                resource_id=row["Id"],
                instance_name=row["DomainName"],
                domains=(row.get("Aliases") or {}).get("Items") or (),
                endpoint=f"{row['DomainName']}:443".lower() if row["Enabled"] else "",
            )
            held = self._held(slot, row["ViewerCertificate"], holder)[0]
            yield held.evolve(obstacle=_STAGING) if row.get("Staging") else held

    def settled(self, resource: CloudResource) -> bool:
        answer = self.aws.call("GetDistribution", HOME, Id=resource.resource_id)
        return bool(answer["Distribution"]["Status"] == "Deployed")

    def _placed(self, resource: CloudResource, region: Region) -> tuple[CloudResource, Leaf | None]:
        viewer = self._config(resource)["DistributionConfig"]["ViewerCertificate"]
        slot, leaf = self._held(resource, viewer, region)
        if resource.obstacle == _STAGING:
            slot = slot.evolve(obstacle=_STAGING)
        return slot, leaf

    def _held(self, slot: CloudResource, viewer: Answer, region: Region) -> tuple[CloudResource, Leaf | None]:
        arn, of_iam = viewer.get("ACMCertificateArn"), viewer.get("IAMCertificateId")
        if arn:
            leaf = region.leaf(arn)
            slot = slot.evolve(https=True, obstacle=self._follows(arn, region))
            return self._carrying(slot, leaf), leaf
        bare = slot.evolve(
            https=bool(of_iam),
            cert_identifier=f"iam:{of_iam}" if of_iam else "",
            obstacle="" if of_iam else _OWN,
            cert_not_after=None,
        )
        return bare, None

    def _bind(self, resource: CloudResource, certificate: Certificate) -> None:
        new = self._in_acm(certificate, self._region(HOME))
        read = self._config(resource)
        before = read["DistributionConfig"]
        kept = {name: value for name, value in before["ViewerCertificate"].items() if name not in _CHOICE}
        viewer = {"SSLSupportMethod": "sni-only", **kept, "ACMCertificateArn": new}
        with Unchanged(
            "UpdateDistribution",
            resource.slot,
            self._waiter,
            _comparable(before),
            read=lambda: _comparable(self._config(resource)["DistributionConfig"]),
            put_back=lambda lost: self._put_back(resource, before),
            shown=lambda now: bool(now[_ARN] == new),
            ignore=(_ARN,),
        ):
            self._put(resource, {**before, "ViewerCertificate": viewer}, read["ETag"])

    def _put_back(self, resource: CloudResource, before: Answer) -> None:
        viewer = {name: v for name, v in before["ViewerCertificate"].items() if name not in _DEPRECATED}
        self._put(resource, {**before, "ViewerCertificate": viewer}, self._config(resource)["ETag"])

    def _config(self, resource: CloudResource) -> Answer:
        return self.aws.call("GetDistributionConfig", HOME, Id=resource.resource_id)

    def _put(self, resource: CloudResource, config: Answer, etag: str) -> None:
        self.aws.call(
            "UpdateDistribution", HOME, Id=resource.resource_id, IfMatch=etag, DistributionConfig=config
        )


def _comparable(config: Answer) -> Answer:
    """With what is meant to change at the top level."""
    held = config["ViewerCertificate"]
    viewer = {name: value for name, value in held.items() if name not in _CHOICE}
    return {**config, "ViewerCertificate": viewer, _ARN: held.get(_ARN)}
