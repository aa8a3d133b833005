"""Waiting for a product to finish, bounded by the time that the function has left."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

LONGEST_PAUSE_S: Final = 10.0


@dataclass(frozen=True)
class Waiter:
    """Says how long to pause between looks. `left_s` says how many seconds may still be spent."""

    left_s: Callable[[], float]
    first_pause_s: float = 0.5
    longest_pause_s: float = LONGEST_PAUSE_S

    def pauses(self) -> Iterator[float]:
        """Growing ones, in seconds, while there is time for the next."""
        pause = self.first_pause_s
        while self.left_s() >= pause:
            yield pause * random.uniform(0.8, 1.0)  # noqa: S311 - spreads polls, no secret
            pause = min(pause * 1.6, self.longest_pause_s)
