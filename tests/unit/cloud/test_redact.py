"""What must not be shown is not shown, and what helps stays."""

from urllib.parse import quote

import pytest

from shared.cloud.redact import redact
from tests.keys import a_leaf, ec_key, key_pem

PEM = key_pem(ec_key())
BODY = "".join(PEM.splitlines()[1:-1])


@pytest.mark.parametrize(
    "text",
    [
        PEM,
        PEM.replace("\n", "\\n"),
        PEM[: len(PEM) // 2],
        PEM.replace("\n", " "),
        f"before {a_leaf().pem}{PEM} after",
        f"https://cas.aliyuncs.com/?Key={quote(PEM)}",
        f"Key={quote(PEM, safe='')}&Name=x",
        f'{{"Key": "{BODY}"}}',
    ],
)
def test_no_part_of_a_key_is_left(text: str) -> None:
    shown = redact(text)
    assert BODY[:64] not in shown
    assert quote(BODY[:64]) not in shown
    assert BODY[20:50] not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://x/y?Signature=abc%3DSECRET&Action=Do!", "https://x/y?[…]"),
        ("http://x/y?a=SECRET 'b'", "http://x/y?[…] 'b'"),
        (f"http://{'x' * 500}?SECRET", f"http://{'x' * 500}?[…]"),
        ("a=b, Signature=SECRET", "a=b, Signature=[…]"),
        ("Signature=SECRET&Action=Do", "Signature=[…]&Action=Do"),
        ("SecurityToken=SECRET; more", "SecurityToken=[…]; more"),
        ("x-acs-security-token: SECRET", "x-acs-security-token: […]"),
        ("'x-fc-security-token': 'SECRET', 'date': 'now'", "'x-fc-security-token': '[…]', 'date': 'now'"),
        ('{"AccessKeySecret": "SECRET"}', '{"AccessKeySecret": "[…]"}'),
        ("access_key_secret='SECRET'", "access_key_secret='[…]'"),
        ("access-key-secret = SECRET", "access-key-secret = […]"),
        ("(PrivateKey=SECRET)", "(PrivateKey=[…])"),
        ("private-key: SECRET", "private-key: […]"),
        ("private_key=SECRET", "private_key=[…]"),
        ("SSLPri=SECRET", "SSLPri=[…]"),
        ("password: SECRET", "password: […]"),
        ("authorization: FC LTAI:SECRET", "authorization: […]"),
        ("Authorization: Bearer SECRET", "Authorization: […]"),
        ("Authorization: Basic SECRET", "Authorization: […]"),
        ("Authorization: acs LTAI:SECRET", "Authorization: […]"),
        ("Authorization: OSS LTAI:SECRET", "Authorization: […]"),
        ("Authorization: OSS4-HMAC-SHA256 SECRET", "Authorization: […]"),
        ("Authorization: ACS3-HMAC-SHA256 SECRET", "Authorization: […]"),
    ],
)
def test_a_named_secret_is_hidden_and_no_more(text: str, shown: str) -> None:
    assert redact(text) == shown


LONG = "aB3+/" * 12  #: 60 characters


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"key {LONG}", "key […]"),
        (f"key {LONG}{LONG}==.", "key […]."),
        (f"key {LONG[:-1]}", f"key {LONG[:-1]}"),  # too short for one
        (f"key {'ab3/' * 20}", f"key {'ab3/' * 20}"),  # a path
        (f"key {'aBc/' * 20}", f"key {'aBc/' * 20}"),
        (f"key {'AB' * 32}", f"key {'AB' * 32}"),  # no digit
        (f"key {'A1' * 32}.", f"key {'A1' * 32}."),  # a fingerprint
        (f"key {'A1' * 33}", "key […]"),
    ],
)
def test_what_looks_like_a_key_is_hidden(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_each_pem_block_is_hidden_by_itself() -> None:
    assert redact(f"a {PEM} b {PEM}") == "a [PEM]\n b [PEM]\n"
    assert redact(f"a {PEM[:80]}") == "a [PEM]"


def test_what_a_person_needs_stays() -> None:
    text = (
        "SetCdnDomainSSLCertificate: Certificate.NotFound: 10741304-cn-hangzhou "
        f"(RequestId 0C4E2F55-4D8B-5A07-8E4C-1A2B3C4D5E6F), sha256 {'ab' * 32}"
    )
    assert redact(text) == text
