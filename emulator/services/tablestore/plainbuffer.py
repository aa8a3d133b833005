"""PlainBuffer: how rows travel inside Tablestore's messages, with a checksum for each cell and each row.

Source: the vendor's page "PlainBuffer"; the order of what a checksum covers is the SDK's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from emulator.api import ApiError


class End(Enum):
    """What stands in a key instead of a value."""

    MIN = 9
    MAX = 10
    AUTO = 11


Value = int | float | bool | str | bytes
KeyValue = int | str | bytes | End
DELETE_ALL, DELETE_ONE, INCREMENT = 1, 3, 4  #: operations on a cell in UpdateRow

_HEADER = b"\x75\0\0\0"
_PK, _DATA, _CELL, _NAME, _VALUE, _TYPE, _TIME, _GONE, _ROW_SUM, _CELL_SUM = range(1, 11)
_INT, _DOUBLE, _BOOL, _STRING, _BLOB = 0, 1, 2, 3, 7


@dataclass(frozen=True)
class Cell:
    name: str
    value: Value | None
    operation: int | None = None
    timestamp: int | None = None


@dataclass(frozen=True)
class Change:
    """One row as a client sends it."""

    key: list[tuple[str, KeyValue]]
    cells: list[Cell]
    deleted: bool = False


def _table() -> tuple[int, ...]:
    """CRC-8 with the polynomial x⁸ + x² + x + 1."""
    found = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte << 1 ^ (0x07 if byte & 0x80 else 0)) & 0xFF
        found.append(byte)
    return tuple(found)


_CRC = _table()


def checksum(data: bytes, start: int = 0) -> int:
    for byte in data:
        start = _CRC[start ^ byte]
    return start


def read(data: bytes) -> Change:
    """One row, or one key. Raises ApiError for what is none, or is damaged."""
    try:
        return _Reader(data).row()
    except (IndexError, struct.error, UnicodeDecodeError, KeyError) as error:
        raise _invalid("Invalid PlainBuffer.") from error


def key_bytes(key: Iterable[tuple[str, KeyValue]]) -> bytes:
    """A key alone, as for the start of the next page."""
    return _HEADER + _row(key, ())


def row_bytes(key: Iterable[tuple[str, KeyValue]], cells: Iterable[tuple[str, Value, int]]) -> bytes:
    """One row with its header; `cells`: name, value, timestamp in ms."""
    return _HEADER + _row(key, cells)


def rows_bytes(
    rows: Sequence[tuple[Iterable[tuple[str, KeyValue]], Iterable[tuple[str, Value, int]]]],
) -> bytes:
    """Rows back to back behind one header; nothing for none."""
    return _HEADER + b"".join(_row(key, cells) for key, cells in rows) if rows else b""


def variant(data: bytes) -> Value:
    """A value as conditions hold it: type and content, without the length before them."""
    try:
        value = _value(data)
    except (IndexError, struct.error, UnicodeDecodeError, KeyError) as error:
        raise _invalid("Invalid value in a condition.") from error
    if isinstance(value, End):
        raise _invalid("Invalid value in a condition.")
    return value


def size_of(value: Value | End) -> int:
    """In bytes, as the vendor counts data."""
    if isinstance(value, (bool, End)):
        return 1
    if isinstance(value, (int, float)):
        return 8
    return len(value.encode() if isinstance(value, str) else value)


def _invalid(message: str) -> ApiError:
    return ApiError(400, "OTSParameterInvalid", message)  # [guess] the words


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 4
        if data[:4] != _HEADER:
            raise IndexError

    def row(self) -> Change:
        key: list[tuple[str, KeyValue]] = []
        cells: list[Cell] = []
        total = 0
        self._expect(_PK)
        while self._next() == _CELL:
            cell, total = self._cell(total)
            if isinstance(cell.value, float) or cell.value is None:
                raise IndexError
            key.append((cell.name, cell.value))
        if self._next() == _DATA:
            self._at += 1
            while self._next() == _CELL:
                cell, total = self._cell(total)
                if isinstance(cell.value, End):
                    raise IndexError
                cells.append(Cell(cell.name, cell.value, cell.operation, cell.timestamp))
        deleted = self._next() == _GONE
        self._at += deleted
        total = checksum(bytes([deleted]), total)
        self._expect(_ROW_SUM)
        if self._data[self._at] != total:
            raise _invalid("Checksum mismatch.")
        return Change(key, cells, deleted)

    def _cell(self, total: int) -> tuple[_Read, int]:
        self._expect(_CELL)
        self._expect(_NAME)
        name = self._sized()
        covered, value = name, None
        if self._next() == _VALUE:
            self._at += 1
            raw = self._sized()
            covered, value = covered + raw, _value(raw)
        operation = timestamp = None
        if self._next() == _TYPE:
            operation = self._data[self._at + 1]
            self._at += 2
        if self._next() == _TIME:
            raw = self._data[self._at + 1 : self._at + 9]
            covered, timestamp = covered + raw, struct.unpack("<q", raw)[0]
            self._at += 9
        if operation is not None:
            covered += bytes([operation])
        self._expect(_CELL_SUM)
        found = checksum(covered)
        if self._data[self._at] != found:
            raise _invalid("Checksum mismatch.")
        self._at += 1
        return _Read(name.decode(), value, operation, timestamp), checksum(bytes([found]), total)

    def _next(self) -> int:
        return self._data[self._at]

    def _expect(self, tag: int) -> None:
        if self._data[self._at] != tag:
            raise IndexError
        self._at += 1

    def _sized(self) -> bytes:
        (length,) = struct.unpack_from("<I", self._data, self._at)
        start = self._at + 4
        if start + length > len(self._data):
            raise IndexError
        self._at = start + length
        return self._data[start : self._at]


@dataclass(frozen=True)
class _Read:
    name: str
    value: Value | End | None
    operation: int | None
    timestamp: int | None


def _value(raw: bytes) -> Value | End:
    kind, rest = raw[0], raw[1:]
    if kind == _INT:
        return int(struct.unpack("<q", rest)[0])
    if kind == _DOUBLE:
        return float(struct.unpack("<d", rest)[0])
    if kind == _BOOL:
        return bool(rest[0])
    if kind in (_STRING, _BLOB):
        (length,) = struct.unpack_from("<I", rest)
        if length != len(rest) - 4:
            raise IndexError
        return rest[4:].decode() if kind == _STRING else rest[4:]
    if kind in (End.MIN.value, End.MAX.value, End.AUTO.value):
        return End(kind)
    raise KeyError(kind)


def _raw(value: Value | End) -> bytes:
    if isinstance(value, End):
        return bytes([value.value])
    if isinstance(value, bool):
        return bytes([_BOOL, value])
    if isinstance(value, int):
        return struct.pack("<bq", _INT, value)
    if isinstance(value, float):
        return struct.pack("<bd", _DOUBLE, value)
    kind, data = (_STRING, value.encode()) if isinstance(value, str) else (_BLOB, value)
    return struct.pack("<bI", kind, len(data)) + data


def _row(key: Iterable[tuple[str, KeyValue]], cells: Iterable[tuple[str, Value, int]]) -> bytes:
    sums = bytearray()
    parts = [bytes([_PK])]
    parts += [_cell(name, value, None, sums) for name, value in key]
    data = [_cell(name, value, timestamp, sums) for name, value, timestamp in cells]
    if data:
        parts += [bytes([_DATA]), *data]
    parts.append(bytes([_ROW_SUM, checksum(bytes([0]), checksum(bytes(sums)))]))
    return b"".join(parts)


def _cell(name: str, value: Value | End, timestamp: int | None, sums: bytearray) -> bytes:
    called, raw = name.encode(), _raw(value)
    time = b"" if timestamp is None else struct.pack("<q", timestamp)
    found = checksum(called + raw + time)
    sums.append(found)
    return b"".join(
        [
            struct.pack("<bbI", _CELL, _NAME, len(called)),
            called,
            struct.pack("<bI", _VALUE, len(raw)),
            raw,
            bytes([_TIME]) + time if time else b"",
            bytes([_CELL_SUM, found]),
        ]
    )
