"""The private key of an upload: one, readable, not encrypted, and that of the certificate."""

import pytest

from tests.keys import a_leaf, ec_key, intermediate, key_pem, rsa_key
from tests.unit.validation import uploads

LEAF = a_leaf()
CHAIN = LEAF.pem + intermediate().pem


def refusal(key: str) -> str:
    """The message for a good certificate with this key."""
    return uploads.refusal(CHAIN, key).removeprefix("certificate: ")


def test_another_certificate_s_key_is_refused() -> None:
    assert refusal(key_pem(ec_key(which="other"))).startswith(
        "the private key is not that of the certificate"
    )


def test_the_ca_s_key_is_recognized() -> None:
    assert "the private key belongs to 'Test TLS CA'" in refusal(intermediate().key_pem)


@pytest.mark.parametrize("traditional", [False, True], ids=["pkcs8", "traditional"])
def test_an_encrypted_key_is_refused_with_the_way_to_decrypt_it(traditional: bool) -> None:
    message = refusal(key_pem(LEAF.key, passphrase="correct horse", traditional=traditional))
    assert message.startswith("private key: it is encrypted")
    assert "openssl pkey" in message


def test_two_keys_are_refused() -> None:
    assert refusal(LEAF.key_pem + key_pem(rsa_key())) == (
        "private key: there are 2 private keys in it; give exactly one"
    )


def test_parameters_without_a_key_are_no_key() -> None:
    parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    assert "there are 0 private keys" in refusal(parameters)


@pytest.mark.parametrize("label", ["CERTIFICATE REQUEST", "PUBLIC KEY", "OPENSSH PRIVATE KEY"])
def test_what_is_no_private_key_for_tls_is_called_by_its_name(label: str) -> None:
    other = LEAF.pem.replace("CERTIFICATE", label)
    assert refusal(LEAF.key_pem + other) == (
        f"private key: it holds a {label}; give a PKCS#8, RSA or EC private key"
    )


def test_a_key_with_damaged_bytes_is_refused() -> None:
    damaged = LEAF.key_pem.replace("\nMIG", "\nAAA", 1)
    assert refusal(damaged).startswith("private key: it is damaged or of an unsupported kind")


def test_a_key_that_was_cut_off_is_refused() -> None:
    assert "has no END line" in refusal(LEAF.key_pem[:-30])
