"""What must not be shown is not shown, and what helps stays."""

import base64
import json
import time
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
        json.dumps({"exception": json.dumps({"Key": PEM})}),
        PEM.replace("\n", "\r\n    "),
        quote(PEM).replace("-", "%2D"),
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
        ("Cookie: a=SECRET; b=SECRET; c=SECRET", "Cookie: […]"),
        ("Set-Cookie: sid=SECRET; Path=/\nDate: now", "Set-Cookie: […]\nDate: now"),
        ('password="SECRET SECRET", more', 'password="[…]", more'),
        ("PrivateKey: 'SECRET SECRET' more", "PrivateKey: '[…]' more"),
        ("sent Bearer SECRETSECRET to x", "sent Bearer […] to x"),
        ("Basic authentication is needed", "Basic authentication is needed"),
    ],
)
def test_a_named_secret_is_hidden_and_no_more(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "label", ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"]
)
def test_keys_of_every_form_of_pem_are_hidden(label: str) -> None:
    text = f"client-key-data of {PEM.replace('PRIVATE KEY', label)}, then"
    assert redact(text).replace("\n", "") == "client-key-data of [PEM], then"


def test_a_key_in_base64_is_hidden_in_one_line_and_in_several() -> None:
    in_one = base64.b64encode(PEM.encode()).decode()
    lines = [in_one[at : at + 76] for at in range(0, len(in_one), 76)]
    for text in (in_one, "\n".join(lines), "\n      ".join(lines), "\\n".join(lines)):
        assert redact(f"tls {text} is not valid") == "tls [PEM] is not valid"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "AccessKeySecret",
            "access_key_secret",
            "ACCESS-KEY-SECRET",
            "SecretAccessKey",
            "aws_secret_access_key",
        ),
        *("SecurityToken", "x-acs-security-token", "security_token", "X-Amz-Security-Token", "sessionToken"),
        *("StsToken", "access_token", "refresh-token", "id_token", "token", "Token", "bearerToken"),
        *("apikey", "api_key", "X-Api-Key", "SigningKey", "sign_key", "EncodingAESKey", "master-key"),
        *("password", "Passwd", "passphrase", "pwd", "PrivateKey", "private-key", "SSLPri", "tls.key"),
        *(
            "client-key-data",
            "client_secret",
            "WebhookSecret",
            "CERTDEPLOY_WEBHOOK_SECRET",
            "SignSecret",
            "Secret",
        ),
        *(
            "Authorization",
            "Proxy-Authorization",
            "Cookie",
            "Set-Cookie",
            "Signature",
            "X-Amz-Signature",
            "Key",
        ),
    ],
)
def test_the_value_of_each_name_of_a_secret_is_hidden_in_every_notation(name: str) -> None:
    for text in (
        f"{name}=s3cr-t_",
        f"{name}: s3cr-t_0123456789-abcd",
        f'{{"{name}": "s3cr-t_", "a": 1}}',
        f"{{'{name}':'s3cr-t_'}}",
        json.dumps({"body": json.dumps({name: "s3cr-t_ x"})}),
        json.dumps({"body": json.dumps({"body": json.dumps({name: "s3cr-t_ x"})})}),
    ):
        assert "s3cr-t_" not in redact(text), text
        assert name in redact(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("url: /robot/send?access_token=SECRET (Caused by x)", "url: /robot/send?[…] (Caused by x)"),
        ("https://oapi.dingtalk.com/robot/send?x=SECRET", "https://oapi.dingtalk.com/robot/send?[…]"),
        ("/cgi-bin/webhook/send?key=SECRET'", "/cgi-bin/webhook/send?[…]'"),
        (
            "https://open.feishu.cn/open-apis/bot/v2/hook/SECRET-1",
            "https://open.feishu.cn/open-apis/bot/v2/hook/[…]",
        ),
        (
            "https://hooks.slack.com/services/SECRET/SECRET/SECRET: 400",
            "https://hooks.slack.com/services/[…]: 400",
        ),
        (
            f"https://api.telegram.org/bot123456789:AAE-{'x' * 31}/sendMessage: 404",
            "https://api.telegram.org/bot[…]/sendMessage: 404",
        ),
        (f"the bot 123456789:AAE_{'x' * 31} is blocked", "the bot […] is blocked"),
        ("arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",) * 2,
        ('{"SecretData": "SECRET"}', '{"SecretData": "[…]"}'),
        ("proxy http://me:SECRET@10.0.0.1:3128/", "proxy http://[…]@10.0.0.1:3128/"),
        ("token eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJl.c2ln-Z_, no", "token […], no"),
        ("is it a token? name=1", "is it a token? name=1"),
        ("Token: it is missing", "Token: it is missing"),
        ("private key: it contains a certificate; access key secret: none",) * 2,
        ("the Secret: not found; key: RSA", "the Secret: not found; key: RSA"),
        ("InvalidSecurityToken.Expired: Specified SecurityToken is expired.",) * 2,
        ("alb/lb-1/lsn_2-3/10741304-cn-hangzhou",) * 2,
    ],
)
def test_addresses_that_are_secrets_are_hidden_and_sentences_stay(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "password=OSSx;",
            "password:   ",
            "Authorization: Bearer ",
            'password"',
            "secret=",
            "key: x",
            "cookie",
        ),
        *("-----BEGIN ", "x-----END ", "%2D", "-----END%20", "LS0tLS1CRUdJTi", "LS0tLS1CRUdJTi\n", "\\n"),
        *(
            "https://a",
            "?a=",
            "/hook/aaaaaaa/",
            "://x",
            "x@",
            "eyJabcdefgh.",
            "A1",
            "a ",
            " ",
            "bot1234567:",
            "1",
        ),
    ],
)
def test_the_time_grows_with_the_length_of_hostile_text_and_no_faster(piece: str) -> None:
    def taken_s(length: int) -> float:
        text = "password=" + piece * (length // len(piece))
        begun = time.thread_time()
        redact(text)
        return time.thread_time() - begun

    ratios = (taken_s(40_000) / max(taken_s(5_000), 0.001) for _ in range(4))  # 8 if linear, 64 if not
    assert any(ratio < 24 for ratio in ratios)


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
