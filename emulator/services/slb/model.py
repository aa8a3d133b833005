"""Classic load balancers and their listeners, and how each of SLB's calls words them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from emulator.bundles import covers
from emulator.sections.slb import LoadBalancer as Row
from emulator.services.kit.owned import Owned
from emulator.services.slb.store import CREATED, store_id

#: What a new HTTPS listener is set to; the health check's domain is set, to be lost if it can be.
SETTINGS: dict[str, Any] = {
    "AclId": "",
    "AclStatus": "off",
    "AclType": "",
    "Bandwidth": -1,
    "CACertificateId": "",
    "Cookie": "",
    "CookieTimeout": 0,
    "Description": "",
    "EnableHttp2": "on",
    "Gzip": "on",
    "HealthCheck": "on",
    "HealthCheckConnectPort": 80,
    "HealthCheckDomain": "health.internal",
    "HealthCheckHttpCode": "http_2xx",
    "HealthCheckInterval": 2,
    "HealthCheckMethod": "head",
    "HealthCheckTimeout": 5,
    "HealthCheckURI": "/",
    "HealthyThreshold": 3,
    "IdleTimeout": 15,
    "RequestTimeout": 60,
    "Scheduler": "wrr",
    "StickySession": "off",
    "StickySessionType": "",
    "TLSCipherPolicy": "tls_cipher_policy_1_2",
    "UnhealthyThreshold": 3,
    "VServerGroupId": "",
    "XForwardedFor": "on",
    "XForwardedFor_ClientSrcPort": "off",
    "XForwardedFor_SLBID": "off",
    "XForwardedFor_SLBIP": "off",
    "XForwardedFor_SLBPORT": "off",
    "XForwardedFor_proto": "off",
}

#: What a setting becomes that a change leaves out, where the behaviour is `unnamed_settings` "reset"; those
#: without a value here go.
LEFT_OUT: dict[str, Any] = {**SETTINGS, "HealthCheckDomain": "", "TLSCipherPolicy": "tls_cipher_policy_1_0"}


#: Filters of load balancers by the fields of their rows.
FILTERS = (
    *("Address", "AddressIPVersion", "AddressType", "InternetChargeType", "LoadBalancerName", "MasterZoneId"),
    *("NetworkType", "PayType", "ResourceGroupId", "SlaveZoneId"),
)


@dataclass
class Extension:
    id: str
    domain: str
    certificate: str  #: the store's id

    def words(self) -> dict[str, Any]:
        return {
            "DomainExtensionId": self.id,
            "Domain": self.domain,
            "ServerCertificateId": self.certificate,
        }


@dataclass
class Listener:
    balancer: LoadBalancer
    port: int
    protocol: str
    status: str
    certificate: str  #: the store's id; "": none
    extensions: list[Extension] = field(default_factory=list)
    ruled: set[str] = field(default_factory=set)  #: domains that a forwarding rule names
    settings: dict[str, Any] = field(default_factory=lambda: dict(SETTINGS))
    owned: Owned[str] | None = None  #: where a cluster's controller writes back the certificate it wants

    @property
    def address(self) -> str:
        return f"{self.balancer.address}:{self.port}"

    @property
    def bound(self) -> list[str]:
        """The store's id of every certificate on it."""
        return [row for row in (self.certificate, *(e.certificate for e in self.extensions)) if row]

    def chosen(self, server_name: str) -> str:
        """The store's id of what is served for a name. An extension needs a rule to take effect."""
        for row in self.extensions:
            if row.domain in self.ruled and server_name and covers(row.domain, server_name):
                return row.certificate
        return self.certificate

    def change(self, wanted: dict[str, Any], *, reset: bool) -> None:
        """Take settings over; `reset`: what is not among them takes its default, or goes."""
        given = {name: value for name, value in wanted.items() if name != "VServerGroup"}
        if wanted.get("VServerGroup") == "off":
            self.settings.pop("VServerGroupId", None)
        self.settings = {**LEFT_OUT, **given} if reset else {**self.settings, **given}

    def item(self) -> dict[str, Any]:
        """An item of DescribeLoadBalancerListeners: no extensions in it."""
        found = {
            "LoadBalancerId": self.balancer.id,
            "ListenerPort": self.port,
            "ListenerProtocol": self.protocol,
            "BackendServerPort": 80,
            "Status": self.status,
            "Description": self.settings["Description"],
            "Scheduler": self.settings["Scheduler"],
        }
        if self.protocol == "https":
            shown = ("Gzip", "HealthCheck", "HealthCheckDomain", "TLSCipherPolicy")
            config = {name: self.settings[name] for name in shown if name in self.settings}
            found["HTTPSListenerConfig"] = {**config, "ServerCertificateId": self.certificate}
        return found

    def attribute(self) -> dict[str, Any]:
        """DescribeLoadBalancerHTTPSListenerAttribute."""
        return {
            **self.settings,
            "AclIds": {"AclId": [found for found in self.settings.get("AclId", "").split(",") if found]},
            "LoadBalancerId": self.balancer.id,
            "ListenerPort": self.port,
            "BackendServerPort": 80,
            "Status": self.status,
            "SecurityStatus": "on",
            "ServerCertificateId": self.certificate,
            "DomainExtensions": {"DomainExtension": [row.words() for row in self.extensions]},
            "Rules": {"Rule": [self._rule(domain) for domain in sorted(self.ruled)]},
        }

    def _rule(self, domain: str) -> dict[str, Any]:
        return {
            "RuleId": f"rule-{_digits(self.address, domain)}",
            "RuleName": domain,
            "Domain": domain,
            "Url": "",
            "VServerGroupId": f"rsp-{_digits(domain)}",
        }


@dataclass
class LoadBalancer:
    id: str
    name: str
    region: str
    spec: str
    address_type: str
    status: str
    managed: bool
    listeners: list[Listener] = field(default_factory=list)

    @property
    def address(self) -> str:
        """An address of the documentation's networks (internet), or a private one."""
        number = int(_digits(self.id), 16)
        if self.address_type == "internet":
            return f"203.0.113.{number % 250 + 1}"
        return f"10.{number % 250}.{number // 250 % 250}.{number // 62500 % 250 + 1}"

    def item(self) -> dict[str, Any]:
        """An item of DescribeLoadBalancers."""
        tags = [{"TagKey": "ack.aliyun.com", "TagValue": "c-sample"}] if self.managed else []
        return {
            "LoadBalancerId": self.id,
            "LoadBalancerName": self.name,
            "LoadBalancerStatus": self.status,
            "LoadBalancerSpec": self.spec,
            "Address": self.address,
            "AddressIPVersion": "ipv4",
            "AddressType": self.address_type,
            "RegionId": self.region,
            "RegionIdAlias": self.region,
            "NetworkType": "vpc" if self.address_type == "intranet" else "classic",
            "PayType": "PayOnDemand",
            "DeleteProtection": "off",
            "ModificationProtectionStatus": "NonProtection",
            "ResourceGroupId": "rg-default",
            "CreateTime": f"{CREATED:%Y-%m-%dT%H:%MZ}",
            "CreateTimeStamp": int(CREATED.timestamp() * 1000),
            "Tags": {"Tag": tags},
        }

    def attribute(self) -> dict[str, Any]:
        """DescribeLoadBalancerAttribute: the listeners by port, and again with the API's former spelling."""
        ports = [(row.port, row.protocol, row.settings["Description"]) for row in self.listeners]
        told = [
            {
                "ListenerPort": port,
                "ListenerProtocol": protocol,
                "Description": text,
                "ListenerForward": "off",
            }
            for port, protocol, text in ports
        ]
        former = [{"ListenerPort": port, "ListenerProtocal": protocol} for port, protocol, _ in ports]
        return {
            **self.item(),
            "BackendServers": {"BackendServer": []},
            "Bandwidth": -1,
            "EndTimeStamp": 32493801600000,
            "InternetChargeType": "paybytraffic",
            "MasterZoneId": f"{self.region}-a",
            "SlaveZoneId": f"{self.region}-b",
            "ListenerPorts": {"ListenerPort": [port for port, _, _ in ports]},
            "ListenerPortsAndProtocol": {"ListenerPortAndProtocol": told},
            "ListenerPortsAndProtocal": {"ListenerPortAndProtocal": former},
        }


def balancer_id(region: str, name: str) -> str:
    """`lb-…`: the same for the same estate."""
    return f"lb-{_digits(region, name)}"


def build(rows: Sequence[Row], account: str) -> list[LoadBalancer]:
    """The estate's load balancers with their listeners."""
    balancers = []
    for row in rows:
        found = LoadBalancer(
            balancer_id(row.region, row.name),
            row.name,
            row.region,
            row.spec,
            row.address_type,
            row.status,
            row.managed,
        )
        for port in row.listeners:
            bound = store_id(account, row.region, port.certificate) if port.certificate else ""
            listener = Listener(found, port.port, port.protocol, port.status, bound)
            listener.settings["Description"] = port.description
            if port.managed_by:
                listener.owned = Owned(bound)
            for extension in port.extensions:
                number = f"de-{_digits(found.id, port.port, extension.domain)}"
                bound = store_id(account, row.region, extension.certificate)
                listener.extensions.append(Extension(number, extension.domain, bound))
                if extension.rule:
                    listener.ruled.add(extension.domain)
            found.listeners.append(listener)
        balancers.append(found)
    return balancers


def _digits(*words: object) -> str:
    return sha256("/".join(map(str, words)).encode()).hexdigest()[:18]
