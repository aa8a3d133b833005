"""Host names: one spelling for each, and which name of a certificate covers which."""

import re

import pytest

from shared.domain.names import NotAHostNameError, covers, for_display, in_letters, normalize, parent


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("www.example.com", "www.example.com"),
        ("WWW.Example.COM", "www.example.com"),
        (" www.example.com ", "www.example.com"),
        ("www.example.com.", "www.example.com"),
        (".example.com", "*.example.com"),
        ("*.Example.com.", "*.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("*.bücher.example", "*.xn--bcher-kva.example"),
        (".bücher.example", "*.xn--bcher-kva.example"),
        ("XN--Bcher-KVA.example", "xn--bcher-kva.example"),
        ("例え。example", "xn--r8jz45g.example"),
        ("ｗｗｗ.Ｅxample.com", "www.example.com"),
        ("faß.example", "xn--fa-hia.example"),
        ("_dmarc.example.com", "_dmarc.example.com"),
        ("1.example.com", "1.example.com"),
        ("localhost", "localhost"),
        ("a-b_c.example.com", "a-b_c.example.com"),
        (".a", "*.a"),
        ("a" * 63 + ".b", "a" * 63 + ".b"),
        ("A" * 63 + ".b", "a" * 63 + ".b"),
        ("b." + "a" * 63, "b." + "a" * 63),
    ],
)
def test_a_name_has_one_spelling(written: str, normal: str) -> None:
    assert normalize(written) == normal
    assert normalize(normal) == normal


#: Our own rows; the facts are those of Unicode's conformance test for UTS 46 (IdnaTestV2), not transitional.
UTS_46 = [
    ("ΒΌΛΟΣ", "xn--nxasmq6b"),  # its last letter is no final sigma
    ("shop.ΒΌΛΟΣ", "shop.xn--nxasmq6b"),
    ("ΒΌΛΟΣ-1.example", "xn---1-e9b0buy4d.example"),
    ("ΒΌΛΟΣ.example", "xn--nxasmq6b.example"),
    ("βόλος.example", "xn--nxasmm1c.example"),  # this one's is, which is another domain
    ("FASS.example", "fass.example"),
    ("faß.example", "xn--fa-hia.example"),
    ("FAẞ.example", "xn--fa-hia.example"),
    ("İstanbul.example", "xn--istanbul-o0e.example"),
    ("\u212bngstrom.example", "xn--ngstrom-dxa.example"),  # the sign of the unit
    ("A\u030angstrom.example", "xn--ngstrom-dxa.example"),  # composed
    ("\u212a.example", "k.example"),  # the sign of the Kelvin
    ("ⅷ.example", "viii.example"),
    ("①.example", "1.example"),
    ("㎉.example", "kcal.example"),
    ("a\u00adb.example", "ab.example"),  # a soft hyphen
    ("a。b．c｡example", "a.b.c.example"),
    ("日本語。ＪＰ", "xn--wgv71a119e.jp"),
    ("例え.example。", "xn--r8jz45g.example"),
    ("نامه\u200cای.example", "xn--mgba3gch31f060k.example"),  # a joiner in its place
    ("XN--BCHER-KVA.bücher.example", "xn--bcher-kva.xn--bcher-kva.example"),
]


@pytest.mark.parametrize(("written", "normal"), UTS_46)
def test_names_that_are_not_ascii_are_mapped_as_uts_46_has_it(written: str, normal: str) -> None:
    assert normalize(written) == normal
    assert normalize(normal) == normal
    assert normalize(f"*.{written}") == f"*.{normal}"


@pytest.mark.parametrize(
    "written",
    [
        "\u200d.example",  # a joiner where it joins nothing
        "\u0301a.example",  # begins with a mark
        "\u202ewww.example",  # turns the direction of what follows
        "\u2488com",
        "١.example.com",  # digits alone have no direction
        "-ü.example",
        "ab--cd.ü.example",
        "xn--a.bücher.example",  # no A-label
        "a\u2060\ud800.example",
        "ü" * 300 + ".example",
        "www.example.com..",
        "www.example.com。。",
        "a." * 127 + "com",
    ],
)
def test_what_uts_46_refuses_is_no_host_name(written: str) -> None:
    with pytest.raises(NotAHostNameError):
        normalize(written)


def test_a_message_repeats_the_beginning_of_a_long_text_only() -> None:
    with pytest.raises(NotAHostNameError) as error:
        normalize("a b" * 10_000)
    assert len(str(error.value)) < 200


@pytest.mark.parametrize(
    "written",
    [
        "",
        ".",
        "*",
        "*.",
        "w*.example.com",
        "*.*.example.com",
        "a.*.com",
        "a b.com",
        "ü" * 64,
        "a/b",
        "www.example.com~",
        "a..com",
        "a" * 64,
        "A" * 64,
        "a" * 64 + ".b",
        "b." + "a" * 64,
        "*." + "a" * 64,
        "-",
        "*ü.example",
        "\u00fc\u2028.example",
    ],
)
def test_what_is_no_host_name_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is not a host name") as error:
        normalize(written)
    assert str(error.value).startswith(f"{written!r} is not a host name")
    assert error.value.__cause__ is None


def test_the_reason_is_told_where_it_is_not_plain() -> None:
    for written, told in (("w*.example.com", "$"), ("a..com", "$"), ("a b.com", r": .*U\+0020")):
        with pytest.raises(ValueError, match=f"^{re.escape(repr(written))} is not a host name{told}"):
            normalize(written)


@pytest.mark.parametrize(
    ("pattern", "name", "covered"),
    [
        ("example.com", "example.com", True),
        ("example.com", "www.example.com", False),
        ("www.example.com", "example.com", False),
        ("a.example.com", "b.example.com", False),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "*.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.b.example.com", False),
        ("*.example.com", "*.b.example.com", False),
        ("*.example.com", "www.example.org", False),
        ("*.example.com", "www.badexample.com", False),
        ("www.example.com", "*.example.com", False),
        ("*.com", "example.com", True),
        ("*.xn--bcher-kva.example", "www.xn--bcher-kva.example", True),
    ],
)
def test_a_wildcard_stands_for_one_whole_label(pattern: str, name: str, covered: bool) -> None:
    assert covers(pattern, name) is covered


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("www.example.com", "example.com"),
        ("*.example.com", "example.com"),
        ("example.com", "com"),
        ("localhost", ""),
    ],
)
def test_a_name_and_its_wildcard_have_the_same_parent(name: str, above: str) -> None:
    assert parent(name) == above


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("xn--bcher-kva.example", "bücher.example (xn--bcher-kva.example)"),
        ("*.xn--bcher-kva.example", "*.bücher.example (*.xn--bcher-kva.example)"),
        ("аpple.com", "аpple.com (xn--pple-43d.com)"),
        ("xn--pple-43d.com", "аpple.com (xn--pple-43d.com)"),  # its first letter is Cyrillic
        ("_dmarc.example.com", "_dmarc.example.com"),
        ("xn--a.example", "xn--a.example"),
    ],
)
def test_a_person_reads_the_name_as_it_is_meant(name: str, shown: str) -> None:
    assert for_display(name) == shown
    assert in_letters(name) == shown.partition(" ")[0]
