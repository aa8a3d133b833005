"""Exit codes, and the code for each error. README and `certdeploy --help` list these."""

from collections.abc import Iterator
from typing import Final

from shared import errors

OK: Final = 0
FAILED: Final = 1
USAGE: Final = 2
REFUSED: Final = 3
NO_ANSWER: Final = 4
STATE: Final = 5

MEANINGS: Final = {
    OK: "success",
    FAILED: (
        "the work failed, not everything could be read or verified, (status) something needs a hand,"
        " (doctor) something is an error, or (job diff) something has moved"
    ),
    USAGE: "invalid command, request, file or setting",
    REFUSED: "the cloud refused: AccessKey, permission, or the call itself",
    NO_ANSWER: "the cloud did not answer, or asked to retry later; or the state file cannot be used for now",
    STATE: "not found, or changed in the meantime",
}

#: The nearest class in an error's ancestry decides.
_CODES: Final[dict[type[errors.AppError], int]] = {
    errors.AppError: FAILED,
    errors.InvalidRequestError: USAGE,
    errors.SettingsError: USAGE,
    errors.NotFoundError: STATE,
    errors.InvalidTransitionError: STATE,
    errors.PlanChangedError: STATE,
    errors.ConflictError: STATE,
    errors.StateUnavailableError: NO_ANSWER,
    errors.CloudError: REFUSED,
    errors.CloudThrottledError: NO_ANSWER,
    errors.CloudBusyError: NO_ANSWER,
    errors.CloudUnavailableError: NO_ANSWER,
    errors.NotYetEffectiveError: NO_ANSWER,
}


def exit_code(error: type[errors.AppError]) -> int:
    return next(_CODES[kind] for kind in error.__mro__ if kind in _CODES)


def exit_code_of_name(class_name: str) -> int:
    """The code for an error class named by another process; FAILED for an unknown name."""
    return next((exit_code(kind) for kind in _kinds() if kind.__name__ == class_name), FAILED)


def is_of_cloud(class_name: str) -> bool:
    """Whether an error class named by another process tells what the cloud answered."""
    return any(kind.__name__ == class_name and issubclass(kind, errors.CloudError) for kind in _kinds())


def exit_code_of_answer(code: str) -> int:
    """The code for the `Code` of a function's answer to a request that it refused."""
    return next((exit_code(kind) for kind in _kinds() if kind.code == code), FAILED)


def _kinds(root: type[errors.AppError] = errors.AppError) -> Iterator[type[errors.AppError]]:
    yield root
    for kind in root.__subclasses__():
        yield from _kinds(kind)
