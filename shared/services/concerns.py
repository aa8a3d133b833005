"""One thing that the overview tells, and how it is put into words."""

from typing import Final

from shared.domain.values import Wire

EXAMPLES: Final = 5


class Concern(Wire):
    """`code`: stable, for programs. `needs_hand`: somebody has to do something; else it is only told."""

    code: str
    needs_hand: bool = True
    text: str
    count: int
    examples: tuple[str, ...] = ()  #: the first of them
    look: str = ""  #: the command that shows all of them


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def alone(code: str, text: str, look: str) -> Concern:
    return Concern(code=code, text=text, count=1, look=look)
