"""What the exchange of certificates works with: a product's adapter, or an engine that stands before one."""

from collections.abc import Sequence, Set
from typing import Protocol

from shared.domain.resources import CloudProduct, CloudResource
from shared.products.kit.changes import Change, Look


class Changer(Protocol):
    """As of `ProductAdapter`, which says what each of these does."""

    @property
    def product(self) -> CloudProduct: ...

    def looks_at_once(self, resource: CloudResource) -> bool: ...

    def look(self, changes: Sequence[Change]) -> list[Look | None]: ...

    def beside(self, look: Look) -> Sequence[CloudResource]: ...

    def together(self, steps: Sequence[tuple[Change, Look]]) -> Sequence[tuple[Change, Look]]: ...

    def advance(self, steps: Sequence[tuple[Change, Look]]) -> None: ...

    def take_back(self, change: Change, look: Look, lost: Set[str]) -> None: ...

    def attach_unseen(self, change: Change) -> str: ...

    def left_behind(self, change: Change, look: Look | None) -> str: ...
