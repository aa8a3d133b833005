"""One HTTP request as it came over the wire, with the forms that signing and routing need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, unquote

CLOUD = ".aliyuncs.com"
_HERE = ".localhost"  #: stands for the cloud's zone: a resolver may send such names to loopback (RFC 6761)


@dataclass(frozen=True)
class Request:
    """`path` and `query` as sent, since signatures are over those; header names in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes = b""

    @cached_property
    def queries(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @cached_property
    def form(self) -> dict[str, str]:
        """The form fields of the body; empty for any other content type."""
        if not self.header("content-type").startswith("application/x-www-form-urlencoded"):
            return {}
        text = self.body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True))

    @cached_property
    def named(self) -> dict[str, str]:
        """Query and form together: a gateway of the RPC style takes a parameter from either."""
        return {**self.queries, **self.form}

    @property
    def plain_path(self) -> str:
        return unquote(self.path)

    @cached_property
    def host(self) -> str:
        """The host the client addressed, without its port, in lower case."""
        return self.header("host").rsplit(":", 1)[0].lower()

    @cached_property
    def addressed(self) -> str:
        """The cloud's host that the Host header names, also as `alb.cn-shanghai.localhost`, or ""."""
        if self.host.endswith(_HERE):
            return self.host.removesuffix(_HERE) + CLOUD
        return self.host if self.host.endswith(CLOUD) else ""

    @cached_property
    def cloud_host(self) -> str:
        """The cloud's host that the client meant: the one addressed, else the header `x-emulator-host`."""
        return self.addressed or self.header("x-emulator-host").rsplit(":", 1)[0].lower()

    def header(self, name: str) -> str:
        return self.headers.get(name, "")
