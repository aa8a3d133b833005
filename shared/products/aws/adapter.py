"""AWS: imported ACM certificates, listeners of ELBv2, CloudFront distributions. Off unless CERTDEPLOY_AWS.

A renewal goes into ACM under the ARN that is there, and everything that uses it serves it. Listeners and
distributions with such a certificate are listed, and left to it. CloudFront is looked at if
CERTDEPLOY_AWS_REGIONS has us-east-1. An account is asked for what it has: AWS's own permissions are in
docs/aws.md; of Alibaba Cloud only CAS is called.
"""

from typing import ClassVar

from shared.cloud.aws import Aws
from shared.domain.resources import CloudProduct
from shared.products.aws.acm import Imported
from shared.products.aws.distribution import Distributions
from shared.products.aws.imports import Imports
from shared.products.aws.kind import AwsKind
from shared.products.aws.listener import Listeners
from shared.products.kit.kinds import KindsWithin
from shared.products.kit.means import Means


class Adapter(KindsWithin):
    product = CloudProduct.AWS
    api = AwsKind.api
    environment = ("CERTDEPLOY_AWS", "CERTDEPLOY_AWS_REGIONS", "CERTDEPLOY_AWS_ROLE_ARN")
    secrets: ClassVar = {"CERTDEPLOY_AWS_KEY": "AwsKeySecretName"}
    other_cloud = True
    has_store = True
    kinds: ClassVar = {"acm": Imported, "listener": Listeners, "distribution": Distributions}

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._aws = Aws(means.aws, means.secret)
        imports = Imports(self._aws, means)
        for kind in self._by_kind.values():
            assert isinstance(kind, AwsKind)
            kind.aws, kind.imports = self._aws, imports

    def regions(self) -> list[str]:
        return list(self._aws.access.regions)
