"""What every store takes as a key, and a document as the text that it stores."""

import json
from typing import Any, Final

from pydantic_core import from_json

from shared.errors import InvalidRequestError
from shared.state.store import Document, Key
from shared.state.tables import Table

_DEEPEST: Final = 100  #: of what is nested in a document; ours are less than twenty deep


def storable(key: Key) -> bool:
    """Whether a row can have this key: 64 bits hold a number, UTF-8 a text."""
    return all(_is_utf_8(part) if isinstance(part, str) else _is_number(part) for part in key)


def require_storable(table: Table, key: Key) -> None:
    """Raises InvalidRequestError if no row can have this key."""
    if not storable(key):
        raise InvalidRequestError(f"{table.name}: no row can have the key {'/'.join(map(_shown, key))}")


def _shown(part: str | int) -> str:
    if isinstance(part, str):
        return ascii(part)
    return str(part) if storable((part,)) else "a number beyond 64 bits"


def _is_number(part: object) -> bool:
    return isinstance(part, int) and -(2**63) <= part < 2**63


def _is_utf_8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates
        return False
    return True


def text_of(document: Document) -> str:
    """As it is stored: what UTF-8 has no form for, as half of a pair of surrogates in a message, as "?"."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace").decode()


def document_in(text: Any) -> Any:
    """What a row holds; None if it is nothing that we write: then that row alone cannot be read.

    Half of a pair of surrogates is no text to pydantic's parser, as to UTF-8.
    """
    try:
        document = from_json(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return document if isinstance(document, dict) and not _is_deep(text, document) else None


def _is_deep(text: str, document: Any) -> bool:
    """Deeper than what writes it back can go."""
    return text.count("{") + text.count("[") > _DEEPEST and _deeper(document, _DEEPEST)


def _deeper(value: Any, left: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return bool(inner) and (left <= 0 or any(_deeper(one, left - 1) for one in inner))
