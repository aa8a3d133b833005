"""The certificate a server shows: its time, its names, its purpose."""

from datetime import timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.keys import a_leaf, a_signed_certificate, ec_key, intermediate, root, with_bytes
from tests.unit.validation.uploads import chain, read, refusal

SECOND, MINUTE = timedelta(seconds=1) / timedelta(days=1), timedelta(minutes=1) / timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "age", "message"),
    [
        (-1, 30, "it expired on 2026-04-30; renew it first"),
        (0, 30, "it expired on 2026-05-01; renew it first"),
        (90, -2, "it is valid only from 2026-05-03 12:00 UTC; wait until then"),
        (90, -5 * MINUTE - SECOND, "it is valid only from 2026-05-01 12:05 UTC; wait until then"),
    ],
)
def test_a_certificate_out_of_its_time_is_refused(days: float, age: float, message: str) -> None:
    leaf = a_leaf(days=days, age=age)
    assert refusal(chain(leaf, intermediate()), leaf.key_pem) == f"certificate: {message}"


@pytest.mark.parametrize(
    ("days", "age"),
    [(SECOND, 1), (90, 0), (90, -5 * MINUTE)],
    ids=["its last second", "its first", "made this moment on a faster clock"],
)
def test_a_certificate_within_its_time_is_taken(days: float, age: float) -> None:
    leaf = a_leaf(days=days, age=age)
    assert read(chain(leaf, intermediate()), leaf.key_pem)


@pytest.mark.parametrize(
    ("days", "age", "message"),
    [
        (0, 1, "'Other CA' expired on 2026-05-01; download the chain from your CA again"),
        (90, -1, "'Other CA' is valid only from 2026-05-02 12:00 UTC; wait until then"),
    ],
)
def test_an_issuer_out_of_its_time_is_refused(days: float, age: float, message: str) -> None:
    other = a_signed_certificate(
        "Other CA", key=ec_key(which="o"), issuer=root(), ca=True, days=days, age=age
    )
    leaf = a_signed_certificate("a.example.com", issuer=other, names=["a.example.com"])
    assert refusal(chain(leaf, other), leaf.key_pem) == f"certificate: {message}"


def test_a_common_name_alone_is_refused() -> None:
    told = (
        "certificate: it has no DNS name among its subject alternative names, and clients ignore the common"
        " name; have it reissued with its domains as DNS names"
    )
    leaf = a_signed_certificate("www.example.com", issuer=intermediate())
    assert refusal(chain(leaf, intermediate()), leaf.key_pem) == told
    address = x509.SubjectAlternativeName([x509.RFC822Name("me@www.example.com")])
    leaf = a_signed_certificate("www.example.com", issuer=intermediate(), extension=address)
    assert refusal(chain(leaf, intermediate()), leaf.key_pem) == told


def test_each_name_that_is_no_host_name_is_refused() -> None:
    leaf = a_leaf("www.example.com", "w*.example.com", "a..example.com")
    assert refusal(chain(leaf, intermediate()), leaf.key_pem) == (
        "certificate: 'w*.example.com' is not a host name: a wildcard is the whole left-most label; have"
        " it reissued with host names only; 'a..example.com' is not a host name; have it reissued with host"
        " names only"
    )


def test_a_name_written_twice_is_there_once() -> None:
    leaf = a_leaf("www.example.com", "*.Example.com", "WWW.example.com")
    assert read(chain(leaf, intermediate()), leaf.key_pem).names == ("www.example.com", "*.example.com")


SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH


@pytest.mark.parametrize(
    ("usages", "taken"),
    [
        ([], True),
        ([SERVER], True),
        ([CLIENT, SERVER], True),
        ([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE], True),
        ([CLIENT], False),
        ([ExtendedKeyUsageOID.CODE_SIGNING, CLIENT], False),
    ],
    ids=["any", "server", "both", "told any", "client", "neither"],
)
def test_a_certificate_must_be_for_tls_servers(usages: list[x509.ObjectIdentifier], taken: bool) -> None:
    leaf = a_signed_certificate(
        "a.example.com",
        issuer=intermediate(),
        names=["a.example.com"],
        extension=x509.ExtendedKeyUsage(usages) if usages else None,
    )
    if taken:
        assert read(chain(leaf, intermediate()), leaf.key_pem)
    else:
        assert refusal(chain(leaf, intermediate()), leaf.key_pem) == (
            "certificate: it is not for TLS servers (extended key usage); have it issued for a web server"
        )


SUBJECT = "abcdefgh.example.com"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\x0c\x14abcdefgh", b"\x0c\x14abcdef\xffh"),  # its subject is no UTF-8
        (b"Test TLS CA", b"Test\xffTLS CA"),  # its issuer
        (b"\x82\x14abcdefgh", b"\x82\x14abcdef\xffh"),  # a DNS name
        (b"\x82\x14abcdefgh", b"\xa3\x14abcdefgh"),  # a name of a kind that nobody uses
        (bytes.fromhex("551d25"), bytes.fromhex("551d11")),  # an extension twice
    ],
    ids=["subject", "issuer", "name", "kind of name", "extension twice"],
)
def test_a_certificate_that_cannot_be_read_to_its_end_is_damaged(before: bytes, after: bytes) -> None:
    usage = x509.ExtendedKeyUsage([SERVER])
    leaf = a_signed_certificate(SUBJECT, issuer=intermediate(), names=[SUBJECT], extension=usage)
    assert refusal(chain(with_bytes(leaf, before, after), intermediate()), leaf.key_pem).startswith(
        "certificate: the CERTIFICATE that begins on line 1 is damaged; copy it again"
    )


def test_a_certificate_for_addresses_alone_is_told_why_it_leads_nowhere_here() -> None:
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ip_address(one)) for one in ("192.0.2.7", "::1")])
    leaf = a_signed_certificate("192.0.2.7", issuer=intermediate(), extension=addresses)
    assert refusal(chain(leaf, intermediate()), leaf.key_pem) == (
        "certificate: it is for IP addresses only (192.0.2.7, ::1), and certificates are matched to slots by"
        " domain names; set it in the product's console, or have it reissued with a domain"
    )


def test_addresses_beside_domains_do_no_harm() -> None:
    both = x509.SubjectAlternativeName(
        [x509.IPAddress(ip_address("192.0.2.7")), x509.DNSName("a.example.com")]
    )
    leaf = a_signed_certificate("a.example.com", issuer=intermediate(), extension=both)
    assert read(chain(leaf, intermediate()), leaf.key_pem).names == ("a.example.com",)
