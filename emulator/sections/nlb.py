"""NLB: load balancers and their listeners."""

from __future__ import annotations

from typing import ClassVar, Literal

from emulator.sections import listeners


class Listener(listeners.Listener):
    tls: ClassVar[frozenset[str]] = frozenset({"TCPSSL"})

    protocol: Literal["TCP", "UDP", "TCPSSL"] = "TCPSSL"


class LoadBalancer(listeners.LoadBalancer):
    key = "nlb"

    listeners: list[Listener] = []
