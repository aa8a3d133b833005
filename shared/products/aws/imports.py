"""Certificates that are sent to ACM with their key: as new ones, once, or anew under the ARN they had."""

import re
import threading
from datetime import datetime, timedelta
from typing import Final

from shared.cloud.aws import Aws
from shared.domain.certificates import Certificate
from shared.products.aws.account import Leaf, Region
from shared.products.aws.reimport import check_reimport
from shared.products.kit.fingerprints import same
from shared.products.kit.key_pairs import KeyPairs
from shared.products.kit.means import Means

_BLOCK: Final = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.S)
_SOON: Final = timedelta(seconds=2)


class Imports:
    """For as long as an adapter lives, and for all its kinds of slot."""

    def __init__(self, aws: Aws, means: Means) -> None:
        self._aws = aws
        self._pairs = KeyPairs(means.client)
        self._exclusive = means.exclusive
        self._lock = threading.Lock()
        self._arns: dict[tuple[str, str], str] = {}  #: by region and identifier

    def known(self, certificate: Certificate, region: str) -> str:
        """Its ARN, as far as it was asked for before."""
        return self._arns.get((region, certificate.identifier), "")

    def has(self, arn: str) -> bool:
        """Whether this ARN was asked for before; so it is an imported one."""
        return arn in self._arns.values()

    def arn(self, certificate: Certificate, region: Region) -> str:
        """Its ARN; imported now if ACM has it not, so that a try that broke off leaves no second one.

        `region`: of which nothing is read yet.

        Raises:
            ConflictError: another function imports it just now; another try finds it.
        """
        key = region.name, certificate.identifier
        with self._lock:
            if key not in self._arns:
                with self._exclusive(f"acm/{region.name}/{certificate.identifier}"):
                    self._arns[key] = _found(certificate, region) or self.put(certificate, region)
            return self._arns[key]

    def put(self, certificate: Certificate, region: Region, arn: str = "", before: Leaf | None = None) -> str:
        """Send the pair, as new or under `arn`, where it replaces `before`; the ARN.

        Raises:
            CloudRejectedError: among others, ACM would not take it in the place of `before`.
        """
        pair = self._pairs.of(certificate)
        leaf, *chain = _BLOCK.findall(pair.certificate_pem)
        if before is not None:
            check_reimport(before, Leaf(leaf))
        params = {"CertificateArn": arn} if arn else {}
        if chain:
            params["CertificateChain"] = "\n".join(chain) + "\n"
        answer = self._aws.call(
            "ImportCertificate", region.name, Certificate=leaf, PrivateKey=pair.key.reveal(), **params
        )
        return answer.needed("CertificateArn")


def _found(certificate: Certificate, region: Region) -> str:
    for arn, row in region.imported.items():
        end = row.get("NotAfter")
        if isinstance(end, datetime) and abs(end - certificate.not_after) > _SOON:
            continue
        if (leaf := region.leaf(arn).read) and same(leaf, certificate):
            return arn
    return ""
