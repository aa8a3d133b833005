"""AWS: no actions of this port, which moto's own server answers; what its listeners serve at the TLS edge."""

from __future__ import annotations

from typing import Any, ClassVar

from emulator import aws
from emulator.api import EmulatedService
from emulator.bundles import Bundle
from emulator.estate import Estate

_SUFFIX = ".elb.amazonaws.com"


class Service(EmulatedService):
    api = "aws"
    version = ""
    ram = "aws"
    hosts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, cloud: Any) -> None:
        super().__init__(cloud)
        self._estate: Estate | None = None
        self._started = False

    def load(self, estate: Estate) -> None:
        self._estate = estate

    def start(self) -> dict[str, Any]:
        """Where AWS is, and who may call it. Empty if the estate has none, or moto is not installed."""
        if self._estate is None or not self._estate.aws or not aws.installed():
            return {}
        found = {"endpoint": aws.endpoint(), **aws.ACCESS_KEY}
        if not self._started:
            aws.clear()
            self._fill(self._estate)
            self._started = True
        return {**found, "regions": sorted({row.region for row in self._estate.aws})}

    def _fill(self, estate: Estate) -> None:
        arns: dict[tuple[str, str], str] = {}
        now = self.cloud.clock()
        for row in estate.aws:
            for name in row.certificates():
                if (row.region, name) not in arns:
                    arns[row.region, name] = aws.import_certificate(row.region, estate.bundle(name, now))
            listeners = [
                (one.port, [arns[row.region, name] for name in (one.default, *one.additional)])
                for one in row.listeners
            ]
            aws.add_balancer(row.name, row.region, row.internal, listeners)

    def slots(self) -> list[tuple[str, str]]:
        """Once AWS has been started: every certificate by a name that it covers."""
        if not self._started:
            return []
        return [
            (host, bundle.names[0].replace("*", "any"))
            for host, bundles in aws.addresses().items()
            for bundle in bundles
        ]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """At a listener's address, the certificate that covers the name, else the default one."""
        if not self._started or _SUFFIX not in host:
            return None
        bundles = aws.addresses().get(host)
        if bundles is None:
            return None
        return (next((one for one in bundles if one.covers(server_name)), bundles[0]),)
