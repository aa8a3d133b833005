"""What a page is asked for: the query or the form, and the world to ask."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from pydantic import BaseModel

from console.installation import Installation
from shared.domain.requests import ManageDeploymentJobs
from shared.errors import InvalidRequestError
from shared.services.manage import Managed, manage_deployment_jobs
from shared.services.world import World
from shared.validation.requests import parse

_NUMBER: Final = re.compile(r"\d{1,19}", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """`given`: of the query, or of the form of an order; a field that is empty is not given."""

    installation: Installation
    given: Mapping[str, Sequence[str]] = field(default_factory=dict)

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
        return manage_deployment_jobs(self.world, parse(ManageDeploymentJobs, request))


@dataclass(frozen=True)
class Page:
    """`answer`: what the page shows, and all of what it answers as JSON. `more`: only for the template."""

    template: str
    answer: BaseModel
    more: Mapping[str, Any] = field(default_factory=dict)
    command: Sequence[str] = ()  #: the command line that does or shows the same


@dataclass(frozen=True)
class Done:
    """Of an order: where the browser goes on, and what it is told there."""

    to: str
