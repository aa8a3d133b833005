"""Whether clients accept what they are served: asked of certificates that clients are meant to accept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from functools import partial
from typing import Any

import pytest

from emulator.authority import Authority
from emulator.bundles import Bundle, common_name
from emulator.cloud import Cloud
from emulator.edge import Edge
from emulator.estate import Estate, parse_estate
from shared.cloud import tls
from shared.cloud.roots import Roots
from shared.domain.certificates import Certificate, ChainLink
from shared.runtime.probe import TlsProber
from shared.services.world import ProbeResult
from tests.builders import a_certificate

NOW = datetime.now(timezone.utc)
NAME = "www.example.com"
KINDS: dict[str, dict[str, Any]] = {
    "public": {},
    "private": {"ca": "private"},
    "self-signed": {"self_signed": True},
    "leaf only": {"chain": "leaf-only"},
    "expired": {"days": -1},
    "misnamed": {"names": ["*.example.org"]},
    "private misnamed": {"names": ["example.com", "*.example.org"], "ca": "private"},
    "self-signed misnamed": {"names": ["*.a.example.com"], "self_signed": True},
}
ROOTS = Roots.of(Authority().root_pem)


@pytest.fixture
def estate(cloud: Cloud) -> Estate:
    """A domain for each."""
    certificates = {
        kind: {"names": ["*.example.com"], "key": "ecdsa-p256", **changes} for kind, changes in KINDS.items()
    }
    domains = [{"domain": f"{kind.replace(' ', '-')}.example.com", "certificate": kind} for kind in KINDS]
    made = parse_estate({"certificates": certificates, "cdn": domains})
    cloud.load(made)
    return made


@pytest.fixture
def edge(cloud: Cloud, estate: Estate) -> Iterator[Edge]:
    with Edge(cloud) as edge:
        yield edge


@pytest.fixture
def handshakes(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each one: whether it verified."""
    made: list[bool] = []
    original = tls._shake

    def shake(*arguments: Any) -> Any:
        made.append(arguments[3].check_hostname)
        return original(*arguments)

    monkeypatch.setattr(tls, "_shake", shake)
    return made


def in_cas(bundle: Bundle) -> Certificate:
    links = [
        ChainLink(
            subject=common_name(one.subject),
            issuer=common_name(one.issuer),
            not_after=one.not_valid_after_utc,
        )
        for one in bundle.chain
    ]
    return a_certificate(
        names=bundle.names,
        algorithm="ECC",
        fingerprint=bundle.sha256.lower(),
        serial=f"{bundle.leaf.serial_number:x}",
        issuer=bundle.issuer,
        not_after=bundle.not_after,
        chain=tuple(links),
    )


def probe(edge: Edge, estate: Estate, kind: str, roots: Roots = ROOTS, **changes: Any) -> ProbeResult:
    name = f"{kind.replace(' ', '-')}.example.com"
    certificate = in_cas(estate.bundle(kind, NOW)).evolve(**changes)
    return TlsProber(edge.address, roots, partial(datetime.now, timezone.utc))(
        f"{name}:443", name, certificate
    )


def test_a_public_certificate_is_accepted_in_one_handshake(
    edge: Edge, estate: Estate, handshakes: list[bool]
) -> None:
    met = probe(edge, estate, "public")

    assert (met.served, met.trusted, met.why_not) == (True, True, "")
    assert handshakes == [True]


@pytest.mark.parametrize("kind", ["private", "self-signed"])
def test_what_no_public_client_is_meant_to_accept_is_not_asked(
    edge: Edge, estate: Estate, handshakes: list[bool], kind: str
) -> None:
    met = probe(edge, estate, kind)

    assert (met.served, met.trusted) == (True, None)
    assert handshakes == [False]


def test_a_leaf_without_its_intermediate_is_served_and_not_accepted(
    edge: Edge, estate: Estate, handshakes: list[bool]
) -> None:
    met = probe(edge, estate, "leaf only")

    assert (met.served, met.trusted) == (True, False)
    assert met.why_not == (
        "the server sends it without its intermediate;"
        " upload the full chain to CAS as a new certificate, and deploy that one"
    )
    assert handshakes == [True, False], "one more, to learn what is served"


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("public", "its chain leads to no public root, or misses a certificate"),
        ("self-signed", "its chain ends in a root that is not public; if clients trust it, name it"),
    ],
)
def test_a_chain_that_a_name_only_calls_public_is_not_accepted(
    edge: Edge, estate: Estate, kind: str, why: str
) -> None:
    """CAS tells names, which anybody can take."""
    links = (ChainLink(subject=NAME, issuer="CA 1"), ChainLink(subject="CA 1", issuer="ISRG Root X1"))

    met = probe(edge, estate, kind, Roots(), chain=links)

    assert (met.served, met.trusted) == (True, False)
    assert met.why_not.startswith(why)


def test_where_no_chain_is_told_clients_are_asked(edge: Edge, estate: Estate) -> None:
    assert probe(edge, estate, "public", chain=()).trusted is True
    assert probe(edge, estate, "private", chain=()).trusted is False


def test_what_is_not_the_certificate_that_is_meant_is_not_judged(
    edge: Edge, estate: Estate, handshakes: list[bool]
) -> None:
    """A client that turns away from what is still served tells nothing of what is to come."""
    met = probe(edge, estate, "private", chain=(), serial="abc")

    assert (met.served, met.trusted, met.why_not) == (False, None, "")
    assert "the certificate served has serial" in met.detail
    assert handshakes == [True, False]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("expired", "a certificate of its chain has expired; get the chain anew from your CA"),
        ("misnamed", "it is not for this name"),
    ],
)
def test_a_public_certificate_that_has_ended_or_is_for_another_name_is_not_accepted(
    edge: Edge, estate: Estate, kind: str, why: str
) -> None:
    met = probe(edge, estate, kind)

    assert (met.served, met.trusted) == (True, False)
    assert met.why_not.startswith(why)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("misnamed", "*.example.org"),
        ("private misnamed", "example.com, *.example.org"),
        ("self-signed misnamed", "*.a.example.com"),
    ],
)
def test_a_certificate_that_is_not_for_the_name_is_accepted_by_nobody_whoever_signed_it(
    edge: Edge, estate: Estate, kind: str, names: str
) -> None:
    met = probe(edge, estate, kind)

    assert (met.served, met.trusted, met.misnamed) == (True, False, True)
    assert met.why_not == f"it is not for this name (but for {names}); deploy a certificate that is"
    assert not probe(edge, estate, "private").misnamed


@pytest.mark.parametrize("algorithm", ["ECC", ""])
def test_a_client_that_asks_for_a_kind_of_key_judges_alike(
    edge: Edge, estate: Estate, algorithm: str
) -> None:
    assert probe(edge, estate, "public", algorithm=algorithm).trusted is True
    assert probe(edge, estate, "leaf only", algorithm=algorithm).trusted is False


@pytest.mark.parametrize(
    ("kind", "trusted", "why", "misnamed"),
    [
        ("public", True, "", False),
        ("private", False, "its chain leads to no public root", False),
        ("leaf only", False, "the server sends it without its intermediate", False),
        ("expired", False, "a certificate of its chain has expired", False),
        ("misnamed", False, "it is not for this name", True),
    ],
)
def test_a_client_takes_whatever_is_served_and_tells_whether_it_trusts_it(
    edge: Edge, estate: Estate, kind: str, trusted: bool, why: str, misnamed: bool
) -> None:
    name = f"{kind.replace(' ', '-')}.example.com"
    met = TlsProber(edge.address, ROOTS, partial(datetime.now, timezone.utc)).client(f"{name}:443", name, "")

    assert met.leaf is not None
    assert met.leaf.sha256 == estate.bundle(kind, NOW).sha256.lower()
    assert (met.trusted, met.misnamed) == (trusted, misnamed)
    assert met.why_not.startswith(why)
    assert bool(met.why_not) is not trusted


def test_a_client_that_reaches_no_server_or_no_certificate_says_why(edge: Edge) -> None:
    clock = partial(datetime.now, timezone.utc)
    nobody = TlsProber("127.0.0.1:1", ROOTS, clock).client("www.example.com:443", "www.example.com", "RSA")
    unknown = TlsProber(edge.address, ROOTS, clock).client("public.example.com:443", "x.example.edu", "")
    here = TlsProber(None, ROOTS, clock).client("127.0.0.1:443", "localhost", "")

    assert (nobody.leaf, unknown.leaf, here.leaf) == (None, None, None)
    assert "Connection refused" in nobody.detail
    assert "UNRECOGNIZED_NAME" in unknown.detail
    assert here.detail
