"""What the console needs of an installation: its use cases, its functions, and how it is configured."""

from collections.abc import Sequence
from typing import Any, Protocol

from shared.domain.values import Wire
from shared.services.world import World


class Configured(Wire):
    """One setting, as a person may see it: `value` holds no secret. `source`: the variable that sets it."""

    name: str
    value: str
    source: str = ""


class Installation(Protocol):
    def world(self) -> World:
        """The use cases, with ports of their own: each answer is made with another one."""

    def call(self, function: str, payload: bytes) -> dict[str, Any]:
        """Invoke a function and wait for its answer. Raises AppError."""

    def serving(self) -> bool:
        """Whether functions run: what is submitted begins by itself."""

    def configured(self) -> Sequence[Configured]: ...
