"""What a discovery finds: slots, and parts that are there and cannot be read."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

from pydantic import ValidationError

from shared.domain.names import NotAHostNameError
from shared.domain.resources import CloudResource
from shared.errors import CloudDeniedError, CloudError, CloudRejectedError, UnreadableAnswerError
from shared.validation.requests import explain

#: What would be the same if it was asked again.
LASTING: Final = (UnreadableAnswerError, CloudRejectedError, CloudDeniedError)
#: What reading an answer raises that is none of ours: values of no slot, or of a form that nobody knows.
MISREAD: Final = (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
log = logging.getLogger("certdeploy.products")


@dataclass(frozen=True)
class Unread:
    """A part of a region: a row, an instance, a kind of slot."""

    what: str
    error: CloudError  #: why
    within: str = ""  #: how the resource ids begin that may be in it; "": anywhere in the region


Found: TypeAlias = CloudResource | Unread
Part = TypeVar("Part")


def told(what: str, slots: Callable[[], Iterable[Part]], within: str = "") -> Iterator[Part | Unread]:
    """The slots of one part, or what else is there; or that it cannot be read, so that the others go on.
    `within` as of Unread.

    Trouble that may pass goes through: the region is read again.
    """
    try:
        yield from slots()
    except LASTING as error:
        yield Unread(what, error, within)
    except MISREAD as error:
        yield Unread(what, misread("discover", what, error), within)


def misread(action: str, what: str, error: Exception) -> UnreadableAnswerError:
    """What one of MISREAD means. Where nobody has thought of it, the log has where it was raised."""
    if isinstance(error, ValidationError):
        return UnreadableAnswerError(action, explain(error))
    if isinstance(error, NotAHostNameError):
        return UnreadableAnswerError(action, str(error))
    log.error("a part of an answer could not be read", extra={"part": what}, exc_info=error)
    return UnreadableAnswerError(action, f"an answer that is not understood ({type(error).__name__})")
