"""All that is wrong with one thing from outside, told in one message."""

from collections.abc import Iterable

from shared.errors import InvalidRequestError


def refuse_if_any(subject: str, problems: Iterable[str]) -> None:
    """Raises InvalidRequestError with every problem, each told once, in the order found."""
    if told := dict.fromkeys(problems):
        raise InvalidRequestError(f"{subject}: {'; '.join(told)}")
