"""Which other certificate of a listener clients are served: only what the product still shows in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.domain.certificates import Certificate, CertificateRecord
from shared.domain.resources import CloudResource
from shared.errors import CloudUnavailableError
from shared.products.kit.base import ProductAdapter
from shared.products.kit.changes import Carries, Change, Look
from shared.services.beside import Beside
from shared.services.world import ProbeResult, World
from tests.builders import a_certificate, a_resource

WWW, PORT = "www.example.com", "www.example.com:443"
SLOT = a_resource(WWW, endpoint=PORT)
OTHER = a_certificate(cert_id=2)
BESIDE = a_resource("beside.example.com", endpoint=PORT, cert_identifier=OTHER.identifier)
THERE = Look(Carries.WANTED, SLOT, held=[BESIDE])


@dataclass
class Listener:
    """An adapter, CAS's certificates and the clients: `look` is the next one, which may fail."""

    look: Look | None = THERE
    known: list[Certificate] = field(default_factory=lambda: [OTHER])
    serves: Certificate | None = OTHER
    asked: list[str] = field(default_factory=list)
    fails: bool = False

    def served(self) -> CloudResource | None:
        records = {one.identifier: CertificateRecord(certificate=one) for one in self.known}
        world = SimpleNamespace(probe=self._probe, certificates=SimpleNamespace(find=records.get))
        adapter = SimpleNamespace(look=self._look, beside=lambda look: look.held or ())
        change = Change(SLOT, a_certificate())
        others = Beside(cast(World, world), cast(ProductAdapter, adapter), change, THERE)
        found = others.served(a_certificate(), WWW)
        if found:
            assert (found.certificate, found.trusted, found.why_not) == (OTHER, False, "no intermediate")
        return found.slot if found else None

    def _probe(self, endpoint: str, name: str, certificate: Certificate) -> ProbeResult:
        assert (endpoint, name) == (PORT, WWW)
        self.asked.append(f"probe {certificate.identifier}")
        return ProbeResult(certificate == self.serves, "", False, "no intermediate")

    def _look(self, changes: Sequence[Change]) -> list[Look | None]:
        self.asked.append("look")
        if self.fails:
            raise CloudUnavailableError("look", "ServiceUnavailable", "no answer")
        return [self.look for _ in changes]


def test_a_certificate_that_clients_are_served_and_another_slot_still_carries_is_told() -> None:
    listener = Listener()

    assert listener.served() == BESIDE
    assert listener.asked == [f"probe {OTHER.identifier}", "look"]


@pytest.mark.parametrize(
    "known",
    [
        [],
        [OTHER.evolve(names=("other.example.com",))],
        [OTHER.evolve(algorithm="RSA" if OTHER.algorithm != "RSA" else "ECC")],
    ],
    ids=["unknown to CAS", "for other names", "of another kind of key"],
)
def test_a_certificate_that_cannot_be_what_clients_met_is_not_asked_for(known: list[Certificate]) -> None:
    listener = Listener(known=known)

    assert listener.served() is None
    assert listener.asked == []


def test_the_product_is_not_asked_where_clients_are_served_something_else() -> None:
    listener = Listener(serves=None)

    assert listener.served() is None
    assert "look" not in listener.asked


@pytest.mark.parametrize(
    "look",
    [
        None,
        Look(Carries.WANTED, SLOT, held=[]),
        Look(Carries.WANTED, SLOT, held=[BESIDE.evolve(cert_identifier="3-cn-hangzhou")]),
        Look(Carries.WANTED, SLOT, settled=False, held=[BESIDE]),
        Look(Carries.OTHER, SLOT, held=[BESIDE]),
    ],
    ids=["gone", "taken off since", "exchanged since", "under way", "the slot itself was exchanged"],
)
def test_what_the_product_does_not_show_any_more_is_no_answer(look: Look | None) -> None:
    assert Listener(look=look).served() is None


def test_a_look_that_fails_is_no_answer_and_no_error() -> None:
    assert Listener(fails=True).served() is None


def test_an_adapter_that_knows_of_no_listeners_has_nothing_beside() -> None:
    adapter: Any = ProductAdapter

    assert tuple(adapter.beside(adapter, THERE)) == ()
