"""What the client has to know of an API and of each of its actions, as values."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Api:
    """One API of one product. `code` is the product's key in the endpoint table."""

    code: str
    version: str
    style: Literal["RPC", "ROA"]
    ram: str  #: prefix of its RAM actions, which often differs from the code


@dataclass(frozen=True)
class Action:
    """One action of an API. A secret goes where place="form": URLs end up in logs."""

    name: str
    method: str = field(default="POST", kw_only=True)
    path: str = field(default="/", kw_only=True)  #: ROA: with {names} that a call fills
    place: Literal["query", "form", "json"] = field(default="query", kw_only=True)
    api: Api | None = field(default=None, kw_only=True)  #: if not the API of the adapter that calls it
    writes: bool = field(default=False, kw_only=True)  #: not repeated after an unknown outcome
    per_second: float | None = field(default=None, kw_only=True)  #: the vendor's limit, if published
