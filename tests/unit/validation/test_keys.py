"""The private key of an upload: one, readable, not encrypted, and that of the certificate."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from shared.validation.keys import read_key, traditional_key
from shared.validation.pem import Block
from shared.validation.secret import SecretPem
from tests.keys import (
    NO_CURVE,
    P_256,
    a_leaf,
    ec_key,
    ed25519_key,
    intermediate,
    key_pem,
    rsa_key,
)
from tests.unit.validation import uploads

LEAF = a_leaf()
CHAIN = LEAF.pem + intermediate().pem


def refusal(key: str) -> str:
    """The message for a good certificate with this key."""
    return uploads.refusal(CHAIN, key).removeprefix("certificate: ")


def test_another_certificate_s_key_is_refused() -> None:
    assert refusal(key_pem(ec_key(which="other"))) == (
        "the private key does not match the certificate; provide the key that its request was created with"
    )


def test_the_ca_s_key_is_recognized() -> None:
    assert refusal(intermediate().key_pem) == (
        "the private key belongs to 'Test TLS CA', which is not first; put it first"
    )


ENCRYPTED = (
    "private key: it is encrypted, and its passphrase cannot be entered later; decrypt it first:"
    " `openssl pkey -in key.pem -out plain.pem`"
)


@pytest.mark.parametrize("traditional", [False, True], ids=["pkcs8", "traditional"])
def test_an_encrypted_key_is_refused_with_the_way_to_decrypt_it(traditional: bool) -> None:
    assert refusal(key_pem(LEAF.key, passphrase="correct horse", traditional=traditional)) == ENCRYPTED


def test_an_encrypted_key_beside_something_else_is_told_with_it() -> None:
    key = key_pem(LEAF.key, passphrase="correct horse", traditional=True)
    certificate = "it contains a certificate; provide the certificate separately"
    assert refusal(LEAF.pem + key) == f"private key: {certificate}; {ENCRYPTED}"
    assert refusal(LEAF.pem * 2) == f"private key: {certificate}"


@pytest.mark.parametrize("traditional", [False, True], ids=["pkcs8", "traditional"])
@pytest.mark.parametrize("key", [rsa_key, ec_key], ids=["rsa", "ec"])
def test_a_key_in_any_of_its_forms_is_read(key: Any, traditional: bool) -> None:
    written = key_pem(key(), traditional=traditional)
    secret, public, problems = read_key(SecretPem("\r\n" + written.replace("\n", "\r\n")))
    assert secret == SecretPem(written)
    assert public == key().public_key()
    assert problems == []


def test_a_key_with_other_headers_is_read_with_them() -> None:
    begin, rest = key_pem(ec_key(), traditional=True).split("\n", 1)
    secret, public, problems = read_key(SecretPem(f"{begin}\nComment: of 2026\n\n{rest}"))
    assert secret.reveal() == f"{begin}\nComment: of 2026\n\n{rest}"
    assert (public, problems) == (ec_key().public_key(), [])


@pytest.mark.parametrize("written", [False, True], ids=["pkcs8", "traditional"])
@pytest.mark.parametrize(
    "key",
    [rsa_key(), rsa_key(3072), ec_key(), ec_key(ec.SECP384R1), ec_key(ec.SECP521R1)],
    ids=["rsa-2048", "rsa-3072", "p-256", "p-384", "p-521"],
)
def test_a_key_in_any_of_its_forms_is_written_as_pkcs_1_or_sec_1(key: Any, written: bool) -> None:
    found, problems = traditional_key(SecretPem("\r\n" + key_pem(key, traditional=written)))

    assert problems == []
    assert found == SecretPem(key_pem(key, traditional=True))
    label = "RSA" if isinstance(key, rsa.RSAPrivateKey) else "EC"
    assert found.reveal().startswith(f"-----BEGIN {label} PRIVATE KEY-----\n")


def test_a_key_of_another_kind_has_no_such_form() -> None:
    secret = SecretPem(key_pem(ed25519_key()))

    assert traditional_key(secret) == (
        secret,
        ["it is neither an RSA nor an EC key; use a certificate with one of these"],
    )


@pytest.mark.parametrize("written", [False, True], ids=["pkcs8", "traditional"])
def test_an_encrypted_key_is_not_written_in_another_form(written: bool) -> None:
    secret = SecretPem(key_pem(ec_key(), passphrase="correct horse", traditional=written))

    assert traditional_key(secret) == (secret, [ENCRYPTED.removeprefix("private key: ")])


def test_two_keys_are_refused() -> None:
    assert refusal(LEAF.key_pem + key_pem(rsa_key())) == (
        "private key: it contains 2 private keys; provide exactly one"
    )


def test_parameters_without_a_key_are_no_key() -> None:
    parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    assert refusal(parameters) == "private key: it contains 0 private keys; provide exactly one"


@pytest.mark.parametrize(
    "label",
    ["CERTIFICATE REQUEST", "ATTRIBUTE CERTIFICATE", "PUBLIC KEY", "DSA PRIVATE KEY", "OPENSSH PRIVATE KEY"],
)
def test_what_is_no_private_key_for_tls_is_called_by_its_name(label: str) -> None:
    other = LEAF.pem.replace("CERTIFICATE", label)
    assert refusal(LEAF.key_pem + other) == (
        f"private key: it contains a {label}; provide a PKCS#8, RSA or EC private key"
    )


def test_a_key_with_damaged_bytes_is_refused() -> None:
    damaged = LEAF.key_pem.replace("\nMIG", "\nAAA", 1)
    told = (
        "private key: it is damaged or of an unsupported type;"
        " use RSA with 2048 bits or more, or EC on P-256 or P-384"
    )
    assert refusal(damaged) == told
    der = base64.b64decode("".join(LEAF.key_pem.splitlines()[1:-1])).replace(P_256, NO_CURVE)
    assert refusal(Block("PRIVATE KEY", 1, der).text) == told
    certificate = "private key: it contains a certificate; provide the certificate separately"
    assert refusal(LEAF.pem + damaged) == f"{certificate}; {told}"


def test_a_key_that_was_cut_off_is_refused() -> None:
    assert refusal(LEAF.key_pem[:-30]) == (
        "private key: the PRIVATE KEY that begins on line 1 has no END line; copy all of it"
    )
