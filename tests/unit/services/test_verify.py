"""What counts as proof that clients are served a certificate: every name, until it is served or silent."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.certificates import Certificate
from shared.domain.jobs import Handshake
from shared.errors import NotTrustedError, NotYetEffectiveError
from shared.services.world import ProbeResult
from tests.builders import NOW, a_certificate
from tests.unit.services.clients import (
    ACCEPTED,
    LEAF,
    OTHER,
    PORT,
    PRIVATE,
    PUBLIC,
    SERVED,
    SILENT,
    TURNED_AWAY,
    Clients,
    a_slot,
    chained,
)


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


@pytest.mark.parametrize("deployed", [PUBLIC, PRIVATE], ids=["public", "private"])
def test_a_certificate_that_does_not_cover_the_name_is_no_success_whoever_signed_it(
    deployed: Certificate,
) -> None:
    misnamed = ProbeResult(True, "ours", False, "it is not for this name", misnamed=True)
    meet = {"a.example.com": [SERVED], "b.example.com": [misnamed], "c.example.com": [SERVED]}

    with pytest.raises(NotTrustedError, match=r"b\.example\.com: it is not for this name"):
        Clients(meet, deployed).prove(a_slot(*meet))

    assert Clients(meet, deployed).prove(a_slot(*meet), as_before=True).trusted is False


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
