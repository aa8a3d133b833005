"""Cloud resources that WAF protects (ports of CLB, NLB, ECS; ALBs), and the certificates of their ports.

A port has one default certificate and further ones for other names; a change gives all of them. After it the
port is being modified, and serves the former ones until it has settled. WAF changes those of ECS, NLB and
CLB's layer 4; codes are guessed, but `Waf.Pullin.ResourceProcessing` and `Waf.Pullin.CertNotExist`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from emulator.api import ApiError
from emulator.bundles import Bundle
from emulator.sections.waf import WafResource
from emulator.services.cas.store import CasCertificate, ms
from emulator.services.kit.gateways import address
from emulator.services.kit.listener_model import choose
from emulator.services.kit.settling import Settling
from emulator.services.waf.model import TLS

#: The default certificate first.
Bound = tuple[CasCertificate, ...]
DEFAULT, EXTENSION = "default", "extension"
NORMAL, MODIFYING = 1, 3
#: Listed where no product is named; MSE, FC and SAE as well, which are not emulated here.
UNNAMED = ("alb",)
CHANGEABLE = ("clb4", "ecs", "nlb")


@dataclass
class Port:
    number: int
    protocol: str
    certificates: Settling[Bound]
    settings: dict[str, Any] = field(
        default_factory=lambda: {
            **TLS,
            "Http2Enabled": True,
            "Keepalive": True,
            "KeepaliveRequests": 1000,
            "KeepaliveTimeout": 15,
            "LogHeaders": [],
            "MaxBodySize": 2,
            "ReadTimeout": 120,
            "WriteTimeout": 120,
            "XffHeaderMode": 0,
            "XffHeaders": [],
            "XffProto": True,
        }
    )


@dataclass
class Resource:
    instance: str
    product: str
    region: str
    ports: list[Port]

    @property
    def address(self) -> str:
        return address("waf", self.region, self.instance)

    def resource_id(self, port: Port) -> str:
        return f"{self.instance}-{port.number}-{self.product}"

    def served(self, number: int, server_name: str, now: datetime, prefers: str) -> tuple[Bundle, ...]:
        for port in self.ports:
            if port.number == number and port.protocol == "https":
                return choose([row.bundle for row in port.certificates.served(now)], server_name, prefers)
        return ()

    def words(self, account: str) -> dict[str, Any]:
        """Of DescribeCloudResources."""
        counted = ("http", "https") if self.product in ("ecs", "clb4", "clb7") else ()
        return {
            **{f"{p.capitalize()}PortCount": sum(port.protocol == p for port in self.ports) for p in counted},
            "OwnerUserId": account,
            "ResourceInstance": self.instance,
            "ResourceInstanceId": self.instance,
            "ResourceInstanceIp": self.address,
            "ResourceInstanceName": self.instance,
            "ResourceName": f"{self.instance}-{self.product}",
            "ResourceProduct": self.product,
            "ResourceRegionId": self.region,
        }

    def port_words(self, port: Port, account: str, now: datetime) -> dict[str, Any]:
        """Of DescribeCloudResourceAccessPortDetails."""
        kinds = [DEFAULT, *[EXTENSION] * len(port.certificates.value)]
        return {
            **(port.settings if port.protocol == "https" else {}),
            "CloudResourceId": self.resource_id(port),
            "OwnerUserId": account,
            "Port": port.number,
            "Protocol": port.protocol,
            "Status": NORMAL if port.certificates.settled(now) else MODIFYING,
            "SubStatus": "",
            "SubStatusDetails": [],
            "Certificates": [
                {"AppliedType": kind, "CertificateId": row.identifier, "CertificateName": row.name}
                for kind, row in zip(kinds, port.certificates.value, strict=False)
            ],
        }


def build(row: WafResource, found: Callable[[str], CasCertificate | None]) -> Resource:
    """`found` gives the certificate that has a name in the estate."""
    ports = []
    for port in row.ports:
        names = [port.certificate, *port.extensions] if port.certificate else []
        held = tuple(one for name in names if (one := found(name)))
        ports.append(Port(port.port, port.protocol, Settling(held)))
    return Resource(row.instance, row.product, row.region, ports)


def listed(resources: list[Resource], product: str) -> list[Resource]:
    """Those of a product; "" : of the products that the list has where it is asked for none."""
    return [row for row in resources if row.product in ([product] if product else UNNAMED)]


def named(resources: list[Resource], params: Mapping[str, Any]) -> Port:
    """The port that a change means: by CloudResourceId, or by instance, port and product."""
    by_parts = (params.get("ResourceInstanceId"), params.get("Port"), params.get("ResourceProduct"))
    wanted = params.get("CloudResourceId")
    for resource in resources:
        for port in resource.ports:
            parts = (resource.instance, port.number, resource.product)
            if wanted == resource.resource_id(port) or (not wanted and by_parts == parts):
                if resource.product not in CHANGEABLE:
                    raise ApiError(400, "InvalidParameter", f"{resource.product} keeps its own certificates.")
                return port
    raise ApiError(400, "CloudResourceNotExist", "The cloud resource does not exist.")


def change(
    port: Port,
    wanted: list[dict[str, Any]],
    found: Callable[[str], CasCertificate],
    now: datetime,
    settle_s: float,
) -> None:
    """Raises ApiError where it is not to be changed so, or not now."""
    kinds = [str(row.get("AppliedType", "")) for row in wanted]
    if port.protocol != "https":
        raise ApiError(400, "InvalidParameter", "The port is not one of HTTPS.")
    if kinds.count(DEFAULT) != 1 or not set(kinds) <= {DEFAULT, EXTENSION}:
        raise ApiError(400, "InvalidParameter", "Certificates takes one default, and extensions.")
    if not port.certificates.settled(now):
        raise ApiError(400, "Waf.Pullin.ResourceProcessing", "The resource is being processed.")
    ordered = sorted(wanted, key=lambda row: row["AppliedType"] != DEFAULT)
    rows = tuple(_in_cas(found, row, now) for row in ordered)
    port.certificates.set(rows, now=now, until=now + timedelta(seconds=settle_s))


def _in_cas(found: Callable[[str], CasCertificate], row: Mapping[str, Any], now: datetime) -> CasCertificate:
    """Those that stay have to be in CAS as well, and not to have expired."""
    cert_id = str(row.get("CertificateId", ""))
    why = f"certificate type:{row['AppliedType']}, certificate ID:{cert_id}."
    missing = ApiError(
        400, "Waf.Pullin.CertNotExist", f"Certificate does not exist in SSL Certificate Center, {why}"
    )
    try:
        certificate = found(cert_id)
    except ApiError:
        raise missing from None
    if certificate.bundle.not_after <= now:
        raise missing
    return certificate


def usable(row: CasCertificate) -> dict[str, Any]:
    """Of DescribeResourceInstanceCerts: a certificate that a resource could have."""
    bundle = row.bundle
    return {
        "CertIdentifier": row.identifier,
        "CertName": row.name,
        "CommonName": bundle.common_name,
        "Domain": ",".join(bundle.names),
        "BeforeDate": ms(bundle.not_before),
        "AfterDate": ms(bundle.not_after),
        "IsChainCompleted": True,
    }
