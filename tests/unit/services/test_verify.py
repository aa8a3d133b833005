"""What counts as proof that clients are served a certificate: every name, until it is served or silent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.domain.certificates import Certificate, CertificateSource, CertificateStatus, ChainLink
from shared.domain.jobs import Handshake, Verification
from shared.domain.resources import CloudResource
from shared.domain.trust import Standing, standing_of
from shared.errors import CloudRejectedError, NotTrustedError, NotYetEffectiveError
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


ACCEPTED, TURNED_AWAY = ProbeResult(True, "ours", True), ProbeResult(True, "ours", False, "no intermediate")


def chained(*names: str) -> Certificate:
    """Each issued by the next."""
    links = (ChainLink(subject=one, issuer=above) for one, above in pairwise(names))
    return a_certificate(chain=tuple(links), issuer=names[1])


LEAF = "example.com"
PUBLIC, PRIVATE = chained(LEAF, "CA 1", "Public Root"), chained(LEAF, "Corp CA 1", "Corp Root")


@pytest.mark.parametrize(
    ("met", "trusted"),
    [
        ((ACCEPTED, ACCEPTED), True),
        ((ACCEPTED, SERVED), None),
        ((SERVED, SERVED), None),
        ((ACCEPTED, TURNED_AWAY), False),
        ((SERVED, TURNED_AWAY), False),
        ((ACCEPTED, SILENT), True),
        ((SILENT, SILENT), None),
    ],
)
def test_whether_clients_accept_it_is_told_of_all_names_together(
    met: tuple[ProbeResult, ProbeResult], trusted: bool | None
) -> None:
    """Not of those that nobody answers for."""
    clients = Clients({"a.example.com": [met[0]], "b.example.com": [met[1]]}, PRIVATE)

    assert clients.prove(a_slot(*clients.meet)).trusted is trusted


@pytest.mark.parametrize("deployed", [PUBLIC, chained(LEAF, "CA 1")], ids=["public", "leaf only"])
def test_what_is_served_and_clients_turn_away_from_is_no_success(deployed: Certificate) -> None:
    """With the reason, and at once: it does not come by waiting."""
    clients = Clients({"a.example.com": [ACCEPTED], "b.example.com": [TURNED_AWAY]}, deployed)

    with pytest.raises(NotTrustedError) as refused:
        clients.prove(a_slot(*clients.meet))

    assert f"{PORT} serves it, but clients do not trust it: b.example.com: no intermediate" in str(
        refused.value
    )
    assert (clients.slept, refused.value.retryable) == (0, False)


def test_what_is_served_late_is_judged_when_it_is_served() -> None:
    clients = Clients({"a.example.com": [OTHER, OTHER, ACCEPTED]}, PUBLIC)
    assert clients.prove(a_slot("a.example.com")).trusted is True


@pytest.mark.parametrize("deployed", [PRIVATE, a_certificate()], ids=["private", "unknown"])
def test_of_what_no_public_client_is_meant_to_trust_it_is_told_only(deployed: Certificate) -> None:
    proof = Clients({"a.example.com": [TURNED_AWAY]}, deployed).prove(a_slot("a.example.com"))

    assert (proof.handshake, proof.trusted) == (Handshake.SERVED, False)
    assert proof.detail == f"{PORT}; clients do not trust it: a.example.com: no intermediate"


def test_what_was_in_place_before_is_restored_whether_clients_trust_it_or_not() -> None:
    clients = Clients({"a.example.com": [TURNED_AWAY]}, PUBLIC)

    proof = clients.prove(a_slot("a.example.com"), as_before=True)

    assert (proof.handshake, proof.trusted) == (Handshake.SERVED, False)


def test_silence_of_one_name_does_not_hide_that_clients_of_another_turn_away() -> None:
    clients = Clients({"a.example.com": [SILENT], "b.example.com": [TURNED_AWAY]}, PRIVATE)

    proof = clients.prove(a_slot(*clients.meet))

    assert (proof.handshake, proof.trusted) == (Handshake.UNREACHABLE, False)
    assert proof.detail == (
        "a.example.com: no answer; clients do not trust it: b.example.com: no intermediate"
    )
