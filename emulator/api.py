"""What passes between the gateway and an emulated service: declared parameters, calls, answers, refusals.

An action's parameters are declared in `emulator/declarations/<service>.json`, taken from the
vendor's own API metadata, so that an unknown, missing or malformed parameter is refused as the
vendor's gateway would.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Answer = dict[str, Any]
Place = Literal["query", "body", "path", "header", "host"]


class ApiError(Exception):
    """An answer other than success, in the cloud's own words. `extra` joins the body as it is."""

    def __init__(self, status: int, code: str, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.extra = status, code, message, extra
        self.retry_after_ms: int | None = None  #: sent as the header x-acs-retry-after


@dataclass(frozen=True)
class Param:
    """One declared parameter.

    `type` is the metadata's word: String, Integer, Long, Boolean, Array, Struct, Json…
    `element` is what an Array holds and `fields` what a Struct has; without them any text is taken.
    """

    name: str
    type: str
    place: Place
    required: bool = False
    element: Param | None = None
    fields: tuple[Param, ...] = ()


@dataclass
class Delay:
    """How much later than usual an answer comes, by faults."""

    seconds: float = 0.0


@dataclass(frozen=True)
class Call:
    """One accepted request: signature verified, parameters declared, typed and complete.

    `params` holds ints, bools, lists (from `Name.1`) and dicts (from `Name.1.Key`) as declared.
    """

    action: str
    params: Mapping[str, Any]
    region: str  #: from the Host header where the endpoint is regional, else ""
    account: str
    request_id: str = ""
    access_key_id: str = ""
    raw_body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    host: str = ""
    delay: Delay = field(default_factory=Delay, compare=False)


@dataclass
class Raw:
    """An answer that is not a JSON object with a RequestId (OSS's XML, FC's function output)."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/octet-stream"
    delay_s: float = 0.0  #: before it is sent
