"""Settings that may be secret (passwords, tokens): compared, and stored with a worker, by their digest."""

from hashlib import sha256
from typing import Any, Final

_MARK: Final = "digest:"


class Sealed:
    """Knows in memory what its own digests stand for, to put it back; a later function does not."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def seal(self, value: Any) -> Any:
        """The digest of a text, which is told from every other; nothing stays nothing."""
        if value in (None, ""):
            return value
        digest = _MARK + sha256(str(value).encode()).hexdigest()
        self._known[digest] = value
        return digest

    def knows(self, digest: Any) -> bool:
        return digest in (None, "") or digest in self._known

    def open(self, digest: Any) -> Any:
        """What was sealed. Raises KeyError if that was another function's."""
        return digest if digest in (None, "") else self._known[digest]
