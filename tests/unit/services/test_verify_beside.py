"""A listener that serves another of its certificates for a name: told as such, if it is no worse."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.certificates import Certificate, CertificateSource, CertificateStatus
from shared.domain.jobs import Handshake
from shared.errors import CloudRejectedError, NotYetEffectiveError
from tests.builders import NOW, a_certificate
from tests.unit.services.clients import BESIDE, OTHER, PORT, PRIVATE, PUBLIC, SERVED, SILENT, Clients, a_slot

LONGER = a_certificate(cert_id=2, not_after=a_certificate().not_after)
SHORTER = LONGER.evolve(not_after=a_certificate().not_after - timedelta(days=1))
_MET = f"clients are served 2-cn-hangzhou of {BESIDE.slot}, valid until "


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
    assert f"; {why}: replace that one too" in str(refused.value)
    assert 20 <= clients.slept < 40, "it is waited for longer than one that is as good"


def test_a_worse_one_that_is_served_for_a_while_is_waited_for() -> None:
    clients = Clients({"a.example.com": [OTHER] * 7 + [SERVED]})
    clients.beside.serve = {"a.example.com": SHORTER}

    assert clients.prove(a_slot("a.example.com")).handshake is Handshake.SERVED
    assert clients.beside.asked


@pytest.mark.parametrize(
    ("trusted", "why"),
    [
        (False, "clients do not trust it: no intermediate"),
        (None, "clients do not trust it: it is not of a public CA"),
    ],
)
def test_one_that_clients_do_not_accept_is_worse_where_they_have_to(trusted: bool | None, why: str) -> None:
    clients = Clients({"a.example.com": [OTHER]}, PUBLIC)
    clients.beside.serve, clients.beside.trusted = {"a.example.com": LONGER}, trusted

    with pytest.raises(CloudRejectedError, match=f"; {why}: replace that one too"):
        clients.prove(a_slot("a.example.com"))


@pytest.mark.parametrize(("deployed", "trusted"), [(PUBLIC, True), (PRIVATE, None), (PRIVATE, False)])
def test_one_that_clients_accept_or_need_not_is_no_worse(deployed: Certificate, trusted: bool | None) -> None:
    clients = Clients({"a.example.com": [OTHER]}, deployed)
    clients.beside.serve, clients.beside.trusted = {"a.example.com": LONGER}, trusted

    assert clients.prove(a_slot("a.example.com")).handshake is Handshake.BESIDE


def test_what_was_in_place_before_is_restored_whatever_clients_were_served() -> None:
    clients = Clients({"a.example.com": [OTHER]})
    clients.beside.serve = {"a.example.com": SHORTER}

    assert clients.prove(a_slot("a.example.com"), as_before=True).handshake is Handshake.BESIDE
