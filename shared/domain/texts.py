"""A message for people as lines, and as one text that is short enough for where it is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Final

_FEWER: Final = (500, 100, 40, 20, 10, 5, 3, 1, 0)  #: how many items of a section are named


@dataclass(frozen=True)
class Section:
    """`items`: what is left out first. `unnamed`: how many more there are."""

    head: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    unnamed: int = 0


@dataclass(frozen=True)
class Text:
    title: str  #: one line
    sections: tuple[Section, ...]
    more: str  #: a line with {count}, for what is left out

    def within(self, fits: Callable[[str], bool]) -> str:
        """Title and sections. Of too many items the first are named, and how many more there are.

        What to do is said as long as there is room for anything beside the title.
        """
        for most in _FEWER:
            if fits(text := self._as_text(most, len(self.sections))):
                return text
        for sections in range(len(self.sections) - 1, 0, -1):
            if fits(text := self._as_text(0, sections)):
                return text
        return _cut(text if self.sections else self.title, fits)

    def _as_text(self, most: int, sections: int) -> str:
        blocks = [(self.title,), *(self._lines(one, most) for one in self.sections[:sections])]
        if left := len(self.sections) - sections:
            blocks.append((self.more.format(count=left),))
        return "\n\n".join("\n".join(block) for block in blocks if block)

    def _lines(self, section: Section, most: int) -> tuple[str, ...]:
        more = section.unnamed + max(0, len(section.items) - most)
        told = (self.more.format(count=more),) if more else ()
        return tuple(chain(section.head, section.items[:most], told, section.foot))


def _cut(text: str, fits: Callable[[str], bool]) -> str:
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(f"{text[:middle]}…") else (low, middle - 1)
    return f"{text[:low]}…"
