"""Waiting for a product to finish, bounded by the time that the function has left."""

import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.errors import NotYetEffectiveError


@dataclass(frozen=True)
class Waiter:
    """Polls with growing pauses. `left_s` says how many seconds may still be spent."""

    left_s: Callable[[], float]
    first_pause_s: float = 0.5
    longest_pause_s: float = 10.0
    sleep: Callable[[float], None] = time.sleep

    def pauses(self) -> Iterator[float]:
        """Growing ones, in seconds, while there is time for the next."""
        pause = self.first_pause_s
        while self.left_s() >= pause:
            yield pause * random.uniform(0.8, 1.0)  # noqa: S311 - spreads polls, no secret
            pause = min(pause * 1.6, self.longest_pause_s)

    def until(self, true: Callable[[], bool], what: str) -> None:
        """Return when `true()`.

        Raises:
            NotYetEffectiveError: it was not so in time; what has been written stays written.
        """
        pause = self.first_pause_s
        while not true():
            if self.left_s() < pause:
                raise NotYetEffectiveError("wait", "NotYetEffective", what)
            self.sleep(pause * random.uniform(0.8, 1.0))  # noqa: S311 - spreads polls, no secret
            pause = min(pause * 1.6, self.longest_pause_s)


NO_DEADLINE = Waiter(left_s=lambda: math.inf)
