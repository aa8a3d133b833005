"""Load balancers, listeners and the certificates on them, as ALB and NLB have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

from emulator.bundles import Bundle
from emulator.estate import Estate
from emulator.sections.listeners import LoadBalancer as Row
from emulator.services.kit.owned import Owned
from emulator.services.kit.settling import Settling

CREATED = datetime(2025, 3, 1, tzinfo=timezone.utc)


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
    owned: Owned[Certificates] | None = None  #: where a cluster's controller writes back what it wants

    def write_back(self, now: datetime, settle_s: float) -> None:
        if self.owned and self.owned.due(self.certificates.value, now, settle_s):
            self.certificates.set(self.owned.wanted, now=now, until=settles(now, settle_s))

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
    dns_name: str
    edition: str  #: "" where the product has none
    address_type: str
    managed: bool
    tags: dict[str, str]
    listeners: list[Listener] = field(default_factory=list)

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


def build(product: str, rows: Sequence[Row], estate: Estate) -> list[LoadBalancer]:
    """The estate's load balancers of one product ("alb", "nlb") with their listeners."""
    balancers = []
    for row in rows:
        balancer_id = resource_id(product, row.region, row.name)
        balancer = LoadBalancer(
            balancer_id,
            row.name,
            row.region,
            f"{balancer_id}.{row.region}.{product}.aliyuncsslb.com",
            getattr(row, "edition", ""),
            row.address_type,
            row.managed,
            dict(row.tags) | ({"ack.aliyun.com": "managed"} if row.managed else {}),
        )
        for port in row.listeners:
            certificates = Certificates(
                estate.identifier(port.default) if port.default else None,
                tuple(map(estate.identifier, port.additional)),
            )
            listener_id = resource_id("lsn", balancer.id, port.port)
            listener = Listener(
                f"{listener_id}@{port.port}" if product == "nlb" else listener_id,
                port.port,
                port.protocol,
                port.status,
                balancer,
                Settling(certificates),
            )
            if port.managed_by:
                listener.owned = Owned(certificates)
            if port.description:
                listener.attributes["ListenerDescription"] = port.description
            if port.ca_enabled:
                listener.attributes["CaEnabled"] = True
            balancer.listeners.append(listener)
        balancers.append(balancer)
    return balancers


#: Which certificates of a listener it prefers, where several cover a name: a switch.
PREFERS = ("additional", "default")


def choose(bundles: Sequence[Bundle], server_name: str, prefers: str = PREFERS[0]) -> tuple[Bundle, ...]:
    """What a listener serves for a name, best first; `bundles` has its default first.

    Where certificates cover the name: ECC before RSA, then of the kind that it `prefers`, then the one
    that lasts longest (documented for ALB's RSA ones, taken for all). Else the default.
    """
    default, additional = bundles[:1], bundles[1:]
    fitting = [bundle for bundle in bundles if server_name and bundle.covers(server_name)]

    def rank(bundle: Bundle) -> tuple[bool, bool, float]:
        return (
            bundle.algorithm == "RSA",
            (bundle in additional) is (prefers == "default"),
            -bundle.not_after.timestamp(),
        )

    return tuple(sorted(fitting, key=rank) or default)


def resource_id(kind: str, *words: object) -> str:
    """`alb-…`, `lsn-…`: the same for the same estate."""
    digits = sha256("/".join(map(str, words)).encode()).hexdigest()
    return f"{kind}-{digits[:18]}"


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
