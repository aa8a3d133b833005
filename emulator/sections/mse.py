"""MSE: cloud-native gateways and their domains."""

from __future__ import annotations

from typing import Literal

from emulator.sections import Domain, gateways


class MseDomain(gateways.GatewayDomain):
    domain: Domain | Literal["*"]
    status: Literal["published", "unpublished", "unavailable"] = "published"
    ingress: bool = False  #: made from a Kubernetes Ingress


class MseGateway(gateways.Gateway):
    key = "mse"

    status: Literal["running", "changing", "restarting", "suspended"] = "running"
    domains: list[MseDomain] = []
