"""API Gateway: groups of the traditional one, gateways of the cloud-native one, and their domains."""

from __future__ import annotations

from collections.abc import Iterable

from emulator.sections import Use, gateways, use


class GroupDomain(gateways.GatewayDomain):
    mutual_tls: bool = False
    internal: bool = False  #: for clients within a VPC


class ApiGroup(gateways.Gateway):
    key = "apigateway"

    domains: list[GroupDomain] = []

    def uses(self, path: str) -> Iterable[Use]:
        """It holds PEM, so of any store, and also what CAS does not know."""
        for i, row in enumerate(self.domains):
            yield from use(f"{path}.domains[{i}].certificate", row.certificate, in_cas=False)


class CloudNativeDomain(gateways.GatewayDomain):
    created_from: str = "Console"
    mutual_tls: bool = False
    force_https: bool = False
    tls_min: str = "TLS 1.2"


class CloudNativeGateway(gateways.Gateway):
    """Besides its own domains each region has a default one, `*`."""

    key = "apig"

    domains: list[CloudNativeDomain] = []
