"""Text on streams that cannot hold all of it, such as those of a shell in the C locale: never an error.

What cannot be printed is replaced, since a command that has done its work must not fail at telling of it.
"""

import codecs
import io
import sys
from collections.abc import Sequence
from typing import Final

from shared.errors import InvalidRequestError

_ERRORS: Final = "certdeploy-plain"
_PLAIN: Final = {"→": "->", "…": "...", "×": "x", "✓": "+", "✗": "!", "·": "-"}  #: what our own texts have


def never_fail() -> None:
    """Make standard output and standard error replace what they cannot encode."""
    codecs.register_error(_ERRORS, _replace)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ERRORS)


def holds_all(encoding: str | None) -> bool:
    """Whether each text can be printed as it is."""
    try:
        return codecs.lookup(encoding or "ascii").name.startswith("utf")
    except LookupError:
        return False


def check_text(arguments: Sequence[str]) -> None:
    """Raises InvalidRequestError for an argument that is no text: bytes that are not of the encoding."""
    for number, argument in enumerate(arguments, 1):
        if any("\ud800" <= char <= "\udfff" for char in argument):
            raise InvalidRequestError(f"argument {number} is not text in {sys.getfilesystemencoding()}")


def _replace(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    found = error.object[error.start : error.end]
    return "".join(_PLAIN.get(char, "?") for char in found), error.end
