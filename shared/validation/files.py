"""Files named by a person: PEM pairs and events. Every problem is one sentence, never a traceback."""

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
    return _text(path, MAX_CHARACTERS)


def read_key_file(path: Path) -> SecretPem:
    return SecretPem(_text(path, MAX_CHARACTERS))


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


def _text(path: Path, limit: int) -> str:
    try:
        if path.stat().st_size > limit:
            raise InvalidRequestError(f"{path}: longer than {limit // 1024} KiB; is it the right file?")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidRequestError(f"{path}: not a text file (UTF-8); is it DER or PKCS#12?") from None
    except OSError as error:
        raise InvalidRequestError(f"{path}: {error.strerror}") from None
