"""What a user uploads: good pairs are read, bad ones refused with all that is wrong at once."""

import re
from dataclasses import FrozenInstanceError
from datetime import timedelta
from hashlib import sha1, sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from shared.errors import InvalidRequestError
from shared.validation.bundles import read_bundle
from shared.validation.secret import SecretPem
from tests.keys import (
    NOW,
    a_leaf,
    a_signed_certificate,
    ec_key,
    intermediate,
    key_pem,
    root,
    rsa_key,
)
from tests.unit.validation.uploads import chain, read, refusal


@pytest.mark.parametrize(
    ("key", "algorithm", "size"),
    [
        (rsa_key, "RSA", 2048),
        (lambda: ec_key(which="leaf"), "ECC", 256),
        (lambda: ec_key(ec.SECP384R1), "ECC", 384),
    ],
    ids=["rsa", "p256", "p384"],
)
@pytest.mark.parametrize("traditional", [False, True], ids=["pkcs8", "traditional"])
def test_a_good_pair_is_read(key, algorithm: str, size: int, traditional: bool) -> None:  # type: ignore[no-untyped-def]
    leaf = a_leaf("Example.com", "*.example.com", key=key())
    text = chain(leaf, intermediate())

    bundle = read(text, key_pem(leaf.key, traditional=traditional))

    assert (bundle.algorithm, bundle.key_size) == (algorithm, size)
    assert bundle.names == ("example.com", "*.example.com")
    assert bundle.certificate_pem == text
    assert bundle.issuer == "Test TLS CA"
    assert bundle.key.reveal() == key_pem(leaf.key, traditional=traditional)


def test_a_bundle_tells_the_facts_by_which_the_cloud_knows_it() -> None:
    leaf = a_leaf()
    der = leaf.certificate.public_bytes(Encoding.DER)
    bundle = read(chain(leaf, intermediate()), leaf.key_pem)
    assert int(bundle.serial, 16) == leaf.certificate.serial_number
    assert re.fullmatch("[1-9a-f][0-9a-f]*", bundle.serial)
    assert (bundle.sha1, bundle.sha256) == (sha1(der).hexdigest(), sha256(der).hexdigest())
    assert (bundle.not_before, bundle.not_after) == (NOW - timedelta(days=1), NOW + timedelta(days=90))


def test_line_ends_blank_lines_and_headings_become_one_spelling() -> None:
    leaf = a_leaf()
    text = chain(leaf, intermediate())
    messy = "\ufeffBag Attributes\r\n  friendlyName: x\r\n" + text.replace("\n", "\r\n\r\n")

    bundle = read(messy, "\n\n" + leaf.key_pem.replace("\n", "  \r\n"))

    assert bundle.certificate_pem == text
    assert bundle.key.reveal() == leaf.key_pem
    assert bundle.notes == (
        "text outside the BEGIN and END lines was dropped",
        "the chain ends below 'Test Root CA', which clients must trust",
    )


def test_a_root_that_is_included_is_noted() -> None:
    leaf = a_leaf()
    bundle = read(chain(leaf, intermediate(), root()), leaf.key_pem)
    assert bundle.notes == ("the root 'Test Root CA' is included; clients do not need it",)


def test_a_root_that_is_left_out_is_named() -> None:
    leaf = a_leaf()
    bundle = read(chain(leaf, intermediate()), leaf.key_pem)
    assert bundle.notes == ("the chain ends below 'Test Root CA', which clients must trust",)


def test_a_self_signed_certificate_is_taken_and_noted() -> None:
    own = a_signed_certificate("www.example.com", names=["www.example.com"])
    told = ("it is self-signed: clients trust it only if configured to",)
    assert read(own.pem, own.key_pem).notes == told
    as_openssl_makes_it = a_signed_certificate("www.example.com", names=["www.example.com"], ca=True)
    assert read(as_openssl_makes_it.pem, as_openssl_makes_it.key_pem).notes == told


def test_issuers_that_end_first_are_noted_each() -> None:
    top = a_signed_certificate("Short Root", key=ec_key(which="top"), ca=True, days=8)
    short = a_signed_certificate("Short CA", key=ec_key(which="s"), issuer=top, ca=True, days=9)
    leaf = a_signed_certificate("a.example.com", issuer=short, names=["a.example.com"], days=30)
    assert read(chain(leaf, short, top), leaf.key_pem).notes == (
        "the root 'Short Root' is included; clients do not need it",
        "its issuer 'Short CA' expires first, on 2026-05-10",
        "its issuer 'Short Root' expires first, on 2026-05-09",
    )
    equal = a_signed_certificate("a.example.com", issuer=short, names=["a.example.com"], days=9)
    assert read(chain(equal, short), equal.key_pem).notes == (
        "the chain ends below 'Short Root', which clients must trust",
    )


def test_openssl_s_ec_parameters_before_the_key_are_dropped() -> None:
    leaf = a_leaf()
    parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    bundle = read(chain(leaf, intermediate()), parameters + leaf.key_pem)
    assert bundle.key.reveal() == leaf.key_pem


def test_neither_the_bundle_nor_its_key_prints_the_key() -> None:
    leaf = a_leaf()
    bundle = read(chain(leaf, intermediate()), leaf.key_pem)
    secret = leaf.key_pem.splitlines()[1]
    for text in (repr(bundle), str(bundle), f"{bundle.key}", str(vars(bundle))):
        assert secret not in text
    assert "BEGIN" not in repr(bundle)


def test_fields_that_were_swapped_are_recognized_and_the_key_is_not_told() -> None:
    leaf = a_leaf()
    with pytest.raises(InvalidRequestError) as error:
        read(leaf.key_pem, chain(leaf, intermediate()))
    message = str(error.value)
    assert message == (
        "certificate: it contains a private key; provide the key separately;"
        " private key: it contains a certificate; provide the certificate separately"
    )
    assert leaf.key_pem.splitlines()[1] not in message


def test_everything_that_is_wrong_is_told_at_once() -> None:
    leaf = a_signed_certificate("a.example.com", issuer=intermediate(), days=-0.5)
    line = len(leaf.pem.splitlines()) + 1
    assert refusal(leaf.pem + "oops", key_pem(rsa_key())) == "; ".join(
        [
            f"certificate: there is text after the last END line (line {line}); remove it",
            "the chain is incomplete: append the certificate of its issuer 'Test TLS CA' (your CA offers it"
            " as chain, bundle or fullchain)",
            "it expired on 2026-05-01; renew it first",
            "it has no DNS name among its subject alternative names, and clients ignore the common name;"
            " have it reissued with its domains as DNS names",
            "the private key does not match the certificate; provide the key that its request was created"
            " with",
        ]
    )


def test_a_bundle_is_not_changed_once_it_is_checked() -> None:
    leaf = a_leaf()
    bundle = read(chain(leaf, intermediate()), leaf.key_pem)
    with pytest.raises(FrozenInstanceError):
        bundle.names = ("other.example.com",)  # type: ignore[misc]


def test_without_a_certificate_only_what_is_there_is_told() -> None:
    empty = "it is empty; provide the PEM text"
    assert refusal("", "") == f"certificate: {empty}; private key: {empty}"
    assert refusal("", a_leaf().key_pem) == f"certificate: {empty}"


def test_a_name_is_checked_with_the_rest_or_not_at_all() -> None:
    leaf = a_leaf()
    pair = chain(leaf, intermediate()), SecretPem(leaf.key_pem)
    assert read_bundle(*pair, now=NOW) == read_bundle(*pair, now=NOW, name="n" * 63)
    with pytest.raises(InvalidRequestError) as error:
        read_bundle(*pair, now=NOW, name="")
    assert str(error.value) == "certificate: name: it is empty; enter a name"
