"""The parts of a region that a discovery reads one by one, over several invocations where it has many.

A part is what takes calls of its own: a listener, a bucket, a cluster. What was read is known by name, not
by number, since lists change while they are read.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from shared.errors import CloudThrottledError
from shared.products.kit.found import Found

_DIGITS: Final = 12  #: of a digest: among 100,000 names two are the same once in 50,000 discoveries


class Parts:
    """What was read, by digests of names. `left_s`: seconds that may still be spent on reading."""

    def __init__(self, read: Iterable[str], left_s: Callable[[], float]) -> None:
        self.read = set(read)
        self._left_s = left_s
        self._before = len(self.read)

    @property
    def gained(self) -> bool:
        """Whether anything was read that earlier invocations had not."""
        return len(self.read) > self._before

    @property
    def time_is_up(self) -> bool:
        return self._left_s() <= 0

    def once(self, name: str, found: Iterable[Found]) -> Iterator[Found]:
        """What is `found` in a part; nothing if it was read before.

        It counts as read when the reader comes back for more, so that what it was given is stored.

        Raises:
            CloudThrottledError: the time is up.
        """
        digest = digest_of(name)
        if digest in self.read:
            return
        if self.gained and self.time_is_up:  # every invocation reads one, so there is an end
            raise CloudThrottledError("discover", "TimeIsUp", f"the function's time ended before {name}")
        yield from found
        self.read.add(digest)


def digest_of(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]
