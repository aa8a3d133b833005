"""The chain of an upload: its order, its gaps, and what does not belong into it."""

import pytest

from tests.keys import a_leaf, a_signed_certificate, ec_key, intermediate, root
from tests.unit.validation.uploads import chain, refusal


def test_a_chain_in_the_wrong_order_is_told_the_right_one_and_nothing_else() -> None:
    leaf = a_leaf()
    assert refusal(chain(root(), intermediate(), leaf), leaf.key_pem) == (
        "certificate: the certificates are in the wrong order;"
        " put them as 'www.example.com', 'Test TLS CA', 'Test Root CA'"
    )


def test_a_lone_leaf_lacks_its_issuer() -> None:
    leaf = a_leaf()
    assert "append the certificate of its issuer 'Test TLS CA'" in refusal(leaf.pem, leaf.key_pem)


def test_a_gap_in_the_chain_is_named() -> None:
    leaf = a_leaf()
    assert "after 'www.example.com' comes 'Test Root CA', which did not issue it;" in refusal(
        chain(leaf, root()), leaf.key_pem
    )


def test_only_the_gap_is_told_not_the_links_that_hold() -> None:
    leaf = a_leaf()
    stranger = a_signed_certificate("Other Root", key=ec_key(which="stranger"), ca=True)
    assert refusal(chain(leaf, intermediate(), stranger), leaf.key_pem) == (
        "certificate: after 'Test TLS CA' comes 'Other Root', which did not issue it;"
        " its issuer is 'Test Root CA': put that one there"
    )


def test_an_issuer_of_the_same_name_with_another_key_is_refused() -> None:
    twin = a_signed_certificate("Test TLS CA", key=ec_key(which="twin"), issuer=root(), ca=True)
    leaf = a_leaf()
    assert "by another certificate of that name" in refusal(chain(leaf, twin), leaf.key_pem)


def test_a_certificate_given_twice_is_refused() -> None:
    leaf = a_leaf()
    assert "twice" in refusal(chain(leaf, intermediate(), intermediate()), leaf.key_pem)


def test_a_collection_of_certificates_is_refused_in_one_sentence() -> None:
    leaf = a_leaf()
    others = [a_leaf(f"{n}.example.com") for n in range(6)]
    message = refusal(chain(leaf, *others), leaf.key_pem)
    assert "its 7 certificates form no chain" in message
    assert "which did not issue it" not in message


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("CERTIFICATE REQUEST", "a request (CSR); give the certificate your CA made of it"),
        ("PKCS7", "convert it with `openssl pkcs7 -print_certs`"),
        ("TRUSTED CERTIFICATE", "convert it with `openssl x509`"),
        ("X509 CRL", "it holds a X509 CRL; remove it"),
    ],
)
def test_what_is_no_certificate_is_called_by_its_name(label: str, message: str) -> None:
    leaf = a_leaf()
    other = leaf.pem.replace("CERTIFICATE", label)
    assert message in refusal(chain(leaf, intermediate()) + other, leaf.key_pem)


def test_a_certificate_with_damaged_bytes_is_told_by_its_line() -> None:
    leaf = a_leaf()
    damaged = intermediate().pem.replace("\nMII", "\nAAA", 1)
    line = len(leaf.pem.splitlines()) + 1
    assert refusal(leaf.pem + damaged, leaf.key_pem) == (
        f"certificate: the CERTIFICATE that begins in line {line} is damaged; copy it again"
    )


def test_another_server_s_certificate_in_the_chain_is_refused() -> None:
    leaf = a_leaf()
    message = refusal(chain(leaf, a_leaf("b.example.com")), leaf.key_pem)
    assert "'b.example.com' is no CA certificate" in message


def test_a_ca_certificate_is_not_deployed() -> None:
    message = refusal(chain(intermediate(), root()), intermediate().key_pem)
    assert "the first certificate is a CA's" in message
