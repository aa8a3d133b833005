"""What a product might tell instead, field by field: each one of an answer absent, null, empty or odd."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from shared.domain.resources import CloudResource
from shared.errors import CloudError
from shared.products.kit.found import Found, Unread

Path = tuple[str, ...]
_ABSENT: Final = object()


def _odd(value: Any) -> Any:
    """Of another type."""
    if isinstance(value, dict):
        return [value]
    return {"odd": 1} if isinstance(value, list | str | bool) else {"odd": [1]}


#: what takes a value's place, by how a person would call it
INSTEAD: Final[dict[str, Callable[[Any], Any]]] = {
    "absent": lambda value: _ABSENT,
    "null": lambda value: None,
    "empty": lambda value: "",
    "odd": _odd,
    "a new word": lambda value: "a-new-word",
}


def paths(answer: Any) -> Iterator[Path]:
    """Of every field, through the first row of each list."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            yield (name,)
            inner = value[0] if isinstance(value, list) and value else value
            yield from ((name, *path) for path in paths(inner))


def replaced(answer: Any, path: Path, instead: Callable[[Any], Any]) -> None:
    """In the first row of each list."""
    name, *rest = path
    if not isinstance(answer, dict) or name not in answer:
        return
    value = answer[name]
    if rest:
        inner = value[0] if isinstance(value, list) and value else value
        replaced(inner, tuple(rest), instead)
    elif (new := instead(value)) is _ABSENT:
        del answer[name]
    else:
        answer[name] = new


def holds_rows(answer: Any, path: Path) -> bool:
    """Whether a field is a list, or has lists in it."""
    for name in path:
        answer = answer[0] if isinstance(answer, list) and answer else answer
        answer = answer.get(name) if isinstance(answer, dict) else None
    return isinstance(answer, list) or (
        isinstance(answer, dict) and any(holds_rows(answer, (name,)) for name in answer)
    )


def told_by(discovery: Iterable[Found]) -> tuple[list[CloudResource], list[Unread], CloudError | None]:
    """What a discovery finds, what it cannot read, and why it ended before its end."""
    slots: list[CloudResource] = []
    unread: list[Unread] = []
    try:
        for one in discovery:
            if isinstance(one, Unread):
                unread.append(one)
            else:
                slots.append(one)
    except CloudError as error:
        return slots, unread, error
    return slots, unread, None
