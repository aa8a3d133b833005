"""Clients of a slot, by what they meet there one after the other: a prober without a network."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

from shared.domain.certificates import Certificate, ChainLink
from shared.domain.jobs import Verification
from shared.domain.resources import CloudResource
from shared.domain.trust import Standing, standing_of
from shared.products.kit.waiting import Waiter
from shared.services.beside import Beside, ServedBeside
from shared.services.verify import verify
from shared.services.world import ProbeResult, World
from tests.builders import NOW, a_certificate, a_resource

SERVED, OTHER, SILENT = (
    ProbeResult(True, "ours"),
    ProbeResult(False, "somebody else's"),
    ProbeResult(None, "no answer"),
)
ACCEPTED, TURNED_AWAY = ProbeResult(True, "ours", True), ProbeResult(True, "ours", False, "no intermediate")
PORT = "www.example.com:443"
BESIDE = a_resource("beside.example.com")


@dataclass
class Others:
    """The other slots of the listener: whose certificate a name is served, and whether clients accept it."""

    serve: dict[str, Certificate]
    trusted: bool | None = None
    asked: list[str] = field(default_factory=list)

    def served(self, wanted: Certificate, name: str) -> ServedBeside | None:
        self.asked.append(name)
        if (other := self.serve.get(name)) is None:
            return None
        return ServedBeside(BESIDE, other, self.trusted, "no intermediate" if self.trusted is False else "")


@dataclass
class Clients:
    """A prober: what clients of each name meet, one after the other; the last for ever. 60 s are left."""

    meet: dict[str, list[ProbeResult]]
    deployed: Certificate = field(default_factory=a_certificate)
    asked: list[str] = field(default_factory=list)
    slept: float = 0.0
    beside: Others = field(default_factory=lambda: Others({}))

    def __call__(self, endpoint: str, server_name: str, certificate: Certificate) -> ProbeResult:
        assert endpoint == PORT
        assert certificate == self.deployed
        self.asked.append(server_name)
        met = self.meet[server_name]
        return met.pop(0) if len(met) > 1 else met[0]

    def prove(self, slot: CloudResource, *, as_before: bool = False) -> Verification:
        def standing(certificate: Certificate) -> Standing:
            return standing_of(certificate, {"public root"}, NOW)

        world = SimpleNamespace(probe=self, clock=lambda: NOW, standing=standing)
        waiter = Waiter(left_s=lambda: 60 - self.slept)
        others = cast(Beside, self.beside)
        proving = verify(cast(World, world), slot, self.deployed, waiter, others, as_before=as_before)
        while True:
            try:
                self.slept += next(proving)
            except StopIteration as proved:
                return cast(Verification, proved.value)


def a_slot(*domains: str, **changes: Any) -> CloudResource:
    return a_resource("www.example.com", **{"domains": domains, "endpoint": PORT, **changes})


def chained(*names: str) -> Certificate:
    """Each issued by the next."""
    links = (ChainLink(subject=one, issuer=above) for one, above in pairwise(names))
    return a_certificate(chain=tuple(links), issuer=names[1])


LEAF = "example.com"
PUBLIC, PRIVATE = chained(LEAF, "CA 1", "Public Root"), chained(LEAF, "Corp CA 1", "Corp Root")
