"""Protocol buffers (proto2), as far as Tablestore's messages need them: messages to and from plain dicts.

A field that a message lacks is absent from its dict; a repeated one is always there, as a list. Unknown
fields are passed over, as proto2 does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from emulator.api import ApiError

Scalar = Literal["int", "bool", "text", "bytes"]
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True)
class Field:
    number: int
    kind: Scalar | Message
    required: bool = False
    many: bool = False


class Message:
    """A kind of message: `Message(name=need(1, "text"), rows=many(2, ROW))`."""

    def __init__(self, **fields: Field) -> None:
        self.fields = fields
        self._names = {field.number: name for name, field in fields.items()}

    def read(self, data: bytes) -> dict[str, Any]:
        """Raises ApiError for what is no such message."""
        found: dict[str, Any] = {name: [] for name, field in self.fields.items() if field.many}
        try:
            for number, raw in _parts(data):
                name = self._names.get(number)
                if name is None:
                    continue
                field = self.fields[name]
                value = _read(field.kind, raw)
                if field.many:
                    found[name].append(value)
                else:
                    found[name] = value
        except (IndexError, UnicodeDecodeError, TypeError) as error:
            raise _malformed() from error
        if any(field.required and name not in found for name, field in self.fields.items()):
            raise _malformed()
        return found

    def write(self, values: dict[str, Any]) -> bytes:
        """`None` is as good as absent."""
        out = bytearray()
        for name, field in self.fields.items():
            value = values.get(name)
            for item in value or () if field.many else (value,):
                if item is not None:
                    out += _written(field, item)
        return bytes(out)


def need(number: int, kind: Scalar | Message) -> Field:
    return Field(number, kind, required=True)


def may(number: int, kind: Scalar | Message) -> Field:
    return Field(number, kind)


def many(number: int, kind: Scalar | Message) -> Field:
    return Field(number, kind, many=True)


def _malformed() -> ApiError:
    return ApiError(400, "OTSParameterInvalid", "Invalid protocol buffer message.")  # [guess] the words


def _parts(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        wire = tag & 7
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield tag >> 3, value
        elif wire in (_BYTES, _FIXED64, _FIXED32):
            length = 8 if wire == _FIXED64 else 4
            if wire == _BYTES:
                length, at = _varint(data, at)
            if at + length > len(data):
                raise IndexError
            yield tag >> 3, data[at : at + length]
            at += length
        else:
            raise IndexError


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _read(kind: Scalar | Message, raw: int | bytes) -> Any:
    if kind in ("int", "bool"):
        if not isinstance(raw, int):
            raise TypeError
        number = raw - (1 << 64) if raw >> 63 else raw
        return bool(number) if kind == "bool" else number
    if not isinstance(raw, bytes):
        raise TypeError
    if isinstance(kind, Message):
        return kind.read(raw)
    return raw.decode() if kind == "text" else raw


def _written(field: Field, value: Any) -> bytes:
    if field.kind in ("int", "bool"):
        return _number(field.number << 3) + _number(int(value) & ((1 << 64) - 1))
    if isinstance(field.kind, Message):
        value = field.kind.write(value)
    data = value.encode() if isinstance(value, str) else bytes(value)
    return _number(field.number << 3 | _BYTES) + _number(len(data)) + data


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
