"""The URL at which the owner is told: encrypted, or on this machine; no message repeats it."""

import pytest

from shared.validation.contacts import webhook_problems

NO_URL = "it is not a URL; copy it again"
NO_WEB = "it is not a web address; start with https://"
PLAIN = "it is not encrypted; use https:// (http:// only to this machine)"
USER = "it contains a user name or password; remove it, since notifications are signed"
SPACES = "it contains spaces or line breaks; copy it again"
FRAGMENT = "it has a part after #, which is never sent; remove it"


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/a?key=t0ken",
        "https://hooks.example.com:8443/",
        "HTTPS://hooks.example.com/",
        "http://127.0.0.1:8080/",
        "http://127.8.9.1",
        "http://[::1]:9/",
        "http://localhost:1",
        "http://LOCALHOST/",
        "http://hooks.localhost/",
        "https://10.0.0.1/",
    ],
)
def test_a_webhook_is_encrypted_or_on_this_machine(url: str) -> None:
    assert list(webhook_problems(url)) == []


@pytest.mark.parametrize(
    ("url", "problems"),
    [
        ("http://hooks.example.com/t0ken", [PLAIN]),
        ("http://10.0.0.1/t0ken", [PLAIN]),
        ("http://localhost.example.com/t0ken", [PLAIN]),
        ("http://mylocalhost/t0ken", [PLAIN]),
        ("http://127.0.0.1.example.com/t0ken", [PLAIN]),
        ("ftp://example.com/t0ken", [NO_WEB]),
        ("ftp://localhost/t0ken", [NO_WEB]),
        ("hooks.example.com/t0ken", [NO_WEB]),
        ("https:///t0ken", [NO_WEB]),
        ("https://:443/t0ken", [NO_WEB]),
        ("http:///t0ken", [NO_WEB]),
        ("https://example.com:t0ken/", [NO_URL]),
        ("https://example.com:65536/t0ken", [NO_URL]),
        ("https://[t0ken/", [NO_URL]),
        ("https://me:t0ken@example.com/", [USER]),
        ("https://t0ken@example.com/", [USER]),
        ("https://:t0ken@example.com/", [USER]),
        ("https://@example.com/t0ken", [USER]),
        ("https://example.com/t0ken\n", [SPACES]),
        ("https://example.com/t0ken a", [SPACES]),
        ("https://example.com/t0ken\u200b", [SPACES]),
        ("https://example.com/#t0ken", [FRAGMENT]),
        ("http://me@example.com/a b#t0ken", [SPACES, PLAIN, USER, FRAGMENT]),
    ],
)
def test_a_bad_webhook_is_refused_without_its_token(url: str, problems: list[str]) -> None:
    assert list(webhook_problems(url)) == problems
    assert "t0ken" not in " ".join(problems)
