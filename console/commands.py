"""The command line that does the same as a page: shown on it, to be learned and to be put into scripts."""

import shlex
from collections.abc import Iterable, Sequence


def line(words: Sequence[str]) -> str:
    return shlex.join(["certdeploy", *words])


def options(name: str, values: Iterable[object]) -> list[str]:
    """The option with each of the values."""
    return [word for value in values for word in (name, str(value))]
