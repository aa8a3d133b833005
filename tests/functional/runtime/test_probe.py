"""What clients meet: this very certificate, another one, a refusal, or nobody."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime, timezone
from functools import partial

import pytest

from emulator.cloud import Cloud
from emulator.edge import Edge
from emulator.estate import Estate, parse_estate
from shared.cloud import private_addresses
from shared.cloud.roots import Roots
from shared.domain.certificates import Certificate
from shared.runtime.probe import TlsProber
from tests.builders import a_certificate

NAMES = ["www.example.com"]


@pytest.fixture
def estate(cloud: Cloud) -> Estate:
    """A listener with a certificate of either kind, which prefers ECC."""
    made = parse_estate(
        {
            "certificates": {
                "rsa": {"names": NAMES},
                "ecc": {"names": NAMES, "key": "ecdsa-p256"},
                "spare": {"names": NAMES, "key": "ecdsa-p256"},
            },
            "alb": [
                {
                    "name": "shop",
                    "region": "cn-hangzhou",
                    "listeners": [{"port": 443, "default": "ecc", "additional": ["rsa"]}],
                }
            ],
        }
    )
    cloud.load(made)
    return made


@pytest.fixture
def edge(cloud: Cloud, estate: Estate) -> Iterator[Edge]:
    with Edge(cloud) as edge:
        yield edge


def prober(edge: Edge | None = None) -> TlsProber:
    return TlsProber(edge.address if edge else None, Roots(), partial(datetime.now, timezone.utc))


def in_cas(estate: Estate, name: str, kind: str) -> Certificate:
    bundle = estate.bundle(name, datetime.now(timezone.utc))
    return a_certificate(
        estate.id_of(name),
        names=tuple(NAMES),
        algorithm=kind,
        fingerprint=bundle.sha256,
        serial=f"{bundle.leaf.serial_number:x}",
        not_after=bundle.not_after,
    )


def address(cloud: Cloud) -> str:
    (listener,) = {host for host, _ in cloud.service("alb").slots()}
    return str(listener)


@pytest.mark.parametrize(("name", "kind"), [("rsa", "RSA"), ("ecc", "ECC"), ("ecc", "")])
def test_the_certificate_that_is_meant_is_asked_for_by_its_kind_of_key(
    cloud: Cloud, estate: Estate, edge: Edge, name: str, kind: str
) -> None:
    met = prober(edge)(address(cloud), NAMES[0], in_cas(estate, name, kind))

    assert met.served is True
    assert met.detail == estate.bundle(name, datetime.now(timezone.utc)).sha256.lower()


def test_another_certificate_is_told_with_both_serials(cloud: Cloud, estate: Estate, edge: Edge) -> None:
    spare, ecc = in_cas(estate, "spare", "ECC"), in_cas(estate, "ecc", "ECC")

    met = prober(edge)(address(cloud), NAMES[0], spare)

    assert met.served is False
    assert met.detail == f"the certificate served has serial {ecc.serial}, not {spare.serial}"


def test_a_name_that_is_refused_is_not_served(
    estate: Estate, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_addresses, "is_elsewhere", lambda _: True)
    met = prober()(edge.address, "nobody.example.com", in_cas(estate, "ecc", "ECC"))

    assert met.served is False
    assert met.detail.startswith(f"{edge.address} for nobody.example.com")


def test_where_nobody_listens_nothing_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_addresses, "is_elsewhere", lambda _: True)
    met = prober()("127.0.0.1:1", NAMES[0], a_certificate())

    assert met.served is None
    assert met.detail == "127.0.0.1:1: Connection refused"


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.8.8.8", "localhost", "[::1]", "0.0.0.0", "[::]", "2130706433", "0x7f.1"),
        *("169.254.169.254", "100.100.100.200", "[fe80::1]", "[::ffff:169.254.169.254]", "224.0.0.1"),
        *("[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
    ],
)
def test_no_client_is_met_at_this_machine_nor_where_machines_are_told_their_credentials(
    host: str, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that others have written names it. Nothing is sent, not even a greeting."""
    connected: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: connected.append(address))
    port = edge.address.rpartition(":")[2]

    met = prober()(f"{host}:{port}", NAMES[0], a_certificate())

    assert met.served is None
    assert met.detail.startswith(f"{host}:{port}: at ")
    assert met.detail.endswith(" no client is served")
    assert connected == []
