"""Accelerators and listeners, and how each of GA's calls words them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from emulator.bundles import a_label
from emulator.estate import Estate
from emulator.sections.ga import Accelerator as AcceleratorRow
from emulator.sections.ga import Settings
from emulator.services.kit.listener_model import resource_id
from emulator.services.kit.settling import Settling

CREATED = datetime(2025, 3, 1, tzinfo=timezone.utc)
DEFAULTS = Settings().model_dump()


@dataclass(frozen=True)
class Certificates:
    """The certificates on a listener, by CAS identifier: the default's, and each domain's own."""

    default: str | None = None
    additional: tuple[tuple[str, str], ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return ((self.default,) if self.default else ()) + tuple(i for _, i in self.additional)

    @property
    def by_domain(self) -> dict[str, str]:
        return dict(self.additional)

    def for_name(self, server_name: str) -> str | None:
        """The domain's own, exact before wildcard; else the default."""
        names = {a_label(domain): identifier for domain, identifier in self.additional}
        wildcard = f"*.{server_name.partition('.')[2]}"
        return names.get(server_name) or names.get(wildcard) or self.default


@dataclass
class Listener:
    id: str
    port: int
    protocol: str
    name: str
    certificates: Settling[Certificates]
    settings: dict[str, Any]
    resets: Sequence[str]


@dataclass
class Accelerator:
    id: str
    name: str
    state: str
    service_managed: bool
    listeners: list[Listener] = field(default_factory=list)

    @property
    def dns_name(self) -> str:
        return f"{self.id}.aliyunga0017.com"

    def busy(self, now: datetime) -> bool:
        return not all(listener.certificates.settled(now) for listener in self.listeners)

    def state_at(self, now: datetime) -> str:
        return "configuring" if self.state == "active" and self.busy(now) else self.state


def build(estate: Estate) -> list[Accelerator]:
    accelerators = []
    for row in estate.of(AcceleratorRow):
        accelerator = Accelerator(resource_id("ga", row.name), row.name, row.state, row.service_managed)
        for port in row.listeners:
            certificates = Certificates(
                estate.identifier(port.default) if port.default else None,
                tuple((domain, estate.identifier(name)) for domain, name in port.additional.items()),
            )
            accelerator.listeners.append(
                Listener(
                    resource_id("lsr", accelerator.id, port.port),
                    port.port,
                    port.protocol,
                    f"{row.name}-{port.port}",
                    Settling(certificates),
                    port.settings.model_dump(),
                    port.resets,
                )
            )
        accelerators.append(accelerator)
    return accelerators


def accelerator_item(accelerator: Accelerator, now: datetime) -> dict[str, Any]:
    """An item of ListAccelerators."""
    return {
        "AcceleratorId": accelerator.id,
        "Name": accelerator.name,
        "Description": "",
        "DnsName": accelerator.dns_name,
        "State": accelerator.state_at(now),
        "Type": "Standard",
        "InstanceChargeType": "POSTPAY",
        "RegionId": "cn-hangzhou",
        "ResourceGroupId": "rg-default",
        "CreateTime": int(CREATED.timestamp() * 1000),
        "ServiceManaged": accelerator.service_managed,
        "Tags": [],
    }


def listener_item(listener: Listener, accelerator: Accelerator, now: datetime) -> dict[str, Any]:
    """An item of ListListeners, and DescribeListener. Only the default certificate is in it."""
    secure = listener.protocol == "HTTPS"
    default = listener.certificates.value.default
    settings = dict(listener.settings)
    if not secure:
        for name in ("HttpVersion", "SecurityPolicyId", "XForwardedForConfig"):
            settings.pop(name)
    return {
        "AcceleratorId": accelerator.id,
        "ListenerId": listener.id,
        "Name": listener.name,
        "Protocol": listener.protocol,  # upper case, where requests take lower case
        "State": "active" if listener.certificates.settled(now) else "updating",
        "PortRanges": [{"FromPort": listener.port, "ToPort": listener.port}],
        "BackendPorts": [],
        "Certificates": [{"Id": default, "Type": "Server"}] if default else [],
        "CreateTime": int(CREATED.timestamp() * 1000),
        "ServiceManaged": accelerator.service_managed,
        "Type": "Standard",
        **settings,
    }


def certificate_items(listener: Listener, now: datetime) -> list[dict[str, Any]]:
    """ListListenerCertificates: what is wanted, `updating` until it is served."""
    wanted, served = listener.certificates.value, listener.certificates.served(now)
    rows: list[dict[str, Any]] = []
    if wanted.default:
        state = "active" if wanted.default == served.default else "updating"
        rows.append({"CertificateId": wanted.default, "IsDefault": True, "State": state})
    for domain, identifier in wanted.additional:
        state = "active" if served.by_domain.get(domain) == identifier else "updating"
        rows.append({"CertificateId": identifier, "Domain": domain, "IsDefault": False, "State": state})
    return rows
