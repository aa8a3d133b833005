"""What a page says when a use case refuses: a status of HTTP, a stable code, one sentence."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from shared import errors
from shared.cloud.functions import FunctionFailedError
from shared.cloud.redact import redact
from shared.domain.hints import hint_in

#: The nearest class in an error's ancestry decides.
_STATUSES: Final[dict[type[errors.AppError], HTTPStatus]] = {
    errors.AppError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidRequestError: HTTPStatus.BAD_REQUEST,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.InvalidTransitionError: HTTPStatus.CONFLICT,
    errors.PlanChangedError: HTTPStatus.CONFLICT,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.StateUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.CloudError: HTTPStatus.BAD_GATEWAY,
}


@dataclass(frozen=True)
class Refused:
    status: HTTPStatus
    code: str
    message: str
    hint: str = ""  #: what to do, where that is known


def refusal(error: errors.AppError) -> Refused:
    """Without what may be secret in its text."""
    status = next(_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES)
    told = error.error_message if isinstance(error, FunctionFailedError) else str(error)
    hint = hint_in(str(error)) if isinstance(error, errors.CloudError) else ""
    return Refused(status, error.code, redact(told or str(error)), hint)
