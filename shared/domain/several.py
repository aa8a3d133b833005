"""Many things in one message: the first of them, and how many more there are."""

from collections.abc import Iterable, Sequence
from typing import Final

_NAMED: Final = 20
_REASONS: Final = 5


def some_of(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def by_reason(reasons: Iterable[tuple[str, str]]) -> str:
    """Of pairs of a slot and a reason: each reason once, after the slots that it is about."""
    slots: dict[str, list[str]] = {}
    for slot, reason in reasons:
        slots.setdefault(reason, []).append(slot)
    told = [f"{some_of(named)}: {reason}" for reason, named in slots.items()]
    more = f"; and {len(told) - _REASONS} more reasons" if len(told) > _REASONS else ""
    return "; ".join(told[:_REASONS]) + more
