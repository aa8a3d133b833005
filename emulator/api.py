"""What an emulated service is made of: declared actions, answers, refusals. No HTTP here.

An action's parameters are declared in `emulator/declarations/<service>.json`, taken from the
vendor's own API metadata, so that an unknown, missing or malformed parameter is refused as the
vendor's gateway would.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from emulator.cloud import Cloud
    from emulator.request import Request

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


@dataclass
class Raw:
    """An answer that is not a JSON object with a RequestId (OSS's XML, FC's function output)."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/octet-stream"


class EmulatedService:
    """Base of a product. A method per API action, under the action's exact name, taking a `Call`.

    State lives in the instance and is only touched under `cloud.lock`; a service is made anew by
    `reset`.
    """

    api: ClassVar[str]  #: product code as in the endpoints table, e.g. "Cdn"
    version: ClassVar[str]  #: e.g. "2018-05-10"
    style: ClassVar[Literal["RPC", "ROA", "OSS"]] = "RPC"
    ram: ClassVar[str]  #: prefix of the RAM actions, e.g. "cdn"
    hosts: ClassVar[tuple[str, ...]] = ()  #: patterns, `{region}` where regional: "alb.{region}.aliyuncs.com"
    limits: ClassVar[Mapping[str, int]] = {}  #: documented calls per second, by action
    lengthy: ClassVar[frozenset[str]] = frozenset()  #: actions that wait: run in a thread, unlocked

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        #: Settings that the next change of a certificate takes along, whether it names them or not.
        #: For products of which it is not known; only those whose settings are compared heed it.
        self.forgets: Collection[str] = ()

    def forget(self, settings: dict[str, Any]) -> None:
        """Take from `settings` what is to be forgotten, once."""
        for name in self.forgets:
            settings.pop(name, None)
        self.forgets = ()

    def load(self, estate: Any) -> None:
        """Take this product's part of the estate."""

    def served(self, host: str, server_name: str) -> tuple[Any, ...] | None:
        """The key pairs that this product's edge at `host` offers for `server_name`, best first.

        `host` is the address a client connected to (a CNAME, a load balancer's DNS name), or ""
        where the client came to the TLS edge itself: then whoever serves `server_name` answers.
        None: not mine.
        """
        return None

    def route(self, request: Request) -> tuple[str, dict[str, Any]]:
        """Action and parameters of a request, for a style without declarations (OSS).

        Raises ApiError where the request is none that is emulated.
        """
        raise NotImplementedError(f"{type(self).__module__} declares its actions")

    def handler(self, action: str) -> Callable[[Call], Answer | Raw]:
        method = getattr(self, action, None)
        if method is None or not action[:1].isupper():
            raise ApiError(
                404,
                "InvalidAction.NotFound",
                f"Specified api is not found: {action} is not emulated.",
            )
        found: Callable[[Call], Answer | Raw] = method
        return found
