"""Lists of words in settings; and those that are misspelt, with the nearest that is known."""

import difflib
from collections.abc import Iterable, Iterator

from shared.cloud.aws import NAMES_NONE
from shared.domain.resources import CloudProduct

_LONGEST = 80  #: of a word that is compared


def names_in(text: str) -> list[str]:
    """Those in a list with commas. Raises ValueError where there is nothing between the commas."""
    if not (names := [part.strip() for part in text.split(",") if part.strip()]):
        raise ValueError(NAMES_NONE)
    return names


def nearest(word: str, known: Iterable[str]) -> str:
    """Whatever the letters: `cdn` is near CDN."""
    by_letters = {one.lower(): one for one in known}
    (near,) = difflib.get_close_matches(word.lower()[:_LONGEST], by_letters, 1, 0.0)
    return by_letters[near]


def product_problems(words: Iterable[object]) -> Iterator[str]:
    """What of a list is no product."""
    known = [product.value for product in CloudProduct]
    for word in words:
        if isinstance(word, str) and word not in known:
            yield f"{word!a} is no product, did you mean {nearest(word, known)}?"
