"""What a page says when a use case refuses: a status of HTTP, a stable code, one sentence."""

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from shared import errors
from shared.cloud.functions import FunctionFailedError
from shared.cloud.redact import redact
from shared.domain.hints import hint_in

log = logging.getLogger("certdeploy.console")
#: The nearest class in an error's ancestry decides.
_STATUSES: Final[dict[type[errors.AppError], HTTPStatus]] = {
    errors.AppError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidRequestError: HTTPStatus.BAD_REQUEST,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.InvalidTransitionError: HTTPStatus.CONFLICT,
    errors.PlanChangedError: HTTPStatus.CONFLICT,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.StateUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SettingsError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.UnreadableRowError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.CloudError: HTTPStatus.BAD_GATEWAY,
}


@dataclass(frozen=True)
class Refused:
    status: HTTPStatus
    code: str
    message: str
    hint: str = ""  #: what to do, where that is known


def refusal(error: Exception) -> Refused:
    """Without what may be secret in its text. What nobody expected is told as a fault of ours."""
    if not isinstance(error, errors.AppError):
        log.error("a page failed", exc_info=error)
        told = f"unexpected {type(error).__name__}: {error} (a bug; CERTDEPLOY_DEBUG=1 shows the traceback)"
        return Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "InternalError", redact(told))
    status = next(_STATUSES[kind] for kind in _kind(error).__mro__ if kind in _STATUSES)
    told = error.error_message if isinstance(error, FunctionFailedError) else str(error)
    hint = hint_in(str(error)) if isinstance(error, errors.CloudError) else ""
    return Refused(status, error.code, redact(told or str(error)), hint)


def _kind(error: errors.AppError) -> type[errors.AppError]:
    """Of what failed in a function of a stack: the error there, if it is one of ours."""
    named = getattr(errors, error.error_type, None) if isinstance(error, FunctionFailedError) else None
    return named if isinstance(named, type) and issubclass(named, errors.AppError) else type(error)
