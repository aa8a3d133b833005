"""Custom domains of Function Compute 2.0: what is sent, what is repeated, and what a refusal means."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from shared.cloud.credentials import Credentials, fixed
from shared.cloud.faults import NotSentError
from shared.cloud.fc2 import Fc2Domains
from shared.cloud.openapi import OpenApi
from shared.errors import (
    CloudDeniedError,
    CloudError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
)
from tests.functional.cloud.conftest import KEY, Pauses, Scripted, at, ok, refused

Reply = tuple[int, bytes, dict[str, str]]
WHO = ok(AccountId="1000000000000001")


@pytest.fixture
def domains(scripted: Scripted) -> Fc2Domains:
    return Fc2Domains(at(scripted))


def reply(status: int = 200, **body: Any) -> Reply:
    return status, json.dumps(body).encode(), {"x-fc-request-id": "R-1"}


def refusal(status: int, code: str, message: str | None = "because") -> Reply:
    return reply(status, ErrorCode=code, **({"ErrorMessage": message} if message else {}))


def test_domains_are_read_and_changed_at_the_accounts_own_host(
    domains: Fc2Domains, scripted: Scripted
) -> None:
    scripted.answers = [WHO, reply(customDomains=[]), reply(domainName="a.example.com"), reply()]

    assert domains.list("cn-beijing", 2, "t") == {"customDomains": []}
    assert domains.get("cn-beijing", "a.example.com") == {"domainName": "a.example.com"}
    domains.update("cn-beijing", "a.example.com", protocol="HTTP,HTTPS", certConfig={"certName": "c"})

    assert scripted.methods == ["POST", "GET", "GET", "PUT"]
    assert scripted.heads[0]["x-acs-action"] == "GetCallerIdentity"
    paths = [urlsplit(target) for target in scripted.targets[1:]]
    assert [path.path for path in paths] == [
        "/2016-08-15/custom-domains",
        "/2016-08-15/custom-domains/a.example.com",
        "/2016-08-15/custom-domains/a.example.com",
    ]
    assert dict(parse_qsl(paths[0].query)) == {"limit": "2", "nextToken": "t"}
    assert json.loads(scripted.bodies[3]) == {"protocol": "HTTP,HTTPS", "certConfig": {"certName": "c"}}
    for head in scripted.heads[1:]:
        assert head["x-emulator-host"] == "1000000000000001.cn-beijing.fc.aliyuncs.com"
        assert head["authorization"].startswith(f"FC {KEY.access_key_id}:")
        assert head["x-fc-security-token"] == KEY.security_token


def test_a_key_without_a_token_sends_none(scripted: Scripted) -> None:
    scripted.answers = [WHO, reply()]
    Fc2Domains(at(scripted, Credentials("a", "b"))).get("cn-beijing", "a.example.com")
    assert "x-fc-security-token" not in scripted.heads[1]


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (refusal(404, "DomainNameNotFound"), CloudRejectedError, "DomainNameNotFound"),
        (refusal(403, "AccessDenied"), CloudDeniedError, "AccessDenied"),
        (refusal(429, "ResourceThrottled"), CloudThrottledError, "ResourceThrottled"),
        (refusal(500, "InternalServerError"), CloudUnavailableError, "InternalServerError"),
        (refusal(400, "InvalidArgument", None), CloudRejectedError, "InvalidArgument"),
        ((400, b"<html>", {}), CloudRejectedError, "HTTP 400"),
        ((400, b"{}", {}), CloudRejectedError, "HTTP 400"),
        ((400, b"[]", {}), CloudRejectedError, "HTTP 400"),
        ((502, b"null", {}), CloudUnavailableError, "HTTP 502"),
        ((200, b"<html>", {}), CloudUnavailableError, "JSONDecodeError"),
    ],
)
def test_a_change_that_is_refused_is_one_kind_of_error(
    domains: Fc2Domains, scripted: Scripted, answer: Reply, kind: type[CloudError], code: str
) -> None:
    scripted.answers = [WHO, answer]
    with pytest.raises(CloudError, match=f"UpdateCustomDomain: {code}: ") as caught:
        domains.update("cn-beijing", "a.example.com", protocol="HTTP")
    error = caught.value
    assert (type(error), error.cloud_code) == (kind, code)
    if code.startswith("HTTP"):
        assert str(error) == f"UpdateCustomDomain: {code}: no message (RequestId -)"
    assert error.request_id == answer[2].get("x-fc-request-id", "-")
    assert error.__context__ is None
    assert len(scripted.targets) == 1 + (4 if kind is CloudThrottledError else 1)


def test_a_refusal_is_told_without_secrets(domains: Fc2Domains, scripted: Scripted) -> None:
    scripted.answers = [WHO, refusal(400, "password=SECRET", "because; password=SECRET")]
    with pytest.raises(CloudRejectedError, match=r"^GetCustomDomain: .*because") as caught:
        domains.get("cn-beijing", "a.example.com")
    assert "SECRET" not in str(caught.value)

    scripted.answers = [refusal(400, "InvalidArgument", None)]
    with pytest.raises(CloudRejectedError, match="ListCustomDomains: InvalidArgument: no message "):
        domains.list("cn-beijing", 2, None)


def test_a_reading_is_repeated_and_whose_account_it_is_asked_once(
    domains: Fc2Domains, scripted: Scripted
) -> None:
    scripted.answers = [WHO, refusal(503, "ServiceUnavailable"), (502, b"", {}), reply(domainName="a")]
    assert domains.get("cn-beijing", "a.example.com") == {"domainName": "a"}
    assert domains.get("cn-beijing", "a.example.com") == {"domainName": "a"}
    assert [head.get("x-acs-action") for head in scripted.heads] == ["GetCallerIdentity", *[None] * 4]


def test_without_its_account_no_host_is_known(domains: Fc2Domains, scripted: Scripted) -> None:
    scripted.answers = [refused(403, "Forbidden.RAM")]
    with pytest.raises(CloudDeniedError, match="GetCallerIdentity"):
        domains.get("cn-beijing", "a.example.com")


def test_what_was_not_sent_leaves_the_outcome_unknown_all_the_same(closed_port: int, pauses: Pauses) -> None:
    """`requests` cannot tell, so a write is not repeated."""
    domains = Fc2Domains(OpenApi(fixed(KEY), endpoint=f"http://127.0.0.1:{closed_port}", sleep=pauses))
    domains.account_id = "1"
    with pytest.raises(CloudUnavailableError, match="ConnectionError: no answer") as caught:
        domains.update("cn-beijing", "a.example.com", protocol="HTTP")
    assert not isinstance(caught.value, NotSentError)
    assert pauses.seconds == []


@pytest.mark.parametrize("proxied", ["HTTP_PROXY", "http_proxy"])
def test_proxies_of_the_environment_do_not_capture_calls_to_an_emulator(
    domains: Fc2Domains, scripted: Scripted, closed_port: int, monkeypatch: pytest.MonkeyPatch, proxied: str
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "internal.example")
    monkeypatch.setenv(proxied, f"http://127.0.0.1:{closed_port}")
    scripted.answers = [WHO, reply(domainName="a")]
    assert domains.get("cn-beijing", "a.example.com") == {"domainName": "a"}
