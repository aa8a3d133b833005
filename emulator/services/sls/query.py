"""What a query finds: words and `field: word`, joined by and, or, not and parentheses; `*` at a word's end.

Words are parts of a text between the separators of an index, in any case. Not emulated: comparisons of
numbers, and what comes after a `|` (SQL).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from emulator.api import ApiError

Row = Mapping[str, str]
Match = Callable[[Row], bool]
_TOKEN = re.compile(r'\s*(?:(?P<paren>[()])|(?P<text>"(?:[^"\\]|\\.)*"|[^\s()":]+)(?P<colon>\s*:)?)')
#: The separators of an index that names none.
_APART = re.compile(r"[\s,'\";=()\[\]{}?@&<>/:\n\t\r]+")


def compiled(query: str) -> Match:
    """Raises ApiError."""
    if "|" in re.sub(r'"[^"]*"', "", query):
        raise ApiError(501, "NotImplemented", "SQL behind a query is not emulated.")
    tokens = list(_tokens(query))
    if not tokens or tokens == [("text", "*")]:
        return lambda row: True
    found, rest = _either(tokens)
    if rest:
        raise _wrong(f"unexpected {rest[0][1]}")
    return found


def _tokens(query: str) -> Iterator[tuple[str, str]]:
    place, end = 0, len(query.rstrip())
    while place < end:
        found = _TOKEN.match(query, place)
        if found is None:
            raise _wrong(f"at {query[place : place + 10]}")
        place = found.end()
        if found["paren"]:
            yield "paren", found["paren"]
        elif found["colon"]:
            yield "field", found["text"].strip('"')
        elif found["text"].lower() in ("and", "or", "not"):
            yield "join", found["text"].lower()
        else:
            yield "text", found["text"]


Tokens = list[tuple[str, str]]


def _either(tokens: Tokens) -> tuple[Match, Tokens]:
    left, rest = _both(tokens)
    while rest and rest[0] == ("join", "or"):
        right, rest = _both(rest[1:])
        left = _or(left, right)
    return left, rest


def _both(tokens: Tokens) -> tuple[Match, Tokens]:
    left, rest = _one(tokens)
    while rest and rest[0] not in (("join", "or"), ("paren", ")")):
        right, rest = _one(rest[1:] if rest[0] == ("join", "and") else rest)
        left = _and(left, right)
    return left, rest


def _one(tokens: Tokens) -> tuple[Match, Tokens]:
    if not tokens:
        raise _wrong("it ends too early")
    kind, text = tokens[0]
    rest = tokens[1:]
    if (kind, text) == ("join", "not"):
        inner, rest = _one(rest)
        return lambda row: not inner(row), rest
    if (kind, text) == ("paren", "("):
        inner, rest = _either(rest)
        if not rest or rest[0] != ("paren", ")"):
            raise _wrong("a parenthesis is not closed")
        return inner, rest[1:]
    if kind == "field" and rest and rest[0][0] == "text":
        return _word(rest[0][1], text), rest[1:]
    if kind == "text":
        return _word(text, ""), rest
    raise _wrong(f"unexpected {text}")


def _word(text: str, field: str) -> Match:
    """In one field, or in any but the row's time and topic."""
    wanted = [part.lower() for part in _APART.split(text.strip('"')) if part]

    def found(row: Row) -> bool:
        values = [row.get(field, "")] if field else [v for k, v in row.items() if not k.startswith("__")]
        return any(_in(wanted, [part.lower() for part in _APART.split(value)]) for value in values)

    return found


def _in(wanted: list[str], words: list[str]) -> bool:
    """Whether the words follow each other; an empty list is everywhere."""
    starts = range(len(words) - len(wanted) + 1)
    return any(all(_same(w, words[at + k]) for k, w in enumerate(wanted)) for at in starts)


def _same(wanted: str, word: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted


def _or(left: Match, right: Match) -> Match:
    return lambda row: left(row) or right(row)


def _and(left: Match, right: Match) -> Match:
    return lambda row: left(row) and right(row)


def _wrong(why: str) -> ApiError:
    return ApiError(400, "ParameterInvalid", f"The query is wrong: {why}.")
