"""Certificates that are ordered from the emulator's CAs, and what clients of another process trust."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from emulator.authority import Authority
from emulator.bundles import read
from emulator.server import Server
from tests.functional.emulator.clients import plain

ROOT = Path(__file__).parents[3]
ELSEWHERE = (
    "from emulator.authority import Authority;"
    "print(Authority().issue(['a.example.com'], key='ecdsa-p256').certificate_pem, Authority().root_pem)"
)


def ordered(server: Server, **fields: Any) -> tuple[int, dict[str, str]]:
    body = json.dumps({"names": ["a.example.com"], "key": "ecdsa-p256", **fields}).encode()
    status, _, text = plain(server, "POST", "/_emulator/certificates", body=body)
    return status, json.loads(text)


@pytest.mark.parametrize(("ca", "issuer"), [("public", "Local"), ("private", "Internal")])
def test_a_certificate_is_issued_with_its_key_and_is_not_in_the_account(
    server: Server, ca: str, issuer: str
) -> None:
    status, issued = ordered(server, ca=ca, days=47)

    bundle = read(issued["certificate"], issued["private_key"])
    assert (status, bundle.names) == (200, ("a.example.com",))
    assert bundle.issuer == f"certdeploy {issuer} TLS CA"
    assert len(bundle.chain) == 2
    assert server.cloud.service("cas").deployable() == []


def test_an_order_may_be_for_a_leaf_alone(server: Server) -> None:
    assert ordered(server, chain="leaf-only")[1]["certificate"].count("BEGIN CERTIFICATE") == 1


def test_an_order_with_wrong_fields_is_refused_as_in_an_estate(server: Server) -> None:
    status, refused = ordered(server, chain="leaf_only", dais=3)

    assert status == 400
    assert 'dais: unknown field; did you mean "days"?' in refused["error"]


def test_no_key_is_issued_twice(server: Server) -> None:
    assert ordered(server)[1]["private_key"] != ordered(server)[1]["private_key"]


def test_what_another_process_issues_leads_to_the_same_root() -> None:
    """Names alone would tell so even if it did not: the signatures do."""
    told = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    leaf, intermediate, root = x509.load_pem_x509_certificates(told.encode())
    (ours,) = x509.load_pem_x509_certificates(Authority().root_pem.encode())

    leaf.verify_directly_issued_by(intermediate)
    intermediate.verify_directly_issued_by(ours)
    assert root.public_key() == ours.public_key()


def test_the_two_cas_have_keys_of_their_own() -> None:
    made = [Authority(ca).issue(["a.example.com"], key="ecdsa-p256") for ca in ("public", "private")]
    kind = x509.SubjectKeyIdentifier
    keys = {
        link.extensions.get_extension_for_class(kind).value.digest for bundle in made for link in bundle.chain
    }
    assert len(keys) == 4
