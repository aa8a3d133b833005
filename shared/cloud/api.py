"""What the client has to know of an API and of each of its actions, as values."""

from dataclasses import KW_ONLY, dataclass
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
    _: KW_ONLY
    method: str = "POST"
    path: str = "/"  #: ROA: with {names} that a call fills
    place: Literal["query", "form", "json"] = "query"
    api: Api | None = None  #: if not the API of the adapter that calls it
    writes: bool = False  #: not repeated after an unknown outcome
    per_second: float | None = None  #: the vendor's limit, if published
