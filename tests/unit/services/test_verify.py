"""What counts as proof that clients are served a certificate: every name, until it is served or silent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.domain.certificates import Certificate, CertificateSource, CertificateStatus
from shared.domain.jobs import Handshake, Verification
from shared.domain.resources import CloudResource
from shared.errors import CloudRejectedError, NotYetEffectiveError
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
PORT = "www.example.com:443"


@dataclass
class Others:
    """The other slots of the listener: which of them serves a name."""

    serve: dict[str, Certificate]
    asked: list[str] = field(default_factory=list)

    def served(self, wanted: Certificate, name: str) -> ServedBeside | None:
        assert wanted == a_certificate()
        self.asked.append(name)
        other = self.serve.get(name)
        return ServedBeside(a_resource("beside.example.com"), other) if other else None


@dataclass
class Clients:
    """A prober: what clients of each name meet, one after the other; the last for ever. 60 s are left."""

    meet: dict[str, list[ProbeResult]]
    asked: list[str] = field(default_factory=list)
    slept: float = 0.0
    beside: Others = field(default_factory=lambda: Others({}))

    def __call__(self, endpoint: str, server_name: str, certificate: Certificate) -> ProbeResult:
        assert endpoint == PORT
        assert certificate == a_certificate()
        self.asked.append(server_name)
        met = self.meet[server_name]
        return met.pop(0) if len(met) > 1 else met[0]

    def prove(self, slot: CloudResource) -> Verification:
        world = SimpleNamespace(probe=self, clock=lambda: NOW)
        waiter = Waiter(left_s=lambda: 60 - self.slept)
        proving = verify(cast(World, world), slot, a_certificate(), waiter, cast(Beside, self.beside))
        while True:
            try:
                self.slept += next(proving)
            except StopIteration as proved:
                return cast(Verification, proved.value)


def a_slot(*domains: str, **changes: Any) -> CloudResource:
    return a_resource("www.example.com", **{"domains": domains, "endpoint": PORT, **changes})


def test_a_slot_is_proved_when_each_of_its_names_is_served() -> None:
    names = ("example.com", "www.example.com", "api.example.com")
    clients = Clients({name: [SERVED] for name in names})

    proof = clients.prove(a_slot(*names))

    assert (proof.read_back, proof.handshake, proof.at) == (True, Handshake.SERVED, NOW)
    assert (proof.server_names, tuple(clients.asked)) == (names, names)
    assert proof.detail == PORT
    assert clients.slept == 0


@pytest.mark.parametrize("wrong", ["a.example.com", "b.example.com", "c.example.com"])
def test_one_name_that_is_not_served_is_no_proof(wrong: str) -> None:
    clients = Clients({name: [SERVED] for name in ("a.example.com", "b.example.com", "c.example.com")})
    clients.meet[wrong] = [OTHER]

    with pytest.raises(NotYetEffectiveError) as refused:
        clients.prove(a_slot(*clients.meet))

    assert f"handshake: NotYetEffective: {wrong} at {PORT}: somebody else's" in str(refused.value)
    assert clients.slept > 30, "it was not waited for"


def test_what_was_served_to_the_last_is_told() -> None:
    """Not what the first client met."""
    clients = Clients({"a.example.com": [OTHER, ProbeResult(False, "a third one")]})
    with pytest.raises(NotYetEffectiveError, match="a third one"):
        clients.prove(a_slot("a.example.com"))


def test_a_name_that_is_served_late_is_waited_for() -> None:
    clients = Clients({"a.example.com": [OTHER, OTHER, SERVED], "b.example.com": [SERVED]})

    proof = clients.prove(a_slot("a.example.com", "b.example.com"))

    assert proof.handshake is Handshake.SERVED
    assert clients.asked == ["a.example.com"] * 3 + ["b.example.com"]


@pytest.mark.parametrize("silent", ["a.example.com", "b.example.com"])
def test_one_name_that_nobody_answers_for_is_not_proved_and_not_disproved(silent: str) -> None:
    clients = Clients({"a.example.com": [SERVED], "b.example.com": [SERVED]} | {silent: [SILENT]})

    proof = clients.prove(a_slot("a.example.com", "b.example.com"))

    assert proof.handshake is Handshake.UNREACHABLE
    assert proof.detail == f"{silent}: no answer"
    assert proof.server_names == tuple(clients.asked) == ("a.example.com", "b.example.com")
    assert clients.slept == 0, "silence is not waited for"


def test_all_names_that_nobody_answers_for_are_told() -> None:
    clients = Clients({"a.example.com": [SILENT], "b.example.com": [SILENT]})
    proof = clients.prove(a_slot("a.example.com", "b.example.com"))
    assert proof.detail == "a.example.com: no answer; b.example.com: no answer"


def test_silence_of_one_name_does_not_hide_that_another_is_not_served() -> None:
    clients = Clients({"a.example.com": [SILENT], "b.example.com": [OTHER]})
    with pytest.raises(NotYetEffectiveError, match=r"b\.example\.com"):
        clients.prove(a_slot("a.example.com", "b.example.com"))


def test_a_wildcard_is_asked_by_a_label_that_it_covers() -> None:
    clients = Clients({"certdeploy-probe.example.com": [SERVED], "certdeploy-probe.a.example.com": [SERVED]})

    proof = clients.prove(a_slot("*.example.com", "*.a.example.com"))

    assert proof.server_names == tuple(clients.meet)
    assert all(a_certificate(names=("*.example.com", "*.a.example.com")).covers(n) for n in clients.asked)


def test_names_served_at_the_address_are_asked_instead_of_the_slot_s() -> None:
    clients = Clients({"www.example.com": [SERVED], "api.example.com": [SERVED]})

    slot = a_slot("*.example.com", server_names=("www.example.com", "api.example.com"))

    assert clients.prove(slot).server_names == ("www.example.com", "api.example.com")


@pytest.mark.parametrize("lacking", [{"endpoint": ""}, {"domains": ()}], ids=["address", "name"])
def test_without_an_address_or_a_name_nothing_is_asked_and_nothing_claimed(lacking: dict[str, Any]) -> None:
    clients = Clients({})

    proof = clients.prove(a_slot("a.example.com").evolve(**lacking))

    assert (proof.read_back, proof.handshake) == (True, Handshake.NOT_TRIED)
    assert (proof.server_names, clients.asked) == ((), [])
    assert proof.detail == "the product names no address that a TLS client could reach"


LONGER = a_certificate(cert_id=2, not_after=a_certificate().not_after)
SHORTER = LONGER.evolve(not_after=a_certificate().not_after - timedelta(days=1))
_MET = f"clients are served 2-cn-hangzhou of {a_resource('beside.example.com').slot}, valid until "


def test_another_certificate_of_the_listener_that_is_served_is_told_after_some_seconds() -> None:
    clients = Clients({"a.example.com": [OTHER], "b.example.com": [SERVED], "c.example.com": [OTHER]})
    clients.beside.serve = {"a.example.com": LONGER, "c.example.com": LONGER}

    proof = clients.prove(a_slot(*clients.meet))

    assert (proof.read_back, proof.handshake) == (True, Handshake.BESIDE)
    assert [told.partition(":")[0] for told in proof.detail.split("; ")] == ["a.example.com", "c.example.com"]
    assert f"a.example.com: {_MET}" in proof.detail
    assert 5 <= clients.slept < 10, "it may still be met as it was; once for all names"


def test_the_certificate_that_is_served_after_the_other_one_is_a_proof() -> None:
    """For some seconds clients may be served what they were before."""
    clients = Clients({"a.example.com": [OTHER] * 3 + [SERVED]})
    clients.beside.serve = {"a.example.com": LONGER}

    assert clients.prove(a_slot("a.example.com")).handshake is Handshake.SERVED
    assert clients.beside.asked == []


def test_a_name_that_nobody_answers_for_is_told_beside_one_that_is_served_another() -> None:
    clients = Clients({"a.example.com": [OTHER], "b.example.com": [SILENT]})
    clients.beside.serve = {"a.example.com": LONGER}

    proof = clients.prove(a_slot(*clients.meet))

    assert proof.handshake is Handshake.BESIDE
    assert proof.detail.endswith("; b.example.com: no answer")


def test_what_no_slot_of_the_listener_carries_is_waited_for_to_the_last() -> None:
    clients = Clients({"a.example.com": [OTHER], "b.example.com": [OTHER]})
    clients.beside.serve = {"a.example.com": LONGER}

    with pytest.raises(NotYetEffectiveError, match=r"b\.example\.com at .*somebody else's"):
        clients.prove(a_slot(*clients.meet))
    assert clients.slept > 30


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (SHORTER, "it ends sooner"),
        (LONGER.evolve(not_after=NOW), "it has expired"),
        (LONGER.evolve(status=CertificateStatus.REVOKED), "it is revoked"),
        (LONGER.evolve(status=CertificateStatus.OTHER), "CAS tells of it a state that is not known"),
        (LONGER.evolve(source=CertificateSource.TEST), "it is a test certificate"),
    ],
)
def test_a_worse_one_that_is_served_is_an_error_and_no_success(other: Certificate, why: str) -> None:
    clients = Clients({"a.example.com": [OTHER]})
    clients.beside.serve = {"a.example.com": other}

    with pytest.raises(CloudRejectedError) as refused:
        clients.prove(a_slot("a.example.com"))

    told = f"a.example.com at {PORT}: it is in place, but {_MET}"
    assert f"AnotherCertificate: {told}" in str(refused.value)
    assert f"; {why}: deploy to that slot too" in str(refused.value)
    assert 20 <= clients.slept < 40, "it is waited for longer than one that is as good"


def test_a_worse_one_that_is_served_for_a_while_is_waited_for() -> None:
    clients = Clients({"a.example.com": [OTHER] * 7 + [SERVED]})
    clients.beside.serve = {"a.example.com": SHORTER}

    assert clients.prove(a_slot("a.example.com")).handshake is Handshake.SERVED
    assert clients.beside.asked
