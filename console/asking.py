"""What a page is asked for: the query or the form, and the world to ask."""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from console.installation import Installation
from console.kept import Found, Kept, Reading
from console.listed import Slots
from shared.domain.requests import ManageDeploymentJobs
from shared.errors import InvalidRequestError
from shared.products import supported_products
from shared.services.manage import Managed, manage_deployment_jobs
from shared.services.map import map_slots
from shared.services.world import World
from shared.validation.requests import parse

Value = TypeVar("Value")
LONG_S: Final = 600.0  #: a program waits so long, and a reading for another
_NUMBER: Final = re.compile(r"\d{1,19}", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """`given`: of the query, or of the form of an order; a field that is empty is not given.

    `patience_s`: how long whoever asks waits for what takes long to read; None: as long as a page does.
    """

    installation: Installation
    given: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kept: Kept = field(default_factory=Kept)
    patience_s: float | None = None

    @cached_property
    def world(self) -> World:
        return self.installation.world()

    def one(self, name: str, default: str = "") -> str:
        return next(iter(self.all(name)), default)

    def all(self, name: str) -> list[str]:
        return [value.strip() for value in self.given.get(name, ()) if value.strip()]

    def words(self, name: str) -> list[str]:
        """Those between commas and spaces."""
        return [word for value in self.all(name) for word in value.replace(",", " ").split()]

    def number(self, name: str, default: int | None = None) -> int:
        """Raises InvalidRequestError: it is missing, or no number."""
        text = self.one(name)
        if not text and default is not None:
            return default
        if not _NUMBER.fullmatch(text):
            raise InvalidRequestError(
                f"{name}: {text!r} is no number" if text else f"{name}: a number is needed"
            )
        return int(text)

    def managed(self, request: Mapping[str, Any]) -> Managed:
        """As the function manage_deployment_jobs answers. Raises AppError."""
        return self.installation.managed(self.world, request)

    def reading(
        self,
        key: Hashable,
        make: Callable[[World], Value],
        rows: Callable[[Value], int],
        *,
        slow: bool = False,
    ) -> Reading[Value]:
        """What takes long where there is much of it, as read now or a moment ago. Raises: as `Kept.read`."""

        def found() -> Found[Value]:
            world = self.installation.world()  # in a thread that may outlive this request
            at = world.clock()
            value = make(world)
            return Found(value, at, rows(value), slow)

        return self.kept.read(key, found, self.patience_s)

    def looked(self, key: Hashable, ask: Callable[[World], Value]) -> Reading[Value]:
        """What is little and may take seconds: kept as what is much to read. Raises: as `Kept.read`."""
        return self.reading(key, ask, lambda _: 1, slow=True)

    def patient(self) -> "Asked":
        """Waits for what takes long."""
        return replace(self, patience_s=LONG_S)

    def slots(self) -> Reading[Slots]:
        """All slots, mapped. Raises: as `reading`."""
        return self.reading("slots", lambda world: Slots(map_slots(world, supported_products())), len)


def managed(world: World, request: Mapping[str, Any]) -> Managed:
    """What only reads, with a world of its own. Raises AppError."""
    return manage_deployment_jobs(world, parse(ManageDeploymentJobs, request))


@dataclass(frozen=True)
class Page:
    """`answer`: what the page shows, and all of what it answers as JSON. `more`: only for the template."""

    template: str
    answer: BaseModel
    more: Mapping[str, Any] = field(default_factory=dict)
    command: Sequence[str] = ()  #: the command line that does or shows the same
    reading: Reading[Any] | None = None  #: what of it may be older than the page
    whole: bool = True  #: False: something is still being read, and the page comes anew by itself


@dataclass(frozen=True)
class Done:
    """Of an order: where the browser goes on, and what it is told there."""

    to: str
