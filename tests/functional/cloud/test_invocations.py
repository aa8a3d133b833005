"""Invocations that go wrong: how the two ways in tell it, and what they log."""

import json
import logging
from collections.abc import Callable

import pytest

from shared.cloud.credentials import Credentials, fixed
from shared.cloud.functions import Fc2Functions, Fc3Functions, FunctionFailedError, Functions
from shared.cloud.openapi import OpenApi
from shared.cloud.pacing import Pacer
from shared.errors import (
    CloudCredentialsError,
    CloudDeniedError,
    CloudError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
    NotFoundError,
)
from tests.functional.cloud.conftest import KEY, Pauses, Scripted

Make = Callable[..., Functions]


def fc3(endpoint: str, key: Credentials, pauses: Pauses) -> Functions:
    client = OpenApi(fixed(key), endpoint=endpoint, sleep=pauses, pacer=Pacer(sleep=lambda _: None))
    return Fc3Functions(client, "certdeploy", "cn-hangzhou")


def fc2(endpoint: str, key: Credentials, pauses: Pauses) -> Functions:
    where = {"service": "shop", "prefix": "certdeploy", "region": "cn-hangzhou", "account_id": "1"}
    return Fc2Functions(fixed(key), **where, endpoint=endpoint)


@pytest.fixture(params=[fc3, fc2], ids=["fc3", "fc2"])
def functions(request: pytest.FixtureRequest, scripted: Scripted, pauses: Pauses) -> Functions:
    return request.param(scripted.endpoint, KEY, pauses)  # type: ignore[no-any-return]


def refusal(status: int, code: str, message: str = "because") -> tuple[int, bytes, dict[str, str]]:
    told = {"ErrorCode": code, "ErrorMessage": message, "Code": code, "Message": message, "RequestId": "R-1"}
    return status, json.dumps(told).encode(), {"x-fc-request-id": "R-1"}


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "InvalidArgument", CloudRejectedError),
        (404, "ServiceNotFound", CloudRejectedError),
        (403, "AccessDenied", CloudDeniedError),
        (403, "SignatureNotMatch", CloudCredentialsError),
        (429, "ResourceThrottled", CloudThrottledError),
        (500, "InternalServerError", CloudUnavailableError),
        (503, "ServiceUnavailable", CloudUnavailableError),
    ],
)
def test_a_refusal_is_one_kind_of_error(
    functions: Functions, scripted: Scripted, status: int, code: str, kind: type[CloudError]
) -> None:
    scripted.answers = [refusal(status, code, "because; password=SECRET")]
    with pytest.raises(CloudError, match=f"InvokeFunction: {code}: because; password=") as caught:
        functions.invoke("f", b"", asynchronous=False)
    error = caught.value
    assert (type(error), error.cloud_code, error.request_id) == (kind, code, "R-1")
    assert "SECRET" not in str(error)
    assert error.__context__ is None


def test_a_function_that_is_not_there_is_named(functions: Functions, scripted: Scripted) -> None:
    scripted.answers = [refusal(404, "FunctionNotFound")]
    with pytest.raises(NotFoundError, match="Function certdeploy-f does not exist"):
        functions.invoke("f", b"")


def test_a_refusal_without_a_code_is_told_by_its_status(scripted: Scripted, pauses: Pauses) -> None:
    scripted.answers = [(400, b'{"RequestId":"R"}', {}), (503, b'{"RequestId":"R"}', {}), (400, b"no", {})]
    old = fc2(scripted.endpoint, KEY, pauses)
    for kind, match in (
        (CloudRejectedError, "HTTP 400: .*RequestId"),
        (CloudUnavailableError, "HTTP 503: .*RequestId"),
        (CloudUnavailableError, "no answer"),
    ):
        with pytest.raises(kind, match=match) as caught:
            old.invoke("f", b"")
        assert caught.value.__context__ is None


def failed(body: bytes, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    return 200, body, {"x-fc-error-type": "UnhandledInvocationError", **headers}


@pytest.mark.parametrize(
    ("body", "error_type", "error_message"),
    [
        (b'{"errorType":"Oops","errorMessage":"no; password=SECRET"}', "Oops", "no; password=[\u2026]"),
        (b'{"errorMessage":"no"}', "Error", "no"),
        (b'{"errorType":"Oops"}', "Oops", ""),
    ],
)
def test_a_function_that_raised_is_told_in_its_own_words(
    functions: Functions, scripted: Scripted, body: bytes, error_type: str, error_message: str
) -> None:
    scripted.answers = [failed(body, **{"x-fc-request-id": "R-9"})]
    with pytest.raises(FunctionFailedError) as caught:
        functions.invoke("f", b"", asynchronous=False)
    error = caught.value
    assert (error.error_type, error.error_message, error.request_id) == (error_type, error_message, "R-9")
    assert str(error).startswith(f"certdeploy-f: {error_type}: {error_message}")


@pytest.mark.parametrize("body", [b"Process exited", b"[1]", b""])
def test_a_function_that_died_without_a_word_has_failed_too(
    scripted: Scripted, pauses: Pauses, body: bytes
) -> None:
    scripted.answers = [failed(body)]
    with pytest.raises(FunctionFailedError, match="Error: no error message") as caught:
        fc3(scripted.endpoint, KEY, pauses).invoke("f", b"", asynchronous=False)
    assert (caught.value.error_type, caught.value.error_message) == ("Error", "no error message")
    assert caught.value.request_id == "-"


@pytest.mark.parametrize("make", [fc3, fc2])
def test_a_key_without_a_token_sends_none(make: Make, scripted: Scripted, pauses: Pauses) -> None:
    make(scripted.endpoint, Credentials("LTAI-test", "secret"), pauses).invoke("f", b"")
    assert not [name for name in scripted.heads[0] if "security-token" in name]


def test_the_old_way_in_is_an_invocation_in_a_service(scripted: Scripted, pauses: Pauses) -> None:
    old = fc2(scripted.endpoint, KEY, pauses)
    old.invoke("f", b"1")
    old.invoke("f", b"2", asynchronous=False)
    assert scripted.targets == ["/2016-08-15/services/shop/functions/certdeploy-f/invocations"] * 2
    assert [head["x-fc-invocation-type"] for head in scripted.heads] == ["Async", "Sync"]
    assert {head["x-emulator-host"] for head in scripted.heads} == {"1.cn-hangzhou.fc.aliyuncs.com"}
    assert scripted.bodies == [b"1", b"2"]


def test_the_old_client_is_silenced_and_nobody_else(
    scripted: Scripted, pauses: Pauses, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.answers = [refusal(400, "InvalidArgument")]
    with pytest.raises(CloudRejectedError):
        fc2(scripted.endpoint, KEY, pauses).invoke("f", b"")
    logging.error("of ours")
    assert [record.getMessage() for record in caplog.records if record.name == "root"] == ["of ours"]
