"""Answers of the cloud, read with care: what is absent, null or of another type is taken for what it is.

No field is sure to be there: the vendor's own clients mark every one as optional, lists that are empty are
left out, and numbers come as text now and then. What cannot be understood is an error of the cloud that
names the action, the path of the field and the RequestId.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.errors import UnreadableAnswerError

_LONGEST_PATH: Final = 200  #: of a field, in a message
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,19}")  # `int` takes other digits and underscores as well
_YES: Final = frozenset({"true", "on", "yes", "1", "enable", "enabled"})
_NO: Final = frozenset({"false", "off", "no", "0", "disable", "disabled", ""})


@dataclass(frozen=True)
class Source:
    """Where an object was told: for the error that it cannot be read."""

    action: str
    request_id: str = "-"
    path: str = ""

    def below(self, name: str) -> "Source":
        return Source(self.action, self.request_id, f"{self.path}.{name}" if self.path else name)

    def unreadable(self, why: str) -> UnreadableAnswerError:
        path = self.path if len(self.path) <= _LONGEST_PATH else f"{self.path[:_LONGEST_PATH]}…"
        return UnreadableAnswerError(self.action, f"{path or 'the answer'}: {why}", self.request_id)


class Fields(dict[str, Any]):
    """An object of an answer. `fields[name]` is a field that has to be there; the methods take less.

    Objects within it, and within its lists, are Fields too.
    """

    def __init__(self, values: Mapping[str, Any] | None = None, source: Source | None = None) -> None:
        self.source = source or Source("-")
        try:
            within = {name: _within(value, self.source.below(name)) for name, value in (values or {}).items()}
        except RecursionError:
            raise self.source.unreadable("it is nested too deeply") from None
        super().__init__(within)

    def __missing__(self, name: str) -> Any:
        raise self.source.below(name).unreadable("it is missing")

    def needed(self, name: str) -> str:
        """A text that has to be there, and not empty."""
        return self.text(name) or self.__missing__(name)

    def text(self, name: str) -> str:
        """ "" where it is absent or null; the digits of a number."""
        value = self.get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.source.below(name).unreadable(f"a text was expected, not {_kind(value)}")
        return str(value)

    def number(self, name: str) -> int | None:
        """None where it is absent, null or empty."""
        text = self.text(name).strip()
        if not text:
            return None
        try:
            return _int(text)
        except ValueError:
            raise self.source.below(name).unreadable("a number was expected") from None

    def needed_number(self, name: str) -> int:
        """A number that has to be there."""
        found = self.number(name)
        return int(self.__missing__(name)) if found is None else found

    def flag(self, name: str) -> bool | None:
        """None where it is absent or null, or of a word that is neither yes nor no."""
        value = self.get(name)
        if value is None or isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        return True if word in _YES else False if word in _NO else None

    def part(self, *names: str) -> "Fields":
        """The object under these names; an empty one where there is none."""
        found = self
        for name in names:
            value = found.get(name)
            if value is None or value == "" or value == []:
                value = Fields(source=found.source.below(name))
            if not isinstance(value, Fields):
                raise found.source.below(name).unreadable(f"an object was expected, not {_kind(value)}")
            found = value
        return found

    def rows(self, *names: str) -> "list[Fields]":
        """The objects of the list under these names; none where it is absent, null or empty."""
        found = self._list(names)
        for number, row in enumerate(found):
            if not isinstance(row, Fields):
                source = self.source.below(".".join(names)).below(str(number))
                raise source.unreadable(f"an object was expected, not {_kind(row)}")
        return found

    def texts(self, *names: str) -> list[str]:
        """The texts of the list under these names; one text that stands alone is a list of one."""
        found = self._list(names, alone=True)
        return [str(value) for value in found if value not in (None, "")]

    def numbers(self, *names: str) -> list[int]:
        """The numbers of the list under these names, such as ports; written as texts now and then."""
        try:
            return [_int(text) for text in self.texts(*names)]
        except ValueError:
            raise self.source.below(".".join(names)).unreadable("numbers were expected") from None

    def _list(self, names: tuple[str, ...], *, alone: bool = False) -> list[Any]:
        *path, name = names
        within = self.part(*path)
        value = within.get(name)
        if value is None or value == "" or value == {}:
            return []
        if alone and isinstance(value, str):
            return [value]
        if not isinstance(value, list):
            raise within.source.below(name).unreadable(f"a list was expected, not {_kind(value)}")
        return value


def parsed(text: str | bytes) -> Any:
    """The JSON that the cloud has sent. Raises ValueError, whatever it holds."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def fields_of(values: Mapping[str, Any], action: str) -> Fields:
    """What an action answered."""
    request_id = values.get("RequestId") or values.get("requestId") or values.get("request_id") or "-"
    return Fields(values, Source(action, str(request_id)))


def _within(value: Any, source: Source) -> Any:
    if isinstance(value, Mapping):
        return Fields(value, source)
    if isinstance(value, list):
        return [_within(one, source.below(str(number))) for number, one in enumerate(value)]
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "replace").decode()  # half a character could neither be stored nor sent
    return value


def _int(text: str) -> int:
    """Of 64 bits: what is larger fits neither a store nor another API. Raises ValueError."""
    if _NUMBER.fullmatch(text.strip()) is None or not -(2**63) <= (number := int(text)) < 2**63:
        raise ValueError("not a number of 64 bits")
    return number


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return "an object"
    return "a list" if isinstance(value, list) else f"{type(value).__name__}"
