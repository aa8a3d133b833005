"""Maps errors of the SDK to ours: `map_error`.

Only code, message and request id are kept, redacted: the SDK's exception texts contain the whole
response, or the whole URL if a connection failed.
"""

from typing import Any, Final

from requests import exceptions as http
from urllib3.exceptions import NewConnectionError

from shared.cloud.redact import redact
from shared.errors import (
    CloudBusyError,
    CloudCredentialsError,
    CloudDeniedError,
    CloudError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
)

_LONGEST_PAUSE_MS: Final = 3_600_000  #: that the cloud may ask for: no function lasts as long


class NotSentError(CloudUnavailableError):
    """No connection was made, so the cloud never received the request."""


def not_sent(action: str, host: str) -> NotSentError:
    return NotSentError(action, "ConnectionFailed", f"no connection to {host} could be made")


# Codes are compared case-insensitively: products write `listener` and `Listener`. A code begins with one of
# these words; what is throttled or busy may also say so further on, as whole dotted parts (Site.ServiceBusy).
_THROTTLED: Final = (
    "throttling",
    "rejected.throttling",
    "flowcontrolerror",
    "resourcethrottled",
    "toomanyrequests",
    "requestlimitexceeded",
)
_BUSY: Final = (
    "systembusy",
    "servicebusy",
    "operationbusy",
    "systemupgrading",
    "operationdenied.systemupgrading",
    "deductquotafailed",
    "incorrectstatus.",
    "incorrectbusinessstatus.",
    "resourceinconfiguring",
    "conflict.lock",
    "idempotenceprocessing",
    "stateerror.",
    "notactive.listener",
    "vipstatusnotsupport",
    "serviceisconfiguring",
    "serviceisstopping",
    "backendserver.configuring",
    "domainextensionprocessing",
    "operationfailed.listenerstatusnotsupport",
    "repeatedcommit",
    "resourceisconfiguring",
    "tokenisprocessing",
    "vservergroupprocessing",
    "ga_not_steady",
    "concurrencylocktimeout",
    "resourceprocessing",
    "lockfail",
    "lockfailed",
    "-21013",
    "-22001",
    "-21020",
    "-22031",
)
_BUSY_NUMBERS: Final = ("3", "2001")  #: whole codes, of VOD
_UNAVAILABLE: Final = ("serviceunavailable", "internalerror", "internalservererror")
_CREDENTIALS: Final = (
    "invalidaccesskeyid",
    "inactiveaccesskeyid",
    "signaturedoesnotmatch",
    "signaturenotmatch",
    "incompletesignature",
    "invalidsecuritytoken",
    "missingsecuritytoken",
    "invalidtimestamp",
    "signaturenonceused",
    "securitytokenexpired",
    "requesttimetooskewed",
)
_DENIED: Final = ("forbidden", "nopermission", "accessdenied", "unauthorized")

_CLASSES: Final[tuple[tuple[tuple[str, ...], type[CloudError]], ...]] = (
    (_THROTTLED, CloudThrottledError),
    (_BUSY, CloudBusyError),
    (_UNAVAILABLE, CloudUnavailableError),
    (_CREDENTIALS, CloudCredentialsError),
    (_DENIED, CloudDeniedError),
)
_ANYWHERE: Final = (CloudThrottledError, CloudBusyError)


def classify(code: str, status: int | None, retry_after: bool = False) -> type[CloudError]:
    """The class of our error for a vendor's code (RPC, ROA and FC products)."""
    text = code.lower()
    for words, error in _CLASSES:
        if text.startswith(words) or (error in _ANYWHERE and _has_part(text, words)):
            return error
    if text in _BUSY_NUMBERS:
        return CloudBusyError
    if text.endswith(".noauth"):
        return CloudDeniedError
    if status == 429:
        return CloudThrottledError
    if status is None or status >= 500:
        return CloudUnavailableError
    if retry_after:
        return CloudThrottledError
    if status == 401:
        return CloudCredentialsError
    return CloudDeniedError if status == 403 else CloudRejectedError


def _has_part(code: str, words: tuple[str, ...]) -> bool:
    return any(
        f".{word}" in f".{code}" if word.endswith(".") else f".{word}." in f".{code}." for word in words
    )


def map_error(action: str, error: Exception, host: str = "the API") -> CloudError:
    """Our error for an exception of the SDK in `action`. `host`: that was called."""
    status = getattr(error, "status_code", None)
    if status is None:
        return _without_answer(action, error, host)
    found = getattr(error, "data", None)
    data = found if isinstance(found, dict) else {}
    code, message, request_id = (
        str(_any_case(data, name) or default)
        for name, default in (
            ("Code", f"HTTP {status}"),
            ("Message", "no message"),
            ("RequestId", "-"),
        )
    )
    after_ms = getattr(error, "retry_after", None)
    kind = classify(code, int(status), after_ms is not None)
    if kind is CloudDeniedError:
        message += _missing_action(getattr(error, "access_denied_detail", None))
    mapped = kind(action, redact(code), redact(message), redact(request_id))
    if after_ms is not None and isinstance(mapped, CloudThrottledError):
        mapped.retry_after_s = min(max(after_ms, 0), _LONGEST_PAUSE_MS) / 1000
    return mapped


def _without_answer(action: str, error: Exception, host: str) -> CloudError:
    """The SDK wraps the cause twice; the innermost exception matters."""
    inner = getattr(error, "inner_exception", None) or error
    cause = inner.__context__
    if _never_connected(cause):
        return not_sent(action, host)
    if isinstance(cause, http.Timeout):
        return CloudUnavailableError(action, "Timeout", f"{host} did not answer in time")
    if isinstance(cause, http.SSLError):
        return CloudUnavailableError(action, "TlsFailed", f"the TLS certificate of {host} is not trusted")
    if isinstance(cause, http.RequestException):
        return CloudUnavailableError(
            action, "ConnectionLost", f"the connection to {host} ended without answer"
        )
    reason = f"the response is not readable ({type(inner).__name__})"
    return CloudUnavailableError(action, "UnreadableAnswer", reason)


def _never_connected(cause: BaseException | None) -> bool:
    if isinstance(cause, http.ConnectTimeout):
        return True
    told = cause.args[:1] if isinstance(cause, http.ConnectionError) else ()
    return any(isinstance(getattr(one, "reason", None), NewConnectionError) for one in told)


def _any_case(data: dict[str, Any], name: str) -> object:
    """RPC products write `Code`, ROA products `code`, older FC answers `ErrorCode`."""
    return data.get(name) or data.get(name[0].lower() + name[1:]) or data.get(f"Error{name}")


def _missing_action(detail: object) -> str:
    if not isinstance(detail, dict):
        return ""
    action, policy = (_any_case(detail, name) for name in ("AuthAction", "PolicyType"))
    needs = f"; the role needs the RAM action {action}" if action else ""
    return needs + (f" (policy type {policy})" if policy else "")
