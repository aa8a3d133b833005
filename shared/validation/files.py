"""Files named by a person: PEM pairs and events. Every problem is one sentence, never a traceback."""

import codecs
import json
from pathlib import Path
from typing import Any, Final

from shared.domain.events import CloudEvent, EventData
from shared.errors import InvalidRequestError
from shared.validation.pem import MAX_CHARACTERS
from shared.validation.requests import parse
from shared.validation.secret import SecretPem

#: Function Compute's limit for an asynchronous invocation.
MAX_EVENT_BYTES: Final = 128 * 1024


def read_certificate_file(path: Path) -> str:
    return _text(path, MAX_CHARACTERS, comments=True)


def read_key_file(path: Path) -> SecretPem:
    return SecretPem(_text(path, MAX_CHARACTERS, comments=True))


def read_event_file(path: Path) -> dict[str, Any]:
    """The event to invoke a function with.

    A CloudEvent of one of our types is validated including its data. Any other JSON object is passed on:
    a manual request or a timer's event.

    Raises:
        InvalidRequestError: the file cannot be read, or does not contain such an event.
    """
    text = _text(path, MAX_EVENT_BYTES)
    try:
        event = json.loads(text)
    except ValueError as error:
        raise InvalidRequestError(f"{path}: not JSON: {error}") from None
    if not isinstance(event, dict):
        raise InvalidRequestError(f"{path}: expected a JSON object, got {type(event).__name__}")
    if "specversion" in event:
        try:
            envelope = parse(CloudEvent, event)
            if known := _types().get(envelope.type):
                parse(known, envelope.data)
        except InvalidRequestError as error:
            raise InvalidRequestError(f"{path}: {error}") from None
    return event


def _types() -> dict[str, type[EventData]]:
    return {kind.type: kind for kind in EventData.__subclasses__()}


def _text(path: Path, limit: int, *, comments: bool = False) -> str:
    """`comments`: text around what is meant may be in any encoding, such as the names that an export adds."""
    try:
        if path.stat().st_size > limit:
            raise InvalidRequestError(f"{path}: longer than {limit // 1024} KiB; is it the right file?")
        content = path.read_bytes()
        errors = "replace" if comments and b"-----BEGIN" in content else "strict"
        return content.decode(_encoding(content), errors)
    except UnicodeDecodeError:
        raise InvalidRequestError(f"{path}: not a text file (UTF-8); is it DER or PKCS#12?") from None
    except OSError as error:
        raise InvalidRequestError(f"{path}: {error.strerror}") from None


def _encoding(content: bytes) -> str:
    """Windows PowerShell writes UTF-16 where output is redirected to a file, editors do so without a mark."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return {b"-\0": "utf-16-le", b"\0-": "utf-16-be"}.get(content[:2], "utf-8-sig")
