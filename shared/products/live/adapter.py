"""ApsaraVideo Live (API 2016-11-01): takes nothing but a PEM pair and a name, and tells no certificate id."""

from hashlib import sha256
from typing import Any, ClassVar

from shared.cloud.api import Action, Api
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct, CloudResource
from shared.products.kit.cdn_family import FamilyAdapter, Words
from shared.products.kit.key_pairs import KeyPairs
from shared.products.kit.means import Means


class Adapter(FamilyAdapter):
    product = CloudProduct.LIVE
    host_of_china_site = True
    api = Api("live", "2016-11-01", "RPC", ram="live", hosts="live.aliyuncs.com")
    actions: ClassVar = {
        "DescribeLiveUserDomains": Action("DescribeLiveUserDomains", per_second=100),
        "DescribeLiveDomainCertificateInfo": Action("DescribeLiveDomainCertificateInfo", per_second=100),
        "DescribeLiveDomainDetail": Action("DescribeLiveDomainDetail", of_looks=True, per_second=50),
        "DescribeLiveDomainConfigs": Action("DescribeLiveDomainConfigs", of_looks=True, per_second=100),
        "SetLiveDomainCertificate": Action(
            "SetLiveDomainCertificate", place="form", writes=True, per_second=30
        ),
    }
    also_granted = frozenset({"yundun-cert:GetUserCertificateDetail"})  # the key pair that it takes
    page_size = 50
    words = Words(
        domains="DescribeLiveUserDomains",
        info="DescribeLiveDomainCertificateInfo",
        detail="DescribeLiveDomainDetail",
        functions="DescribeLiveDomainConfigs",
        change="SetLiveDomainCertificate",
        model="DomainDetail",
        status="LiveDomainStatus",
        tells_id=False,
    )

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._pairs = KeyPairs(means.client, traditional=True)

    def _certificate(self, resource: CloudResource, certificate: Certificate) -> dict[str, Any]:
        pair = self._pairs.of(certificate)
        return {
            "SSLProtocol": "on",
            "CertType": "upload",
            "CertName": _name(resource, certificate),
            "SSLPub": pair.certificate_pem,
            "SSLPri": pair.key.reveal(),
            "ForceSet": "1",  # a name that is taken is our own, of an earlier try with the same pair
        }


def _name(resource: CloudResource, certificate: Certificate) -> str:
    """Live refuses a name twice: this one is of the certificate and the domain."""
    return f"cas-{certificate.identifier}-{sha256(resource.resource_id.encode()).hexdigest()[:12]}"
