"""Load balancers and listeners, and how each of ALB's calls words them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

from emulator.bundles import Bundle
from emulator.estate import Estate
from emulator.services._settling import Settling

CREATED = datetime(2025, 3, 1, tzinfo=timezone.utc)
#: Additional certificates of one instance, default certificates not counted.
QUOTA = {"Basic": 10, "Standard": 25, "StandardWithWaf": 25}


@dataclass(frozen=True)
class Certificates:
    """The certificates on a listener, by CAS identifier."""

    default: str | None = None
    additional: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return ((self.default,) if self.default else ()) + self.additional

    def without(self, gone: set[str]) -> Certificates:
        return Certificates(self.default, tuple(i for i in self.additional if i not in gone))


@dataclass
class Listener:
    id: str
    port: int
    protocol: str
    status: str
    balancer: LoadBalancer
    certificates: Settling[Certificates]
    attributes: dict[str, Any] = field(default_factory=dict)

    def status_at(self, now: datetime) -> str:
        return self.status if self.certificates.settled(now) else "Configuring"

    @property
    def address(self) -> str:
        return f"{self.balancer.dns_name}:{self.port}"


@dataclass
class LoadBalancer:
    id: str
    name: str
    region: str
    edition: str
    address_type: str
    managed: bool
    tags: dict[str, str]
    listeners: list[Listener] = field(default_factory=list)

    @property
    def dns_name(self) -> str:
        return f"{self.id}.{self.region}.alb.aliyuncsslb.com"

    @property
    def additional_in_use(self) -> int:
        return sum(len(listener.certificates.value.additional) for listener in self.listeners)


@dataclass(frozen=True)
class Job:
    id: str
    api_name: str
    operate_type: str
    listener_id: str
    region: str
    created: datetime
    ends: datetime

    def words(self, now: datetime) -> dict[str, Any]:
        """An item of ListAsynJobs."""
        done = now >= self.ends
        return {
            "Id": self.id,
            "ApiName": self.api_name,
            "OperateType": self.operate_type,
            "ResourceType": "listener",
            "ResourceId": self.listener_id,
            "Status": "Succeeded" if done else "Processing",
            "CreateTime": _ms(self.created),
            "ModifyTime": _ms(self.ends if done else self.created),
        }


def build(estate: Estate) -> list[LoadBalancer]:
    """The estate's load balancers with their listeners."""
    balancers = []
    for row in estate.alb:
        balancer = LoadBalancer(
            resource_id("alb", row.region, row.name),
            row.name,
            row.region,
            row.edition,
            row.address_type,
            row.managed,
            dict(row.tags) | ({"ack.aliyun.com": "managed"} if row.managed else {}),
        )
        for port in row.listeners:
            certificates = Certificates(
                estate.identifier(port.default) if port.default else None,
                tuple(map(estate.identifier, port.additional)),
            )
            listener = Listener(
                resource_id("lsn", balancer.id, port.port),
                port.port,
                port.protocol,
                port.status,
                balancer,
                Settling(certificates),
            )
            if port.ca_enabled:
                listener.attributes["CaEnabled"] = True
            balancer.listeners.append(listener)
        balancers.append(balancer)
    return balancers


def choose(bundles: Sequence[Bundle], server_name: str) -> tuple[Bundle, ...]:
    """What a listener serves for a name, best first; `bundles` has its default first.

    Where certificates cover the name: ECC before RSA, an additional one before the default, then
    the one that lasts longest (documented for RSA, taken for ECC as well). Else the default.
    """
    default, additional = bundles[:1], bundles[1:]
    fitting = [bundle for bundle in bundles if server_name and bundle.covers(server_name)]

    def rank(bundle: Bundle) -> tuple[bool, bool, float]:
        return (
            bundle.algorithm == "RSA",
            bundle not in additional,
            -bundle.not_after.timestamp(),
        )

    return tuple(sorted(fitting, key=rank) or default)


def resource_id(kind: str, *words: object) -> str:
    """`alb-…`, `lsn-…`: the same for the same estate."""
    digits = sha256("/".join(map(str, words)).encode()).hexdigest()
    return f"{kind}-{digits[:18]}"


def balancer_item(balancer: LoadBalancer) -> dict[str, Any]:
    """An item of ListLoadBalancers."""
    return {
        "LoadBalancerId": balancer.id,
        "LoadBalancerName": balancer.name,
        "LoadBalancerStatus": "Active",
        "LoadBalancerBussinessStatus": "Normal",
        "LoadBalancerEdition": balancer.edition,
        "LoadBalancerOperationLocks": [],
        "AddressType": balancer.address_type,
        "AddressAllocatedMode": "Dynamic",
        "AddressIpVersion": "IPv4",
        "DNSName": balancer.dns_name,
        "CreateTime": f"{CREATED:%Y-%m-%dT%H:%M:%SZ}",
        "DeletionProtectionConfig": {"Enabled": False},
        "ModificationProtectionConfig": {"Status": "NonProtection"},
        "LoadBalancerBillingConfig": {"PayType": "PostPay"},
        "ResourceGroupId": "rg-default",
        "VpcId": resource_id("vpc", balancer.region),
        "Tags": [{"Key": key, "Value": value} for key, value in balancer.tags.items()],
    }


def listener_item(listener: Listener, now: datetime) -> dict[str, Any]:
    """An item of ListListeners: no certificate in it. GetListenerAttribute adds them."""
    item = {
        "ListenerId": listener.id,
        "ListenerPort": listener.port,
        "ListenerProtocol": listener.protocol,
        "ListenerStatus": listener.status_at(now),
        "LoadBalancerId": listener.balancer.id,
        "ListenerDescription": "",
        "GzipEnabled": True,
        "IdleTimeout": 15,
        "RequestTimeout": 60,
        "DefaultActions": [],
        "Tags": [],
    }
    if listener.protocol == "HTTPS":
        item |= {"Http2Enabled": True, "SecurityPolicyId": "tls_cipher_policy_1_0"}
    shown = {key: value for key, value in listener.attributes.items() if key != "CaEnabled"}
    return item | shown


def listener_attribute(listener: Listener, now: datetime) -> dict[str, Any]:
    """GetListenerAttribute. `Certificates` holds the default one only."""
    default = listener.certificates.value.default
    return listener_item(listener, now) | {
        "CaEnabled": listener.attributes.get("CaEnabled", False),
        "CaCertificates": [],
        "Certificates": [{"CertificateId": default}] if default else [],
    }


def certificate_items(listener: Listener, now: datetime) -> list[dict[str, Any]]:
    """ListListenerCertificates: while a change settles, what comes and what goes."""
    wanted, before = listener.certificates.value, listener.certificates.served(now)
    rows = [
        (identifier, "Associated" if identifier in before.all else "Associating", wanted)
        for identifier in wanted.all
    ]
    rows += [(old, "Diassociating", before) for old in before.all if old not in wanted.all]
    return [
        {
            "CertificateId": identifier,
            "CertificateType": "Server",
            "IsDefault": identifier == holder.default,
            "Status": status,
        }
        for identifier, status, holder in rows
    ]


def settles(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
