"""A product that is slow, deaf, forgetful or closed, as it is told to be; and an exchange driven by hand."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import Any, cast

from shared.cloud.openapi import OpenApi
from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import AppError, CloudDeniedError, CloudUnavailableError
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Change, Look, carrying
from shared.products.kit.exchange import End, Outcome, exchange
from shared.products.kit.means import Means
from shared.products.kit.waiting import Waiter
from tests.builders import a_certificate, a_resource

OLD, NEW = a_certificate(1), a_certificate(2)
SLOT = a_resource(cert_identifier=OLD.identifier)
CHANGE = Change(SLOT, NEW)
LOST = CloudUnavailableError("Write", "ConnectionLost", "no answer")
BEFORE = {"Gzip": "on", "Tls": {"Min": 1}}


class Known:
    """CAS has both."""

    def by_identifier(self, identifier: str) -> Certificate | None:
        return {one.identifier: one for one in (OLD, NEW)}.get(identifier)

    def by_fingerprint(self, *fingerprints: str) -> Certificate | None:
        return None

    def by_name(self, name: str, store: str) -> Certificate | None:
        return None


@dataclass
class State:
    """Serves `now`. What is written takes its place after `looks` more of them, with what it `costs`."""

    carries: str = OLD.identifier
    now: dict[str, Any] = field(default_factory=lambda: dict(BEFORE))
    costs: dict[str, Any] = field(default_factory=dict)
    looks: int = 0
    deaf: int = 0  #: looks that get no answer, once something is written
    closed: bool = False  #: denies every look once something is written
    unsettled: int = 0  #: looks, once something is written, until it has finished
    answer: AppError | None = None  #: to a write, instead of "accepted"
    unmade: bool = False  #: that write changes nothing
    broken: bool = False  #: takes nothing back
    stubborn: bool = False  #: takes the certificate back, not the settings
    silent: bool = False  #: once something is taken back, it never finishes, and shows no settings
    then: dict[str, Any] | None = None
    writes: int = 0
    polls: int = 0  #: looks since the first write
    restored: list[set[str]] = field(default_factory=list)


class Product(ProductAdapter):
    product = CloudProduct.CDN

    def __init__(self, **state: Any) -> None:
        super().__init__(Means(cast(OpenApi, None), catalogue=Known()))
        self.state = State(**state)
        self.remembered: list[Change] = []

    def discover(self, region: str) -> Iterator[CloudResource]:
        raise NotImplementedError

    def _look(self, change: Change) -> Look:
        it = self.state
        it.polls += bool(it.writes)
        if it.writes and it.closed:
            raise CloudDeniedError("Read", "Forbidden", "no longer")
        if it.writes and it.deaf:
            it.deaf -= 1
            raise CloudUnavailableError("Read", "ServiceUnavailable", "again")
        if it.then is not None and not it.looks:
            it.carries, it.now, it.then = it.then.pop("carries"), it.then, None
        it.looks -= it.then is not None
        it.unsettled -= bool(it.unsettled and it.writes)
        settled = not (it.writes and it.unsettled)
        slot = change.resource.evolve(cert_identifier=it.carries)
        if it.silent and it.restored:
            return Look(carrying(change, it.carries), slot, settled=False)
        return Look(carrying(change, it.carries), slot, settled, settings=dict(it.now))

    def _write(self, change: Change, look: Look) -> None:
        it = self.state
        it.writes += 1
        if not it.unmade:
            wanted = change.wanted.identifier if change.wanted else ""
            it.then = {**it.now, **it.costs, "carries": wanted}
        if it.answer is not None:
            raise it.answer

    def _take_back(self, change: Change, look: Look, lost: Set[str]) -> None:
        it = self.state
        it.restored.append(set(lost))
        if it.broken:
            raise LOST
        assert change.wanted is not None
        it.carries = change.wanted.identifier
        if not it.stubborn and change.before:
            it.now |= {"Gzip": change.before["Gzip"]}

    def exchanged(self, tries: int = 20, change: Change = CHANGE) -> Outcome:
        """The clock allows so many looks between two steps forward."""

        def patience() -> Waiter:
            left = iter(range(tries, -1, -1))
            return Waiter(left_s=lambda: float(next(left)), first_pause_s=0.5, longest_pause_s=0.5)

        going = exchange(self, [change], lambda change, look: self.remembered.append(change), patience)
        while True:
            try:
                next(going)
            except StopIteration as done:
                (outcome,) = done.value
                return cast(Outcome, outcome)

    def told(self, tries: int = 20, change: Change = CHANGE) -> str:
        """The error that it ends with."""
        outcome = self.exchanged(tries, change)
        assert outcome.end is End.FAILED
        return str(outcome.error)
