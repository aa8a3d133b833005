"""Text of others as a person may see it: what steers a terminal or hides in a line is written out.

Names, reasons and messages come from certificates, products and clusters, which strangers fill in: an escape
sequence there would repaint the screen, a bidi override turn a name around. The state keeps them as they
came; whatever shows them (tables, messages, logs, notifications) goes through here.
"""

import unicodedata
from typing import Final

_JOINERS: Final = "\u200c\u200d"  # words of some scripts, and some emoji, are not written without them


def visible(text: str, *, keep: str = "") -> str:
    r"""`text` with each character that has no form of its own as `\uXXXX`. `keep`: such as line breaks.

    Idempotent. Within the strings of a JSON document it changes nothing that a reader of JSON could see.
    """
    if text.isprintable():
        return text
    return "".join(one if _has_form(one) or one in keep else _written_out(one) for one in text)


def visible_in(value: object) -> object:
    """A value for JSON with all texts in it made visible, but for the names of fields."""
    if isinstance(value, str):
        return visible(value, keep="\n")
    if isinstance(value, dict):
        return {name: visible_in(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [visible_in(one) for one in value]
    return value


def _has_form(char: str) -> bool:
    """Also spaces of other widths; not what ends a line or a paragraph."""
    return char.isprintable() or char in _JOINERS or unicodedata.category(char) == "Zs"


def _written_out(char: str) -> str:
    """In UTF-16, as JSON does it."""
    data = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[at : at + 2].hex()}" for at in range(0, len(data), 2))
