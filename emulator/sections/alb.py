"""ALB: load balancers and their listeners."""

from __future__ import annotations

from typing import ClassVar, Literal

from emulator.sections import listeners


class Listener(listeners.Listener):
    tls: ClassVar[frozenset[str]] = frozenset({"HTTPS", "QUIC"})

    protocol: Literal["HTTP", "HTTPS", "QUIC"] = "HTTPS"


class LoadBalancer(listeners.LoadBalancer):
    key = "alb"

    edition: Literal["Basic", "Standard", "StandardWithWaf"] = "Standard"
    listeners: list[Listener] = []
