"""The products' codes, and which of our errors each one means: only some of them may be tried again."""

import pytest

from shared.cloud.faults import NotSentError, classify
from shared.errors import (
    CloudBusyError,
    CloudCredentialsError,
    CloudDeniedError,
    CloudError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
    NotYetEffectiveError,
)

#: As the products spell them. What decides is the code: it comes with status 400.
CODES: dict[type[CloudError], str] = {
    CloudThrottledError: """
        Throttling Throttling.User Throttling.Api Rejected.Throttling FlowControlError ResourceThrottled
        TooManyRequests RequestLimitExceeded Site.TooManyRequests Waf.Throttling.User
        """,
    CloudBusyError: """
        SystemBusy ServiceBusy OperationBusy SystemUpgrading OperationDenied.SystemUpgrading
        DeductQuotaFailed IncorrectStatus.Listener IncorrectBusinessStatus.LoadBalancer
        ResourceInConfiguring.Listener Conflict.Lock IdempotenceProcessing StateError.Accelerator
        NotActive.Listener VipStatusNotSupport ServiceIsConfiguring ServiceIsStopping
        BackendServer.configuring DomainExtensionProcessing OperationFailed.ListenerStatusNotSupport
        RepeatedCommit -22001 -21020 -22031 -21013 LockFailed OperationFailed.ResourceIsConfiguring
        OperationFailed.TokenIsProcessing VServerGroupProcessing OperationFailed.VServerGroupProcessing
        GA_NOT_STEADY ConcurrencyLockTimeout Waf.Pullin.ResourceProcessing Site.ServiceBusy
        Record.ServiceBusy LockFail 3 2001 Accelerator.StateError.Accelerator
        """,
    CloudUnavailableError: "ServiceUnavailable InternalError InternalServerError",
    CloudCredentialsError: """
        InvalidAccessKeyId.NotFound InvalidAccessKeyId InactiveAccessKeyId SignatureDoesNotMatch
        SignatureNotMatch IncompleteSignature InvalidSecurityToken.Expired MissingSecurityToken
        InvalidTimeStamp.Expired SignatureNonceUsed SecurityTokenExpired RequestTimeTooSkewed
        """,
    CloudDeniedError: "Forbidden.RAM Forbidden NoPermission AccessDenied Unauthorized Listener.NoAuth",
    CloudRejectedError: """
        NameRepeat InvalidParameter Certificate.NotFound IncorrectStatus Conflict.Name StateError
        NotActive.Server NoAuth.Listener QuotaExceeded Site.ServiceBusyness Site.IncorrectStatus 30
        Record.3 InvalidParameter.2001
        """,
}  # fmt: skip


@pytest.mark.parametrize(("code", "kind"), [(code, kind) for kind in CODES for code in CODES[kind].split()])
def test_a_code_means_one_kind_of_error_in_any_case(code: str, kind: type[CloudError]) -> None:
    assert {classify(spelt, 400) for spelt in (code, code.lower(), code.upper())} == {kind}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (None, CloudUnavailableError),
        (300, CloudRejectedError),
        (400, CloudRejectedError),
        (401, CloudCredentialsError),
        (402, CloudRejectedError),
        (403, CloudDeniedError),
        (404, CloudRejectedError),
        (428, CloudRejectedError),
        (429, CloudThrottledError),
        (430, CloudRejectedError),
        (499, CloudRejectedError),
        (500, CloudUnavailableError),
        (502, CloudUnavailableError),
    ],
)
def test_of_an_unknown_code_the_status_decides(status: int | None, kind: type[CloudError]) -> None:
    assert classify("SomethingNew", status) is kind


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("Throttling.User", 503, CloudThrottledError),
        ("ServiceBusy", 403, CloudBusyError),
        ("Site.ServiceBusy", 403, CloudBusyError),
        ("SecurityTokenExpired", 403, CloudCredentialsError),
        ("RequestTimeTooSkewed", 403, CloudCredentialsError),
        ("SystemUpgrading", 503, CloudBusyError),
        ("InvalidAccessKeyId.NotFound", 404, CloudCredentialsError),
        ("Forbidden.RAM", 404, CloudDeniedError),
        ("ServiceUnavailable", 403, CloudUnavailableError),
        ("Listener.NoAuth", 500, CloudDeniedError),
    ],
)
def test_a_known_code_outweighs_the_status(code: str, status: int, kind: type[CloudError]) -> None:
    assert classify(code, status) is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, CloudThrottledError),
        (401, CloudThrottledError),
        (503, CloudUnavailableError),  # a write may have happened
        (None, CloudUnavailableError),
    ],
)
def test_who_is_asked_to_wait_was_throttled(status: int | None, kind: type[CloudError]) -> None:
    assert classify("SomethingNew", status, retry_after=True) is kind


def test_only_what_may_go_well_later_is_tried_again() -> None:
    kinds = (*CODES, NotSentError, NotYetEffectiveError)
    assert {kind for kind in kinds if kind.retryable} == {
        CloudThrottledError,
        CloudBusyError,
        CloudUnavailableError,
        NotSentError,
        NotYetEffectiveError,
    }
