"""API Gateway: domains of the traditional gateway's groups, and of cloud-native gateways (APIG)."""

from collections.abc import Mapping
from typing import ClassVar

from shared.domain.resources import CloudProduct
from shared.products.apigateway.classic import ClassicDomains
from shared.products.apigateway.cloud_native import CloudNativeDomains
from shared.products.kit.base import ProductAdapter
from shared.products.kit.kinds import ManyKinds


class Adapter(ManyKinds):
    product = CloudProduct.API_GATEWAY
    api = ClassicDomains.api
    kinds: ClassVar[Mapping[str, type[ProductAdapter]]] = {
        "classic": ClassicDomains,
        "cloud-native": CloudNativeDomains,
    }
