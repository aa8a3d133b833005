"""Options that several commands share, handed on as one value: a frozen dataclass, a field for each."""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, get_type_hints


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """A command for Typer, which knows only single options: each dataclass is replaced by its fields."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: kind for name, kind in hints.items() if is_dataclass(kind)}
    single: dict[str, Parameter] = {}
    for parameter in signature(command).parameters.values():
        name = parameter.name
        some = _fields(groups[name]) if name in groups else [_single(name, hints[name], parameter.default)]
        single |= {one.name: one for one in some}

    @wraps(command)
    def flat(**given: Any) -> None:
        for name, kind in groups.items():
            given[name] = kind(**{one.name: given.pop(one.name) for one in fields(kind)})
        command(**given)

    flat.__signature__ = Signature(list(single.values()))  # type: ignore[attr-defined]
    flat.__annotations__ = {name: one.annotation for name, one in single.items()}
    return flat


def _fields(kind: Any) -> list[Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    return [
        _single(one.name, hints[one.name], Parameter.empty if one.default is MISSING else one.default)
        for one in fields(kind)
    ]


def _single(name: str, annotation: Any, default: Any) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
