"""The product sections of an estate file, one module for each product; the folder is the registry.

A module has a `Section`, which says its `key` in the file, for each list of rows; some products have two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, ClassVar, NamedTuple, Protocol, TypeVar

import idna
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from emulator.bundles import a_label

_LETTERS = set("abcdefghijklmnopqrstuvwxyz0123456789-_")


def _domain(name: str) -> str:
    try:
        label = a_label(name)
    except (idna.IDNAError, UnicodeError):
        label = ""
    labels = label.removeprefix("*.").removeprefix(".").split(".")
    if len(labels) < 2 or not all(part and set(part) <= _LETTERS for part in labels):
        raise ValueError(f'"{name}" is not a domain name')
    return name


Domain = Annotated[str, AfterValidator(_domain)]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}-[a-z]+(-[a-z0-9]+)*$")]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Use(NamedTuple):
    """One place in the file that names a certificate."""

    path: str
    name: str
    region: str = ""  #: of the resource, where it looks its certificates up in the store of its region
    in_cas: bool = True  #: False: the product can hold a certificate that CAS does not know


Row = TypeVar("Row", bound="Section")


class Rows(Protocol):
    def of(self, section: type[Row]) -> Sequence[Row]:
        """The rows of one section."""


class Section(Part):
    """One row of a product's list. A row with a `region` is in one of the account's, if not `anywhere`."""

    key: ClassVar[str]  #: of the list in the file
    anywhere: ClassVar[bool] = False

    def uses(self, path: str) -> Iterable[Use]:
        """Every certificate that the row names, with where (`path` is the row's own place)."""
        return ()

    def identities(self) -> Iterable[tuple[str, str]]:
        """What must be there once in the product: (what it is, its value)."""
        return ()

    def problems(self, path: str) -> Iterable[str]:
        """Rules that no single field can check, as "path: what is wrong"."""
        return ()

    @classmethod
    def misplaced(cls, estate: Rows) -> Iterable[str]:
        """Likewise, of rows that other sections have a say in."""
        return ()


@cache
def sections() -> dict[str, type[Section]]:
    """Every section by its key."""
    return {key: row for module in iter_modules(__path__) for key, row in sections_of(module.name).items()}


def sections_of(product: str) -> dict[str, type[Section]]:
    """Those of one module."""
    module = import_module(f"{__name__}.{product}")
    classes = (row for row in vars(module).values() if isinstance(row, type) and issubclass(row, Section))
    return {row.key: row for row in classes if row.__module__ == module.__name__ and "key" in vars(row)}


def use(path: str, name: str | None, region: str = "", *, in_cas: bool = True) -> Iterable[Use]:
    """The use of a certificate that may be absent."""
    if name is not None:
        yield Use(path, name, region, in_cas)


def twice(path: str, what: str, values: Iterable[object]) -> list[str]:
    """One problem for each value that is there more than once."""
    seen: set[object] = set()
    return [
        f'{path}: {what} "{value}" is given twice'
        for value in values
        if value in seen or seen.add(value)  # type: ignore[func-returns-value]
    ]
