"""Errors that callers tell apart.

* AppError
  - InvalidRequestError          the caller must change the request
    · InsufficientQuotaError     or buy quota
    · ApprovalRequiredError      or have another person do it
  - SettingsError                the environment of the process is wrong or incomplete
  - NotFoundError
  - InvalidTransitionError       the status table forbids this transition
  - PlanChangedError             the plan has changed since the preview
  - SupersededError              what was planned is not wanted any more: nothing failed
  - NotYetValidError         (R) by this clock, which may be behind, the certificate's time has not come
  - UnreadableRowError           a row of the state is none that we write
  - StateUnavailableError    (R) the state cannot be read or written for now; nothing was changed
  - ConflictError            (R) another writer was first; read again
  - CloudError                   an API of the cloud refused or failed
    · CloudCredentialsError      the AccessKey or token is wrong
    · CloudDeniedError           the role lacks a permission
    · CloudRejectedError         the product refuses this call
    · UnreadableAnswerError      an answer that nobody understands; says which field
    · CloudThrottledError    (R)
    · CloudBusyError         (R) the product refused for now, and changed nothing
    · CloudUnavailableError  (R) no answer, or a 5xx: the outcome of a write is unknown
    · NotYetEffectiveError   (R) accepted, but not in service yet
    · NotTrustedError            in service, but clients turn away

(R) = retryable: the handler raises it, and Function Compute retries. It may pass, and so may what is wrong
with an account or an answer: hours later the same may go well.
"""

from typing import ClassVar


class AppError(Exception):
    """Base of all our errors. `code` is what API callers see."""

    code: ClassVar[str] = "InternalError"
    retryable: ClassVar[bool] = False
    passes: ClassVar[bool] = False  #: though it is not retryable

    @property
    def may_pass(self) -> bool:
        return self.retryable or self.passes


class InvalidRequestError(AppError):
    code = "InvalidParameter"


class InsufficientQuotaError(InvalidRequestError):
    """As CAS calls it."""

    code = "InsufficientQuota"


class ApprovalRequiredError(InvalidRequestError):
    code = "ApprovalRequired"


class SettingsError(AppError):
    code = "InvalidSettings"


class NotFoundError(AppError):
    code = "NotFound"

    def __init__(self, kind: str, key: object, hint: str = "") -> None:
        """`hint`: what to do, or what there is."""
        super().__init__(f"{kind} {key} does not exist{hint and f': {hint}'}")


class InvalidTransitionError(AppError):
    code = "InvalidStatus"

    def __init__(self, kind: str, key: object, status: str, wanted: str) -> None:
        super().__init__(f"{kind} {key} is {status} and cannot become {wanted}")


class PlanChangedError(AppError):
    code = "PlanChanged"


class SupersededError(AppError):
    code = "Superseded"


class NotYetValidError(AppError):
    code = "NotYetValid"
    retryable = True


class UnreadableRowError(AppError):
    """It is damaged, or others wrote it. Lists leave it out; who needs that very row ends with this."""

    code = "UnreadableRow"

    def __init__(self, table: str, key: object, why: str) -> None:
        super().__init__(f"the row {key} of {table} cannot be read: {why}")


class StateUnavailableError(AppError):
    code = "StateUnavailable"
    retryable = True


class ConflictError(AppError):
    code = "Conflict"
    retryable = True

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"{kind} {key} was changed by another writer; read it again")


class BusyError(ConflictError):
    """Somebody else is at it. The text says who, and until when."""

    def __init__(self, message: str) -> None:
        AppError.__init__(self, message)


class CloudError(AppError):
    """Carries the cloud's code and the RequestId for the vendor's support."""

    code = "CloudError"

    def __init__(self, action: str, cloud_code: str, message: str, request_id: str = "-") -> None:
        cloud_code, message = (" ".join(text.split()) for text in (cloud_code, message))  # on one line
        super().__init__(f"{action}: {cloud_code}: {message} (RequestId {request_id})")
        self.action = action
        self.cloud_code = cloud_code
        self.message = message
        self.request_id = request_id


class CloudCredentialsError(CloudError):
    code = "InvalidCredentials"
    passes = True


class CloudDeniedError(CloudError):
    code = "NoPermission"
    passes = True


class CloudRejectedError(CloudError):
    code = "Rejected"


class UnreadableAnswerError(CloudError):
    """It is not tried again at once: the same would be answered."""

    code = "UnreadableAnswer"
    passes = True

    def __init__(self, action: str, message: str, request_id: str = "-") -> None:
        super().__init__(action, "UnreadableAnswer", message, request_id)


class CloudThrottledError(CloudError):
    code = "Throttling"
    retryable = True
    retry_after_s: float | None = None


class CloudBusyError(CloudError):
    code = "Busy"
    retryable = True


class CloudUnavailableError(CloudError):
    code = "ServiceUnavailable"
    retryable = True


class NotYetEffectiveError(CloudError):
    code = "NotYetEffective"
    retryable = True


class NotTrustedError(CloudError):
    code = "NotTrusted"

    def __init__(self, message: str) -> None:
        super().__init__("handshake", "NotTrusted", message)
