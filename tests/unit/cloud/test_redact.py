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
    "text",
    [
        "https://x/?Signature=abc%3DSECRET&Action=Do",
        "ACS3-HMAC-SHA256 Credential=LTAI,SignedHeaders=host,Signature=SECRET",
        "SecurityToken=SECRET",
        "x-acs-security-token: SECRET",
        "'x-fc-security-token': 'SECRET', 'date': 'now'",
        '{"AccessKeySecret": "SECRET"}',
        "access_key_secret='SECRET'",
        "authorization: FC LTAI:SECRET",
        "Authorization: Bearer SECRET",
        "SSLPri=SECRET",
    ],
)
def test_a_named_secret_is_hidden(text: str) -> None:
    assert "SECRET" not in redact(text)


def test_what_a_person_needs_stays() -> None:
    text = (
        "SetCdnDomainSSLCertificate: Certificate.NotFound: 10741304-cn-hangzhou "
        f"(RequestId 0C4E2F55-4D8B-5A07-8E4C-1A2B3C4D5E6F), sha256 {'ab' * 32}"
    )
    assert redact(text) == text
