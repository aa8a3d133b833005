"""The state of the emulated products as plain data (JSON), and back.

Texts, numbers, lists and objects with texts as keys are themselves; all else is an object with the key `$`,
which says what it is. Of a class of this package its fields are written, once: whoever else holds the same
object refers to it by its number. A certificate of the estate is written by its name there.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from pydantic import BaseModel

from emulator.bundles import Bundle

TAG = "$"
_PACKAGE = str(__package__)
_CLASS = re.compile(r"((?:services|sections)(?:\.[a-z_0-9]+)+):([A-Za-z]+)")
Pair = tuple[str, str]  #: a chain and its private key, as PEM


class CodecError(ValueError):
    """What is to be read is not what this version writes."""


class Writer:
    """`names`: those of the certificates of the estate, by their pairs."""

    def __init__(self, names: Mapping[Pair, str]) -> None:
        self._names = names
        self._numbers: dict[int, int] = {}
        self._kept: list[object] = []  #: lest another object gets the identity of one that is gone

    def plain(self, value: Any) -> Any:
        """Raises TypeError for what has no form."""
        match value:
            case None | bool() | int() | float() | str():
                return value
            case bytes():
                return {TAG: "bytes", "of": base64.b64encode(value).decode()}
            case datetime():
                return {TAG: "time", "of": value.isoformat()}
            case list():
                return [self.plain(item) for item in value]
            case Counter():
                return {TAG: "counter", "of": dict(value)}
            case dict():
                return self._mapping(value)
            case set() | frozenset():
                kind = "set" if isinstance(value, set) else "frozenset"
                return {TAG: kind, "of": sorted(map(self.plain, value))}
            case tuple():
                if hasattr(value, "_fields"):
                    return {TAG: _name(type(value)), "of": [self.plain(item) for item in value]}
                return {TAG: "tuple", "of": [self.plain(item) for item in value]}
            case Bundle():
                return self._bundle(value)
            case BaseModel():
                return {TAG: _name(type(value)), "of": value.model_dump(mode="json", exclude_defaults=True)}
        return self._object(value)

    def _mapping(self, value: dict[Any, Any]) -> Any:
        if all(isinstance(key, str) for key in value) and TAG not in value:
            return {key: self.plain(item) for key, item in value.items()}
        return {TAG: "dict", "of": [[self.plain(key), self.plain(item)] for key, item in value.items()]}

    def _bundle(self, value: Bundle) -> Any:
        name = self._names.get((value.certificate_pem, value.key_pem or ""))
        if name is not None:
            return {TAG: "certificate", "of": name}
        return {TAG: "pair", "of": [value.certificate_pem, value.key_pem]}

    def _object(self, value: object) -> Any:
        if id(value) in self._numbers:
            return {TAG: "again", "of": self._numbers[id(value)]}
        self._numbers[id(value)] = len(self._numbers)
        self._kept.append(value)
        name = _name(type(value))
        return {TAG: name, "of": {field: self.plain(item) for field, item in _fields(value)}}


class Reader:
    """What a `Writer` wrote, made anew. `bundles`: the certificates of the estate by name."""

    def __init__(self, bundles: Mapping[str, Bundle]) -> None:
        self._bundles = bundles
        self._made: list[object] = []

    def value(self, plain: Any) -> Any:
        """Raises CodecError."""
        if isinstance(plain, list):
            return [self.value(item) for item in plain]
        if not isinstance(plain, dict):
            return plain
        if TAG not in plain:
            return {key: self.value(item) for key, item in plain.items()}
        try:
            return self._tagged(plain[TAG], plain["of"])
        except CodecError:
            raise
        except (LookupError, TypeError, ValueError, AttributeError, ImportError) as error:
            raise CodecError(f"{plain[TAG]}: {type(error).__name__}") from None

    def _tagged(self, tag: str, of: Any) -> Any:
        match tag:
            case "bytes":
                return base64.b64decode(of, validate=True)
            case "time":
                return datetime.fromisoformat(of)
            case "counter":
                return Counter(of)
            case "dict":
                return {self.value(key): self.value(item) for key, item in of}
            case "set":
                return set(map(self.value, of))
            case "frozenset":
                return frozenset(map(self.value, of))
            case "tuple":
                return tuple(map(self.value, of))
            case "certificate":
                return self._bundles[of]
            case "pair":
                return Bundle(*of)
            case "again":
                return self._made[of]
        return self._object(_class(tag), of)

    def _object(self, kind: type[Any], of: Any) -> Any:
        if issubclass(kind, tuple):
            return kind(*map(self.value, of))
        if issubclass(kind, BaseModel):
            return kind.model_validate(of)
        made = object.__new__(kind)
        self._made.append(made)
        if hasattr(kind, "__dataclass_fields__"):
            left_out = {field.name: field for field in fields(kind) if field.name not in of}
            if of.keys() - {field.name for field in fields(kind)}:
                raise CodecError(f"{kind.__name__} has other fields")
            # Not written is what leads back to who keeps the object: as in one that is new.
            vars(made).update({name: _callable(kind, field.default) for name, field in left_out.items()})
        vars(made).update({name: self.value(item) for name, item in of.items()})
        return made


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    names = [field.name for field in fields(value)] if is_dataclass(value) else list(vars(value))
    return ((name, item) for name in names if not callable(item := getattr(value, name)))


def _callable(kind: type, default: Any) -> Any:
    if not callable(default):
        raise CodecError(f"{kind.__name__} has other fields")
    return default


def _name(kind: type) -> str:
    name = f"{kind.__module__.removeprefix(f'{_PACKAGE}.')}:{kind.__qualname__}"
    if not _CLASS.fullmatch(name):
        raise TypeError(f"{name} has no form as plain data")
    return name


def _class(name: str) -> type:
    found = _CLASS.fullmatch(name)
    if found is None:
        raise CodecError(f"{name!r} is none of the emulator's")
    kind = getattr(import_module(f"{_PACKAGE}.{found[1]}"), found[2])
    if not isinstance(kind, type) or kind.__module__ != f"{_PACKAGE}.{found[1]}":
        raise CodecError(f"{name!r} is none of the emulator's")
    return kind
