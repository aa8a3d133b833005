"""Sentences about what is wrong in an estate file or an order: path, fault, nearest valid name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

Location = tuple[int | str, ...]


def explain(error: ValidationError, model: type[Any], data: object) -> list[str]:
    """One sentence per wrong field."""
    return [
        _sentence(e["loc"], e["type"], e["msg"], e.get("ctx") or {}, e["input"], model)
        for e in error.errors(include_url=False)
    ]


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean "x"?`, or what there is to choose from."""
    choices = list(known)
    close = get_close_matches(word, choices, n=1, cutoff=0.5)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; known: {', '.join(choices)}" if choices else ""


def _sentence(
    loc: Location, kind: str, text: str, ctx: dict[str, Any], given: object, model: type[Any]
) -> str:
    where = _path(loc)
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        parent = _model_at(model, loc[:-1])
        hint = nearest(str(loc[-1]), _settable(parent)) if parent else ""
        return f"{where}: unknown field{hint}"
    if kind in ("missing", "missing_argument"):
        return f"{where}: is missing"
    if kind == "literal_error":
        options = ctx["expected"].replace("'", "").replace(" or ", ", ")
        return f'{where}: "{given}" is not one of {options}{_close(given, options.split(", "))}'
    if kind == "string_pattern_mismatch":
        return f'{where}: "{given}" does not look like a {loc[-1]}'
    return f"{where}: {text.removeprefix('Value error, ')}"


def _close(given: object, options: list[str]) -> str:
    matches = get_close_matches(str(given), options, n=1, cutoff=0.5)
    if not matches:  # difflib minds case; people do not
        matches = [option for option in options if option.lower() == str(given).lower()]
    return f'; did you mean "{matches[0]}"?' if matches else ""


def _path(loc: Location) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return text.removeprefix(".") or "the file"


def _settable(model: type[Any]) -> list[str]:
    """The fields that may be given."""
    return [name for name, field in model.__pydantic_fields__.items() if field.init is not False]


def _model_at(model: type[Any], loc: Location) -> type[Any] | None:
    """The model that `loc` leads to, through the lists, mappings and optionals on the way."""
    kind: Any = model
    for part in loc:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found = kind.model_fields.get(str(part))
            kind = found.annotation if found else None
        else:
            kind = _element(kind)
    return kind if isinstance(kind, type) and hasattr(kind, "__pydantic_fields__") else None


def _element(kind: Any) -> Any:
    if get_origin(kind) in {Union, UnionType}:
        return _element(next((arg for arg in get_args(kind) if arg is not type(None)), None))
    arguments = get_args(kind)
    return arguments[-1] if arguments else None
