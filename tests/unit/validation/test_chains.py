"""The chain of an upload: its order, its gaps, and what does not belong into it."""

from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.x509.oid import NameOID

from shared.validation.chains import is_ca, issued_by, self_signed
from tests.keys import (
    NO_CURVE,
    P_256,
    Signed,
    a_leaf,
    a_signed_certificate,
    ec_key,
    ed25519_key,
    intermediate,
    root,
    with_bytes,
)
from tests.unit.validation.uploads import chain, read, refusal


def test_a_chain_in_the_wrong_order_is_told_the_right_one_and_nothing_else() -> None:
    leaf = a_leaf()
    assert refusal(chain(root(), intermediate(), leaf), leaf.key_pem) == (
        "certificate: the certificates are in the wrong order;"
        " reorder them to 'www.example.com', 'Test TLS CA', 'Test Root CA'"
    )


def test_a_lone_leaf_lacks_its_issuer() -> None:
    leaf = a_leaf()
    assert refusal(leaf.pem, leaf.key_pem) == (
        "certificate: the chain is incomplete: append the certificate of its issuer 'Test TLS CA'"
        " (your CA offers it as chain, bundle or fullchain)"
    )


def test_a_gap_in_the_chain_is_named() -> None:
    leaf = a_leaf()
    assert refusal(chain(leaf, root()), leaf.key_pem) == (
        "certificate: 'www.example.com' is followed by 'Test Root CA', which did not issue it;"
        " put its issuer 'Test TLS CA' there"
    )


def test_only_the_gap_is_told_not_the_links_that_hold() -> None:
    leaf = a_leaf()
    stranger = a_signed_certificate("Other Root", key=ec_key(which="stranger"), ca=True)
    assert refusal(chain(leaf, intermediate(), stranger), leaf.key_pem) == (
        "certificate: 'Other Root' issued none of the others; remove it, or add what is missing below it,"
        " such as 'Test Root CA'"
    )


@pytest.mark.parametrize(
    "key",
    [ec_key(which="twin"), ed25519_key(), x25519.X25519PrivateKey.generate()],
    ids=["of the same kind", "of another kind", "that signs nothing"],
)
def test_an_issuer_of_the_same_name_with_another_key_is_refused(key: Any) -> None:
    twin = a_signed_certificate("Test TLS CA", key=key, issuer=root(), ca=True)
    leaf = a_leaf()
    assert refusal(chain(leaf, twin), leaf.key_pem) == (
        "certificate: 'www.example.com' is not signed by the 'Test TLS CA' that follows it, but by another"
        " certificate with that name; download the chain from your CA again"
    )


def test_an_issuer_whose_key_is_unknown_signed_nothing_that_we_know() -> None:
    leaf, issuer = a_leaf(), with_bytes(intermediate(), P_256, NO_CURVE)
    assert "by another certificate with that name" in refusal(chain(leaf, issuer), leaf.key_pem)


def a_name(kind: x509.ObjectIdentifier, *values: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(kind, value) for value in values])


def test_the_first_of_two_common_names_is_told() -> None:
    name = a_name(NameOID.COMMON_NAME, "First CA", "Second CA")
    ca = a_signed_certificate("", key=ec_key(which="o"), issuer=root(), ca=True, subject=name)
    leaf = a_signed_certificate("a.example.com", issuer=ca, names=["a.example.com"])
    assert read(chain(leaf, ca), leaf.key_pem).issuer == "First CA"


def test_an_issuer_without_a_common_name_is_told_by_its_whole_name() -> None:
    name = a_name(NameOID.ORGANIZATION_NAME, "Nameless Ltd")
    ca = a_signed_certificate("", key=ec_key(which="o"), issuer=root(), ca=True, subject=name)
    leaf = a_signed_certificate("a.example.com", issuer=ca, names=["a.example.com"])
    assert "append the certificate of its issuer 'O=Nameless Ltd'" in refusal(leaf.pem, leaf.key_pem)
    assert read(chain(leaf, ca), leaf.key_pem).issuer == "O=Nameless Ltd"


def test_of_a_certificate_given_twice_one_copy_is_kept_and_noted() -> None:
    leaf = a_leaf()
    good = chain(leaf, intermediate())
    for given, name in (
        (chain(leaf, leaf, intermediate()), "www.example.com"),
        (chain(leaf, intermediate(), leaf), "www.example.com"),
        (chain(leaf, intermediate(), intermediate()), "Test TLS CA"),
    ):
        bundle = read(given, leaf.key_pem)
        assert bundle.certificate_pem == good
        assert bundle.notes[0] == f"'{name}' is there more than once; one copy was kept"


def test_what_is_not_of_a_chain_that_is_complete_is_left_out_and_named() -> None:
    leaf = a_leaf()
    stranger = a_signed_certificate("Other Root", key=ec_key(which="stranger"), ca=True)
    bundle = read(chain(leaf, intermediate(), stranger, root()), leaf.key_pem)
    assert bundle.certificate_pem == chain(leaf, intermediate(), root())
    assert bundle.notes[0] == "'Other Root' is not of this chain and was left out"


@pytest.fixture
def crossed() -> list[Signed]:
    """A leaf, its issuer, and the root above that: signed by an older root, and by itself."""
    key = ec_key(which="new root")
    old = a_signed_certificate("Old Root", key=ec_key(which="old root"), ca=True, days=3650)
    cross = a_signed_certificate("New Root", key=key, issuer=old, ca=True, days=300)
    own = a_signed_certificate("New Root", key=key, ca=True, days=3650)
    issuer = a_signed_certificate("R3", key=ec_key(which="r3"), issuer=own, ca=True, days=900)
    leaf = a_signed_certificate("www.example.com", issuer=issuer, names=["www.example.com"])
    return [leaf, issuer, cross, own, old]


def test_of_an_issuer_that_is_there_cross_signed_and_self_signed_the_cross_signed_one_is_kept(
    crossed: list[Signed],
) -> None:
    leaf, issuer, cross, own, old = crossed
    for given in ((leaf, issuer, cross, own), (leaf, issuer, own, cross)):
        bundle = read(chain(*given), leaf.key_pem)
        assert bundle.certificate_pem == chain(leaf, issuer, cross)
        assert "the one signed by 'Old Root' was kept, which clients that trust 'New Root'" in bundle.notes[0]
    assert read(chain(leaf, issuer, cross, own, old), leaf.key_pem).certificate_pem == chain(
        leaf, issuer, cross, old
    )


def test_a_cross_signed_issuer_that_has_expired_gives_way_to_the_self_signed_one(
    crossed: list[Signed],
) -> None:
    leaf, issuer, _, own, old = crossed
    expired = a_signed_certificate("New Root", key=own.key, issuer=old, ca=True, days=-1, age=300)
    bundle = read(chain(leaf, issuer, expired, own), leaf.key_pem)
    assert bundle.certificate_pem == chain(leaf, issuer, own)
    assert bundle.notes[0] == (
        "'New Root' is there signed by 'Old Root' and by itself; the one signed by itself was kept"
    )


def test_a_renewal_of_the_leaf_under_its_key_is_no_other_certificate_of_an_issuer() -> None:
    leaf, renewed = a_leaf(days=10), a_leaf(days=90)
    assert refusal(chain(leaf, intermediate(), renewed), leaf.key_pem) == (
        "certificate: 'www.example.com' is not a CA certificate; remove it from the chain"
    )


def test_who_issued_a_certificate_is_told_by_name_and_signature() -> None:
    leaf, ca, top = a_leaf().certificate, intermediate().certificate, root().certificate
    twin = a_signed_certificate("Test TLS CA", key=ec_key(which="twin"), issuer=root(), ca=True).certificate
    assert issued_by(leaf, ca) is issued_by(ca, top) is issued_by(top, top) is True
    assert issued_by(leaf, top) is issued_by(ca, leaf) is issued_by(leaf, twin) is issued_by(ca, ca) is False
    assert (self_signed(top), self_signed(ca), is_ca(ca), is_ca(leaf)) == (True, False, True, False)


def test_up_to_six_that_do_not_fit_are_told_each_and_more_as_a_whole() -> None:
    leaf = a_leaf()
    others = [a_leaf(f"{n}.example.com") for n in range(6)]
    six, seven = (refusal(chain(leaf, *others[:count]), leaf.key_pem) for count in (5, 6))
    assert six.count("which did not issue it") == 5
    assert "form no chain" not in six
    assert seven.startswith(
        "certificate: its 7 certificates do not form a chain; provide only your domain's"
        " certificate and its issuers; "
    )
    assert "which did not issue it" not in seven


def test_a_chain_may_be_as_long_as_it_is_if_each_signed_the_one_before() -> None:
    above = [root()]
    for n in range(6):
        ca = a_signed_certificate(f"CA {n}", key=ec_key(which=f"{n}"), issuer=above[0], ca=True, days=900)
        above.insert(0, ca)
    leaf = a_signed_certificate("a.example.com", issuer=above[0], names=["a.example.com"])
    assert read(chain(leaf, *above), leaf.key_pem).certificate_pem == chain(leaf, *above)


CSR = "it contains a request (CSR); provide the certificate that your CA issued for it"


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("CERTIFICATE REQUEST", CSR),
        ("NEW CERTIFICATE REQUEST", CSR),
        ("PKCS7", "it is PKCS#7; convert it with `openssl pkcs7 -print_certs`"),
        ("TRUSTED CERTIFICATE", "it is in OpenSSL's own format; convert it with `openssl x509`"),
        ("X509 CERTIFICATE", "it is in an outdated format; convert it with `openssl x509`"),
        ("ATTRIBUTE CERTIFICATE", "it contains a ATTRIBUTE CERTIFICATE; remove it"),
        ("DH PARAMETERS", "it contains a DH PARAMETERS; remove it"),
        ("X509 CRL", "it contains a X509 CRL; remove it"),
        ("RSA PRIVATE KEY", "it contains a private key; provide the key separately"),
    ],
)
def test_what_is_no_certificate_is_called_by_its_name(label: str, message: str) -> None:
    leaf = a_leaf()
    other = leaf.pem.replace("CERTIFICATE", label)
    assert refusal(chain(leaf, intermediate()) + other, leaf.key_pem) == f"certificate: {message}"


def test_a_certificate_with_damaged_bytes_is_told_by_its_line() -> None:
    leaf = a_leaf()
    damaged = intermediate().pem.replace("\nMII", "\nAAA", 1)
    line = len(leaf.pem.splitlines()) + 1
    assert refusal(leaf.pem + damaged, leaf.key_pem) == (
        f"certificate: the CERTIFICATE that begins on line {line} is damaged; copy it again"
    )


def test_another_server_s_certificate_in_the_chain_is_refused() -> None:
    leaf = a_leaf()
    message = refusal(chain(leaf, a_leaf("b.example.com")), leaf.key_pem)
    assert message.endswith("'b.example.com' is not a CA certificate; remove it from the chain")
    assert "'www.example.com' is no CA certificate" not in message


def test_an_issuer_that_does_not_say_it_is_a_ca_is_none() -> None:
    silent = a_signed_certificate("Silent CA", key=ec_key(which="s"), issuer=root(), ca=None)
    leaf = a_signed_certificate("a.example.com", issuer=silent, names=["a.example.com"])
    assert refusal(chain(leaf, silent), leaf.key_pem) == (
        "certificate: 'Silent CA' is not a CA certificate; remove it from the chain"
    )


def test_a_ca_certificate_is_not_deployed() -> None:
    message = refusal(chain(intermediate(), root()), intermediate().key_pem)
    assert message.startswith(
        "certificate: the first certificate is a CA certificate; start with your domain's certificate;"
        " it has no DNS name"
    )
