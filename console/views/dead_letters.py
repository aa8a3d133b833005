"""Invocations that failed for good; what becomes of them is left to the commands."""

from console.asking import Asked, Page
from console.paging import Pages
from shared.domain.dead_letters import DeadLetter
from shared.domain.values import Wire


class DeadLetters(Wire):
    dead_letters: tuple[DeadLetter, ...]  #: the oldest first
    total: int


def dead_letters(asked: Asked) -> Page:
    found = list(asked.world.dead_letters.list())
    pages = Pages.of(asked, "/deadletters", len(found))
    answer = DeadLetters(dead_letters=tuple(found[pages.start : pages.end]), total=len(found))
    return Page("dead_letters.html", answer, {"pages": pages}, ["deadletters", "list"])
