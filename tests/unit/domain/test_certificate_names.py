"""The names of certificates, read as clients read them.

The tables' rows are our own; the facts are those of RFC 9525 and of the tests of three clients: Go's
crypto/x509 (validHostname, matchHostnames), Mozilla's webpki (presented against reference names), OpenSSL's
v3nametest. Where they differ, the strictest counts: a name that one of them refuses covers nothing.
"""

import time

import pytest

from shared.domain.certificate_names import Told, dns_names, host_name, told_names
from shared.domain.names import NotAHostNameError, covers, normalize

#: SAN, what a client asks for, whether it accepts the certificate.
MATCHES = [
    ("shop.example.com", "shop.example.com", True),
    ("shop.example.com", "SHOP.Example.Com", True),
    ("SHOP.Example.com", "shop.example.com", True),
    ("shop.example.com", "shop.example.com.", True),  # Go, webpki: a reference may be absolute
    ("example.com", "shop.example.com", False),
    ("shop.example.com", "example.com", False),
    ("*.example.com", "shop.example.com", True),
    ("*.example.com", "shop.example.com.", True),
    ("*.example.com", "example.com", False),
    ("*.example.com", "a.shop.example.com", False),
    ("*.example.com", "shop.example.org", False),
    ("*.shop.example.com", "a.shop.example.com", True),
    ("shop.example.com", "*.example.com", False),
    ("*.example.com", "xn--bcher-kva.example.com", True),  # OpenSSL: the whole label may be an A-label
    ("*.xn--bcher-kva.example", "www.xn--bcher-kva.example", True),
    ("*.good--example.com", "www.good--example.com", True),
    ("xn--bcher-kva.example", "BÜCHER.example", True),
    ("*.example.com", "a_b.example.com", True),  # all of them take the underscore
    ("a_b.example.com", "a_b.example.com", True),
    ("_sip.example.com", "_sip.example.com", True),
    ("a1.example.com", "a1.example.com", True),
    ("1.example.com", "1.example.com", True),
    ("*.1.example.com", "2.1.example.com", True),
    ("localhost", "localhost", True),
    ("shop", "shop", True),
    ("a" * 63 + ".example.com", "a" * 63 + ".example.com", True),
    ("*.github.io", "me.github.io", True),  # not of the registries' section of the list
    ("*.kawasaki.example", "a.kawasaki.example", True),
    ("*.www.ck", "a.www.ck", True),  # an exception of the list
]

#: SANs that no name may be covered by, and why where the message tells it.
REFUSED = [
    ("", ""),
    (".", ""),
    ("*", "left-most"),
    ("*.", ""),
    ("shop.example.com.", "without a dot"),  # Go, webpki
    ("*.example.com.", "without a dot"),
    (".example.com", "written \\*.example.com"),  # OpenSSL
    (".www.example.com", "written"),
    (".uk", "written"),
    ("w*.example.com", "left-most"),
    ("*w.example.com", "left-most"),
    ("*www.example.com", "left-most"),
    ("a*b.example.com", "left-most"),
    ("www.*.com", "left-most"),
    ("www.*.example.com", "left-most"),
    ("*.*.example.com", "left-most"),
    ("**.example.com", "left-most"),
    ("shop.example.*", "left-most"),
    ("xn--*.example.com", "left-most"),
    ("*.com", "every domain under com"),  # webpki, OpenSSL: at least two labels
    ("*.uk", "every domain under uk"),
    ("*.co.uk", "every domain under co.uk"),  # Chromium, NSS: the list
    ("*.com.cn", "every domain under com.cn"),
    ("*.CO.UK", "every domain under co.uk"),
    ("*.kawasaki.jp", "every domain under kawasaki.jp"),  # a wildcard of the list
    ("*.foo.ck", "every domain under foo.ck"),
    ("*.xn--55qx5d.cn", "every domain under xn--55qx5d.cn"),
    ("*.internal", "every domain under internal"),
    ("192.0.2.7", "an IP address"),
    ("*.2.3.4", "an IP address"),
    ("*.0.2.7", "an IP address"),
    ("1", "an IP address"),
    ("a.1", "an IP address"),  # webpki: the last label is no number
    ("a.0x1f", "an IP address"),
    ("::1", ""),
    ("[2001:db8::1]", ""),
    ("2001:db8::1", ""),
    ("-a.example.com", ""),
    ("a-.example.com", ""),  # webpki
    ("a.-b.example.com", ""),
    ("example..com", ""),
    ("a" * 64 + ".example.com", ""),
    ("a." * 127 + "com", ""),
    ("me@example.com", ""),
    ("https://www.example.com", ""),
    ("www.example.com:443", ""),
    ("www.example.com/path", ""),
    (" www.example.com", ""),
    ("www.example.com ", ""),
    ("www.exam ple.com", ""),
    ("www.example.com\n", ""),
    ("www.example.com\0.evil.example", ""),
    ("www.example.com\x00", ""),
    ("bücher.example", "A-labels"),
    ("*.bücher.example", "A-labels"),
    ("ｗｗｗ.example.com", "A-labels"),
    ("www。example。com", "A-labels"),
    ("\u202ewww.example.com", "A-labels"),
    ("\ud800.example.com", "A-labels"),
]


@pytest.mark.parametrize(("san", "asked", "accepted"), MATCHES)
def test_a_name_covers_what_clients_accept_it_for(san: str, asked: str, accepted: bool) -> None:
    assert covers(host_name(san), normalize(asked)) is accepted


@pytest.mark.parametrize(("san", "why"), REFUSED)
def test_what_clients_refuse_covers_nothing_and_is_kept(san: str, why: str) -> None:
    with pytest.raises(NotAHostNameError, match=f"is not a host name.*{why}"):
        host_name(san)
    kept = f"DNS:{san}".replace("\ud800", r"\ud800")[:300]
    assert dns_names([san, "a.example.com"]) == Told(("a.example.com",), (kept,))


def test_each_name_is_there_once_in_the_order_of_the_certificate() -> None:
    told = dns_names(["b.example.com", "*.Example.com", "B.example.com", "x.", "x."], ["IP:::1", "IP:::1"])
    assert told == Told(("b.example.com", "*.example.com"), ("DNS:x.", "IP:::1"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("shop.example.com", Told(("shop.example.com",))),
        (" Shop.example.com ", Told(("shop.example.com",))),
        ("", Told()),
        ("   ", Told()),
        ("me@example.com", Told((), ("email:me@example.com",))),
        ("192.0.2.7", Told((), ("IP:192.0.2.7",))),
        ("2001:DB8:0::1", Told((), ("IP:2001:db8::1",))),
        ("spiffe://example.com/shop", Told((), ("URI:spiffe://example.com/shop",))),
        ("*.*.example.com", Told((), ("DNS:*.*.example.com",))),
        ("shop.example.com.", Told((), ("DNS:shop.example.com.",))),
        (".example.com", Told((), ("DNS:.example.com",))),
        ("bücher.example", Told(("xn--bcher-kva.example",))),  # shown so, for what stands there in A-labels
        ("*.bücher.example", Told(("*.xn--bcher-kva.example",))),
        ("*.中国", Told((), ("DNS:*.xn--fiqs8s",))),
        (".bücher.example", Told((), ("DNS:.bücher.example",))),
        ("bücher.example。", Told((), ("DNS:bücher.example。",))),
        ("☃☃☃", Told((), ("DNS:☃☃☃",))),
        ("\ud800", Told((), (r"DNS:\ud800",))),
        # By UTS 46 each of these is the name of somebody else; in no certificate is it a U-label.
        ("ΒΌΛΟΣ.example", Told((), ("DNS:ΒΌΛΟΣ.example",))),
        ("ｗｗｗ.example.com", Told((), ("DNS:ｗｗｗ.example.com",))),
        ("www。example。com", Told((), ("DNS:www。example。com",))),
        ("pay\u00adpal.example", Told((), ("DNS:pay\u00adpal.example",))),
        ("pay\u200bpal.example", Told((), ("DNS:pay\u200bpal.example",))),
        ("\u212aey.example", Told((), ("DNS:\u212aey.example",))),  # the sign of Kelvin, which is no k
        ("\u017fhop.example", Told((), ("DNS:\u017fhop.example",))),  # a long s
        ("ﬁn.example", Told((), ("DNS:ﬁn.example",))),  # a ligature
        ("e\u0301cole.example", Told((), ("DNS:e\u0301cole.example",))),  # not in normal form
        ("\u00a0shop.example.com", Told((), ("DNS:\u00a0shop.example.com",))),
        ("shop.example.com\u3000", Told((), ("DNS:shop.example.com\u3000",))),
        ("shop.example.com\n", Told((), ("DNS:shop.example.com\n",))),
        ("☃.example", Told((), ("DNS:☃.example",))),
        ("a_b.bücher.example", Told((), ("DNS:a_b.bücher.example",))),
        ("-ü.example", Told((), ("DNS:-ü.example",))),
        ("*.*.bücher.example", Told((), ("DNS:*.*.bücher.example",))),
        # Of IDNA 2008, which IDNA 2003 mapped to others.
        ("faß.example", Told(("xn--fa-hia.example",))),
        ("βόλος.example", Told(("xn--nxasmm1c.example",))),
        ("क्\u200dष.example", Told(("xn--11b2ezcw70k.example",))),
        ("Bücher.example", Told(("xn--bcher-kva.example",))),  # of `xn--Bcher-kva`: ASCII has no case in DNS
        ("bücher.SHOP.example", Told(("xn--bcher-kva.shop.example",))),
        ("例え.テスト", Told(("xn--r8jz45g.xn--zckzah",))),
    ],
)
def test_a_list_of_the_cloud_tells_names_of_all_kinds_as_texts(text: str, told: Told) -> None:
    assert told_names([text]) == told


def test_a_name_that_goes_on_and_on_is_neither_slow_nor_kept_whole() -> None:
    begun = time.thread_time()
    for long in (
        "a." * 50_000,
        "a" * 100_000,
        "*." * 50_000,
        "0." * 50_000,
        "ü" * 100_000,
        "x" * 99_999 + "@",
    ):
        told = told_names([long])
        assert [len(text) <= 310 for text in (*told.names, *told.other_names)] == [True]
    assert time.thread_time() - begun < 0.5
