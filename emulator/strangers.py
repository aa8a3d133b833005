"""Fields that no client knows: made up for answers, and overlooked where a client sends them back."""

from __future__ import annotations

from typing import Any

UNHEARD = "Unheard"


def beside(name: str) -> dict[str, Any]:
    """Named in the way of the field that they stand beside."""
    own = UNHEARD if name[:1].isupper() else UNHEARD.lower()
    inner = {f"{own}Of": "text", f"{own}Number": 7}
    return {own: "of", f"{own}List": [inner], f"{own}Object": inner}


def is_stranger(name: str) -> bool:
    """`name` may have parts, as parameters have: `Config.UnheardOf`."""
    return any(part.lower().startswith(UNHEARD.lower()) for part in name.split("."))


def without(value: Any) -> Any:
    """What a client sends, as a product takes it: what it does not know says nothing to it."""
    if isinstance(value, dict):
        return {name: without(inner) for name, inner in value.items() if not is_stranger(name)}
    return [without(inner) for inner in value] if isinstance(value, list) else value


def tells(words: Any) -> bool:
    """Whether anything is left but strangers."""
    return not isinstance(words, dict) or not all(map(is_stranger, words))
