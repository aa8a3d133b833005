"""Errors as others see them: the code in an answer, the words, and whether another try can help."""

from __future__ import annotations

import inspect

import pytest

from shared import errors
from shared.errors import AppError

#: What callers of our functions may rely on.
CODES = {
    "AppError": "InternalError",
    "InvalidRequestError": "InvalidParameter",
    "InsufficientQuotaError": "InsufficientQuota",
    "ApprovalRequiredError": "ApprovalRequired",
    "SettingsError": "InvalidSettings",
    "NotFoundError": "NotFound",
    "InvalidTransitionError": "InvalidStatus",
    "PlanChangedError": "PlanChanged",
    "SupersededError": "Superseded",
    "NotYetValidError": "NotYetValid",
    "UnreadableRowError": "UnreadableRow",
    "StateUnavailableError": "StateUnavailable",
    "ConflictError": "Conflict",
    "BusyError": "Conflict",
    "CloudError": "CloudError",
    "CloudCredentialsError": "InvalidCredentials",
    "CloudDeniedError": "NoPermission",
    "CloudRejectedError": "Rejected",
    "UnreadableAnswerError": "UnreadableAnswer",
    "CloudThrottledError": "Throttling",
    "CloudBusyError": "Busy",
    "CloudUnavailableError": "ServiceUnavailable",
    "NotTrustedError": "NotTrusted",
    "NotYetEffectiveError": "NotYetEffective",
}
#: Time or another reading can help; everything else needs a person, or another request.
RETRYABLE = {
    "NotYetValidError",
    "StateUnavailableError",
    "ConflictError",
    "BusyError",
    "CloudThrottledError",
    "CloudBusyError",
    "CloudUnavailableError",
    "NotYetEffectiveError",
}


def kinds() -> dict[str, type[AppError]]:
    found = inspect.getmembers(errors, inspect.isclass)
    return {name: kind for name, kind in found if issubclass(kind, AppError)}


def test_every_error_has_the_code_that_callers_know() -> None:
    assert {name: kind.code for name, kind in kinds().items()} == CODES


def test_only_what_time_or_another_reading_can_help_is_tried_again() -> None:
    assert {name for name, kind in kinds().items() if kind.retryable} == RETRYABLE


def test_everything_of_the_cloud_is_a_cloud_error() -> None:
    of_cloud = {name for name, kind in kinds().items() if issubclass(kind, errors.CloudError)}
    assert of_cloud == {name for name in CODES if name.startswith("Cloud")} | {
        "NotTrustedError",
        "NotYetEffectiveError",
        "UnreadableAnswerError",
    }


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errors.NotFoundError("Certificate", "7-cn-hangzhou"), "Certificate 7-cn-hangzhou does not exist"),
        (
            errors.InvalidTransitionError("DeploymentJob", 7, "editing", "success"),
            "DeploymentJob 7 is editing and cannot become success",
        ),
        (
            errors.ConflictError("Lease", "CDN/-/a"),
            "Lease CDN/-/a was changed by another writer; read it again",
        ),
        (errors.CloudDeniedError("PutCname", "Denied", "no", "R-1"), "PutCname: Denied: no (RequestId R-1)"),
        (errors.CloudError("PutCname", "Busy", "wait"), "PutCname: Busy: wait (RequestId -)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_says_what_it_is_about(error: AppError, words: str) -> None:
    assert str(error) == words


def test_an_error_of_the_cloud_keeps_what_its_support_asks_for() -> None:
    error = errors.CloudThrottledError("ListCname", "Throttling.User", "slow down", "R-1")
    assert (error.action, error.cloud_code, error.request_id) == ("ListCname", "Throttling.User", "R-1")
    assert error.retry_after_s is None
