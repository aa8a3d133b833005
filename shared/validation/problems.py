"""All problems of one input, in one message."""

from collections.abc import Iterable

from shared.errors import InvalidRequestError


def refuse_if_any(subject: str, problems: Iterable[str]) -> None:
    """Raises InvalidRequestError with every problem, without repetitions, in the given order."""
    if distinct := dict.fromkeys(problems):
        raise InvalidRequestError(f"{subject}: {'; '.join(distinct)}")
