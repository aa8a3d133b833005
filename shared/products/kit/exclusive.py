"""What two functions at once would do twice is done under a name that only one of them has."""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Exclusive(Protocol):
    def __call__(self, name: str) -> AbstractContextManager[None]:
        """Raises ConflictError, which is tried again later, while another function has the name."""


def alone(name: str) -> AbstractContextManager[None]:
    """Where there is no other function."""
    return nullcontext()
