"""What a user uploads: good pairs are read, bad ones refused with all that is wrong at once."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from shared.errors import InvalidRequestError
from tests.keys import (
    a_leaf,
    a_signed_certificate,
    ec_key,
    ed25519_key,
    intermediate,
    key_pem,
    root,
    rsa_key,
    signed_with_sha1,
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
    assert bundle.serial == f"{leaf.certificate.serial_number:x}"
    assert (len(bundle.sha1), len(bundle.sha256)) == (40, 64)
    assert bundle.issuer == "Test TLS CA"
    assert bundle.key.reveal() == key_pem(leaf.key, traditional=traditional)


def test_line_ends_blank_lines_and_headings_become_one_spelling() -> None:
    leaf = a_leaf()
    text = chain(leaf, intermediate())
    messy = "\ufeffBag Attributes\r\n  friendlyName: x\r\n" + text.replace("\n", "\r\n\r\n")

    bundle = read(messy, "\n\n" + leaf.key_pem.replace("\n", "  \r\n"))

    assert bundle.certificate_pem == text
    assert bundle.key.reveal() == leaf.key_pem
    assert "text outside the BEGIN and END lines was dropped" in bundle.notes


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
    assert "self-signed" in read(own.pem, own.key_pem).notes[0]


def test_an_issuer_that_ends_first_is_noted() -> None:
    short = a_signed_certificate("Short CA", key=ec_key(which="s"), issuer=root(), ca=True, days=9)
    leaf = a_signed_certificate("a.example.com", issuer=short, names=["a.example.com"], days=30)
    notes = read(chain(leaf, short), leaf.key_pem).notes
    assert "its issuer 'Short CA' ends before it, on 2026-05-10" in notes


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


@pytest.mark.parametrize(
    ("days", "age", "message"),
    [
        (-1, 30, "it expired on 2026-04-30; renew it first"),
        (90, -2, "it is valid only from 2026-05-03 12:00 UTC; wait until then"),
    ],
)
def test_a_certificate_out_of_its_time_is_refused(days: int, age: int, message: str) -> None:
    leaf = a_leaf(days=days, age=age)
    assert refusal(chain(leaf, intermediate()), leaf.key_pem) == f"certificate: {message}"


def test_a_certificate_made_this_moment_on_a_faster_clock_is_taken() -> None:
    leaf = a_leaf(age=-4 / 24 / 60)
    assert read(chain(leaf, intermediate()), leaf.key_pem)


def test_an_expired_issuer_is_refused() -> None:
    old = a_signed_certificate("Old CA", key=ec_key(which="o"), issuer=root(), ca=True, days=-0.5)
    leaf = a_signed_certificate("a.example.com", issuer=old, names=["a.example.com"])
    assert "'Old CA' expired on 2026-05-01; get the chain" in refusal(chain(leaf, old), leaf.key_pem)


def test_a_common_name_alone_is_refused() -> None:
    leaf = a_signed_certificate("www.example.com", issuer=intermediate())
    assert "clients ignore the common name" in refusal(chain(leaf, intermediate()), leaf.key_pem)


def test_a_name_that_is_no_host_name_is_refused() -> None:
    leaf = a_leaf("www.example.com", "w*.example.com")
    message = refusal(chain(leaf, intermediate()), leaf.key_pem)
    assert message.startswith("certificate: 'w*.example.com' is not a host name")


def test_a_client_certificate_is_refused() -> None:
    leaf = a_signed_certificate(
        "a.example.com", issuer=intermediate(), names=["a.example.com"], client_only=True
    )
    assert "not for TLS servers" in refusal(chain(leaf, intermediate()), leaf.key_pem)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (lambda: rsa_key(1024), "its RSA key has only 1024 bits"),
        (lambda: ec_key(ec.SECP521R1), "its EC key is on secp521r1"),
        (ed25519_key, "its key is of an unsupported kind"),
    ],
    ids=["rsa-1024", "p521", "ed25519"],
)
def test_a_key_that_products_do_not_serve_is_refused(key, message: str) -> None:  # type: ignore[no-untyped-def]
    leaf = a_leaf(key=key())
    assert message in refusal(chain(leaf, intermediate()), leaf.key_pem)


def test_an_issuer_may_have_a_strong_key_of_any_kind() -> None:
    issuer = a_signed_certificate("Ed CA", key=ed25519_key(), issuer=root(), ca=True)
    leaf = a_signed_certificate("a.example.com", issuer=issuer, names=["a.example.com"])
    assert read(chain(leaf, issuer), leaf.key_pem)


def test_a_sha_1_signature_is_all_that_is_told_of_a_sha_1_chain() -> None:
    old = a_signed_certificate("Old CA", key=rsa_key(which="ca"), issuer=root(), ca=True)
    leaf = signed_with_sha1(a_signed_certificate("a.example.com", issuer=old, names=["a.com"]))
    assert refusal(chain(leaf, old), leaf.key_pem) == (
        "certificate: it is signed with SHA1, which clients refuse; have it reissued"
    )


def test_a_sha_1_signature_does_not_hide_a_gap() -> None:
    old = a_signed_certificate("Old CA", key=rsa_key(which="ca"), issuer=root(), ca=True)
    leaf = signed_with_sha1(a_signed_certificate("a.example.com", issuer=old, names=["a.com"]))
    message = refusal(chain(leaf, intermediate()), leaf.key_pem)
    assert "its issuer is 'Old CA'" in message
    assert "signed with SHA1" in message


def test_a_root_may_have_signed_itself_with_sha_1() -> None:
    ca = a_signed_certificate("Old Root", key=rsa_key(which="ca"), ca=True)
    leaf = a_signed_certificate("a.example.com", issuer=ca, names=["a.example.com"])
    bundle = read(chain(leaf, signed_with_sha1(ca)), leaf.key_pem)
    assert bundle.notes == ("the root 'Old Root' is included; clients do not need it",)


def test_fields_that_were_swapped_are_recognized_and_the_key_is_not_told() -> None:
    leaf = a_leaf()
    with pytest.raises(InvalidRequestError) as error:
        read(leaf.key_pem, chain(leaf, intermediate()))
    message = str(error.value)
    assert "it holds a private key; keys go into the other field only" in message
    assert "private key: it holds a certificate" in message
    assert leaf.key_pem.splitlines()[1] not in message


def test_everything_that_is_wrong_is_told_at_once() -> None:
    leaf = a_signed_certificate("a.example.com", issuer=intermediate(), days=-0.5)
    message = refusal(leaf.pem + "oops", key_pem(rsa_key()))
    for clause in ("text after", "incomplete", "expired", "alternative name", "not that of"):
        assert clause in message
