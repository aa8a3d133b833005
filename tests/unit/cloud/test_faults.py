"""What the SDK raises, as our errors."""

import pytest
from alibabacloud_tea_openapi.exceptions import (
    ClientException,
    ServerException,
    ThrottlingException,
)

from shared.cloud.faults import NotSentError, classify, map_error
from shared.errors import (
    CloudBusyError,
    CloudCredentialsError,
    CloudDeniedError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("Throttling", 400, CloudThrottledError),
        ("Throttling.User", 503, CloudThrottledError),
        ("Rejected.Throttling", 400, CloudThrottledError),
        ("FlowControlError", 400, CloudThrottledError),
        ("ResourceThrottled", 429, CloudThrottledError),
        ("SomethingNew", 429, CloudThrottledError),
        ("ServiceUnavailable", 503, CloudUnavailableError),
        ("InternalError", 400, CloudUnavailableError),  # CAS
        ("InternalServerError", 500, CloudUnavailableError),
        ("SomethingNew", 502, CloudUnavailableError),
        ("InvalidAccessKeyId.NotFound", 404, CloudCredentialsError),
        ("SignatureDoesNotMatch", 400, CloudCredentialsError),
        ("InvalidSecurityToken.Expired", 400, CloudCredentialsError),
        ("InvalidTimeStamp.Expired", 400, CloudCredentialsError),
        ("Forbidden.RAM", 403, CloudDeniedError),
        ("NoPermission", 403, CloudDeniedError),
        ("AccessDenied", 403, CloudDeniedError),
        ("Listener.NoAuth", 400, CloudDeniedError),
        ("SomethingNew", 403, CloudDeniedError),
        ("SystemBusy", 400, CloudBusyError),
        ("ServiceBusy", 403, CloudBusyError),
        ("SystemUpgrading", 403, CloudBusyError),
        ("OperationDenied.SystemUpgrading", 400, CloudBusyError),
        ("IncorrectStatus.Listener", 400, CloudBusyError),
        ("IncorrectStatus.listener", 400, CloudBusyError),
        ("ResourceInConfiguring.Listener", 400, CloudBusyError),
        ("Conflict.Lock", 400, CloudBusyError),
        ("IdempotenceProcessing", 400, CloudBusyError),
        ("StateError.Accelerator", 400, CloudBusyError),  # GA
        ("NotActive.Listener", 400, CloudBusyError),
        ("NameRepeat", 400, CloudRejectedError),
        ("InvalidParameter", 400, CloudRejectedError),
        ("Certificate.NotFound", 404, CloudRejectedError),
    ],
)
def test_a_code_means_one_kind_of_error(code: str, status: int, kind: type) -> None:
    assert classify(code, status) is kind


def test_code_and_request_id_are_kept() -> None:
    error = map_error("Do", refusal("NameRepeat", "The name exists."))
    assert (error.cloud_code, error.request_id) == ("NameRepeat", "R-1")
    assert "The name exists." in str(error)


def test_roa_answers_spell_their_keys_in_lower_case() -> None:
    data = {"code": "NameRepeat", "message": "exists", "requestId": "R-2"}
    error = map_error("Do", ClientException(status_code=400, data=data))
    assert (error.cloud_code, error.request_id) == ("NameRepeat", "R-2")


def test_the_wait_that_the_cloud_asks_for_is_in_seconds() -> None:
    data = {"Code": "Throttling.User", "Message": "slower", "RequestId": "R-1"}
    error = map_error("Do", ThrottlingException(status_code=400, data=data, retry_after=1500))
    assert isinstance(error, CloudThrottledError)
    assert error.retry_after_s == 1.5


def test_a_server_fault_with_a_wait_stays_a_server_fault() -> None:
    data = {"Code": "ServiceUnavailable", "Message": "later", "RequestId": "R-1"}
    error = map_error("Do", ThrottlingException(status_code=503, data=data, retry_after=1500))
    assert type(error) is CloudUnavailableError  # a write may have happened


def test_a_denial_names_the_missing_ram_action() -> None:
    detail = {"AuthAction": "cdn:SetCdnDomainSSLCertificate", "PolicyType": "ControlPolicy"}
    error = map_error("Do", refusal("Forbidden.RAM", "no", 403, access_denied_detail=detail))
    assert isinstance(error, CloudDeniedError)
    assert "cdn:SetCdnDomainSSLCertificate" in str(error)
    assert "ControlPolicy" in str(error)


def test_an_answer_without_a_code_is_told_by_its_status() -> None:
    assert "HTTP 418" in str(map_error("Do", ClientException(status_code=418, data={})))
    unavailable = map_error("Do", ServerException(status_code=502, data={}))
    assert isinstance(unavailable, CloudUnavailableError)


def test_what_the_sdk_cannot_read_is_an_unknown_outcome() -> None:
    error = map_error("Do", RuntimeError('Failed to parse: "<html>secret</html>"'))
    assert type(error) is CloudUnavailableError
    assert not isinstance(error, NotSentError)
    assert "secret" not in str(error)


def refusal(code: str, message: str, status: int = 400, **more: object) -> ClientException:
    data = {"Code": code, "Message": message, "RequestId": "R-1"}
    return ClientException(status_code=status, data=data, **more)
