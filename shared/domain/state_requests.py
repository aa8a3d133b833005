"""What a command asks a stack's `read_state` for: rows of the state as they are stored, and its settings."""

from typing import Annotated, Literal

from pydantic import Field, StrictInt, StrictStr

from shared.domain.engines import Engine
from shared.domain.resources import CloudProduct
from shared.domain.values import Wire

AT_ONCE = 1000  #: keys of one request
KeyParts = tuple[StrictInt | StrictStr, ...]


class ReadRows(Wire):
    """Those that there are, of a table of shared/state/tables.py, under these keys."""

    table: str
    keys: Annotated[tuple[KeyParts, ...], Field(max_length=AT_ONCE)]


class ReadRange(Wire):
    """Rows whose key starts with `prefix`, up to `below` (exclusive), behind the one with the key `after`."""

    table: str
    prefix: Annotated[KeyParts, Field(min_length=1)]
    below: KeyParts | None = None
    after: KeyParts | None = None


class ReadSettings(Wire):
    """How the stack is set, as far as that decides what is planned and shown. No secret is among them."""


class ReadState(Wire):
    """Exactly one of them."""

    rows: ReadRows | None = None
    row_range: ReadRange | None = Field(default=None, alias="Range")
    settings: ReadSettings | None = None


class ShownSettings(Wire):
    """As shared/runtime/settings.py has them."""

    stores: tuple[str, ...]
    regions: tuple[str, ...]
    more_regions: tuple[str, ...]
    products: tuple[CloudProduct, ...]
    aws: bool
    aws_regions: tuple[str, ...]
    accounts: tuple[str, ...] = ()  #: roles of other accounts
    warning_days: tuple[float, ...]
    auto: Literal["submit", "draft"]
    engine: Engine = Engine.DIRECT
    roots: str  #: as PEM, which is public
