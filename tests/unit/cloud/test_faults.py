"""What the SDK raises, as our errors."""

from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import (
    ClientException,
    ServerException,
    ThrottlingException,
)
from darabonba.exceptions import UnretryableException
from darabonba.policy.retry import RetryPolicyContext
from requests import exceptions as http
from urllib3.exceptions import MaxRetryError, NewConnectionError

from shared.cloud.faults import NotSentError, map_error
from shared.errors import (
    CloudDeniedError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
)


def test_code_and_request_id_are_kept() -> None:
    error = map_error("Do", refusal("NameRepeat", "The name exists."))
    assert (error.cloud_code, error.request_id) == ("NameRepeat", "R-1")
    assert "The name exists." in str(error)


def test_roa_answers_spell_their_keys_in_lower_case() -> None:
    data = {"code": "NameRepeat", "message": "exists", "requestId": "R-2"}
    error = map_error("Do", ClientException(status_code=400, data=data))
    assert str(error) == "Do: NameRepeat: exists (RequestId R-2)"
    old = map_error("Do", ClientException(status_code=400, data={"ErrorCode": "A", "ErrorMessage": "b"}))
    assert str(old) == "Do: A: b (RequestId -)"


@pytest.mark.parametrize(("told_ms", "wait_s"), [(1500, 1.5), (10**400, 3600), (-1, 0)])
def test_the_wait_that_the_cloud_asks_for_is_in_seconds_and_has_an_end(told_ms: int, wait_s: float) -> None:
    data = {"Code": "Throttling.User", "Message": "slower", "RequestId": "R-1"}
    error = map_error("Do", ThrottlingException(status_code=400, data=data, retry_after=told_ms))
    assert isinstance(error, CloudThrottledError)
    assert error.retry_after_s == wait_s


def test_a_server_fault_with_a_wait_stays_a_server_fault() -> None:
    data = {"Code": "ServiceUnavailable", "Message": "later", "RequestId": "R-1"}
    error = map_error("Do", ThrottlingException(status_code=503, data=data, retry_after=1500))
    assert type(error) is CloudUnavailableError  # a write may have happened
    assert not hasattr(error, "retry_after_s")


@pytest.mark.parametrize("status", [400, "400"])
def test_who_is_asked_to_wait_was_throttled(status: Any) -> None:
    data = {"Code": "SomethingNew"}
    error = map_error("Do", ThrottlingException(status_code=status, data=data, retry_after=0))
    assert isinstance(error, CloudThrottledError)
    assert error.retry_after_s == 0


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        (
            {"AuthAction": "cdn:SetCdnDomainSSLCertificate", "PolicyType": "ControlPolicy"},
            "no; the role needs the RAM action cdn:SetCdnDomainSSLCertificate (policy type ControlPolicy)",
        ),
        ({"authAction": "cdn:Describe"}, "no; the role needs the RAM action cdn:Describe"),
        ({"PolicyType": "ControlPolicy"}, "no (policy type ControlPolicy)"),
        ({}, "no"),
        (None, "no"),
        ("text", "no"),
    ],
)  # fmt: skip
def test_a_denial_names_the_missing_ram_action(detail: Any, told: str) -> None:
    error = map_error("Do", refusal("Forbidden.RAM", "no", 403, access_denied_detail=detail))
    assert isinstance(error, CloudDeniedError)
    assert str(error) == f"Do: Forbidden.RAM: {told} (RequestId R-1)"


def test_another_refusal_names_no_ram_action() -> None:
    error = map_error("Do", refusal("NameRepeat", "no", access_denied_detail={"AuthAction": "cdn:Do"}))
    assert "cdn:Do" not in str(error)


@pytest.mark.parametrize("data", [{}, None, {"Code": "", "Message": None}])
def test_an_answer_without_a_code_is_told_by_its_status(data: Any) -> None:
    refused = map_error("Do", ClientException(status_code=418, data=data))
    assert str(refused) == "Do: HTTP 418: no message (RequestId -)"
    assert type(refused) is CloudRejectedError
    unavailable = map_error("Do", ServerException(status_code=502, data=data))
    assert type(unavailable) is CloudUnavailableError


def test_no_part_of_an_answer_shows_a_secret() -> None:
    data = {"Code": "password=SECRET", "Message": "password=SECRET", "RequestId": "password=SECRET"}
    assert "SECRET" not in str(map_error("Do", ClientException(status_code=400, data=data)))


UNCONNECTED = "ConnectionFailed: no connection to cdn.aliyuncs.com could be made"
LOST = "ConnectionLost: the connection to cdn.aliyuncs.com ended without answer"
UNREADABLE = "UnreadableAnswer: the response is not readable (RuntimeError)"
REFUSED = MaxRetryError(None, "/", NewConnectionError(None, "refused"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cause", "kind", "told"),
    [
        (http.ConnectionError(REFUSED), NotSentError, UNCONNECTED),
        (http.ConnectTimeout(), NotSentError, UNCONNECTED),
        (http.ReadTimeout(), CloudUnavailableError, "Timeout: cdn.aliyuncs.com did not answer in time"),
        (
            http.SSLError(),
            CloudUnavailableError,
            "TlsFailed: the TLS certificate of cdn.aliyuncs.com is not trusted",
        ),
        (http.ConnectionError(), CloudUnavailableError, LOST),
        (http.ConnectionError("reset"), CloudUnavailableError, LOST),
        (http.ChunkedEncodingError(REFUSED), CloudUnavailableError, LOST),
        (ValueError("<html>secret</html>"), CloudUnavailableError, UNREADABLE),
        (None, CloudUnavailableError, UNREADABLE),
    ],
)
def test_without_an_answer_only_a_connection_that_never_was_is_sure(
    cause: Exception | None, kind: type, told: str
) -> None:
    """The SDK's wrapper names what it caught, which came up while it handled the cause."""
    inner = RuntimeError('Failed to parse: "<html>secret</html>"')
    inner.__context__ = cause
    for raised in (inner, UnretryableException(RetryPolicyContext(exception=inner))):
        error = map_error("Do", raised, "cdn.aliyuncs.com")
        assert (type(error), str(error)) == (kind, f"Do: {told} (RequestId -)")


def refusal(code: str, message: str, status: int = 400, **more: object) -> ClientException:
    data = {"Code": code, "Message": message, "RequestId": "R-1"}
    return ClientException(status_code=status, data=data, **more)
