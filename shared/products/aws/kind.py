"""What AWS's kinds of slot have in common: certificates known by fingerprint, imported into ACM."""

import re
from abc import abstractmethod
from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from shared.cloud import cas
from shared.cloud.api import Api
from shared.cloud.aws import Aws
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError
from shared.products.aws.account import Leaf, Region
from shared.products.aws.reimport import check_reimport
from shared.products.kit.fingerprints import identifier_by
from shared.products.kit.kinds import KindWithin
from shared.products.kit.legacy import WholeExchange

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.S)
_SOON = timedelta(seconds=2)


class AwsKind(WholeExchange, KindWithin):
    """Calls nothing of Alibaba Cloud but CAS, for the key pair."""

    product = CloudProduct.AWS
    api = Api("aws", "", "RPC", ram="", hosts="")
    actions: ClassVar = {}
    also_granted = frozenset({f"{cas.API.ram}:{cas.GET_USER_CERTIFICATE_DETAIL.name}"})
    gone = frozenset({"resourcenotfoundexception", "listenernotfound", "nosuchdistribution"})
    other_cloud = True
    aws: Aws  #: set by the adapter whose kind it is

    @abstractmethod
    def _placed(self, resource: CloudResource, region: Region) -> tuple[CloudResource, Leaf | None] | None:
        """The slot as it is, with the certificate in place (None: AWS does not show it); None: gone."""

    def holders(self, region: str) -> Iterator[Region]:
        """The region itself: what one kind has read of it, the others need not."""
        yield self._region(region)

    def _read(self, resource: CloudResource) -> CloudResource | None:
        found = self._placed(resource, self._region(resource.region))
        return found[0] if found else None

    def successor(self, resource: CloudResource, certificate: Certificate) -> CloudResource | None:
        """By the leaf itself: CAS may hold the very same certificate under several ids."""
        try:
            found = self._placed(resource, self._region(resource.region))
        except CloudRejectedError as error:
            if error.cloud_code.lower() not in self.gone:
                raise
            return None
        if found is None or found[1] is None or certificate.fingerprint not in found[1].fingerprints:
            return None
        return found[0].evolve(cert_identifier=certificate.identifier)

    def _region(self, name: str) -> Region:
        return Region(self.aws, name, self.page_size)

    def _carrying(self, resource: CloudResource, leaf: Leaf) -> CloudResource:
        """The slot with what can be told of the certificate in place."""
        return resource.evolve(
            cert_identifier=identifier_by(self._catalogue, leaf.fingerprints, "upload:unreadable"),
            cert_not_after=leaf.parsed.not_valid_after_utc,
            domains=leaf.names if resource.domains_of_certificate else resource.domains,
        )

    def _follows(self, arn: str, region: Region) -> str:
        """The obstacle of what gets its new certificate from ACM, where the same ARN has a slot; or ""."""
        follows = region.is_imported(arn)
        return f"follows the ACM certificate {arn}, which has a slot of its own" if follows else ""

    def _import(self, certificate: Certificate, region: Region, check: Leaf | None, arn: str = "") -> str:
        """Send the key pair to ACM, as new or under `arn`; the ARN. `check` is what it replaces there."""
        pair = cas.Cas(self._client, certificate.store).key_pair(certificate.cert_id)
        leaf, *chain = _BLOCK.findall(pair.certificate_pem)
        if check is not None:
            check_reimport(check, Leaf(leaf))
        params = {"CertificateArn": arn} if arn else {}
        if chain:
            params["CertificateChain"] = "\n".join(chain) + "\n"
        answer = self.aws.call(
            "ImportCertificate", region.name, Certificate=leaf, PrivateKey=pair.key.reveal(), **params
        )
        return str(answer["CertificateArn"])

    def _in_acm(self, certificate: Certificate, region: Region) -> str:
        """Its ARN; imported now if ACM has it not, so that a try that broke off leaves no second one."""
        for arn, row in region.imported.items():
            end = row.get("NotAfter")
            if end is not None and abs(end - certificate.not_after) > _SOON:
                continue
            if certificate.fingerprint in region.leaf(arn).fingerprints:
                return arn
        return self._import(certificate, region, None)
