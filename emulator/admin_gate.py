"""Who may give the emulator orders, which bear no signature: programs of this machine, and no web page.

A page in a browser of this machine reaches a loopback port too: by a form or a script of another site, or by
a name of its own that it has point to 127.0.0.1 (DNS rebinding). The browser says so in `Origin`,
`Sec-Fetch-Site` and `Host`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hmac import compare_digest

from emulator.api import Raw
from emulator.request import Request

HEADER = "x-emulator-token"
HEALTH = "/_emulator/health"
_NAME = "EMULATOR_TOKEN"
_HERE = frozenset({"127.0.0.1", "localhost", "[::1]"})
_OWN_SITE = frozenset({"", "none", "same-origin"})


@dataclass(frozen=True)
class Gate:
    """`token`: what lets requests in that name another host, such as those through a port that is forwarded
    from elsewhere; "": none of them. `beyond`: other machines reach the port, and may name any host: all
    requests need the token, but those that only ask whether it is up."""

    token: str = field(default="", repr=False)
    beyond: bool = False

    def refused(self, request: Request) -> Raw | None:
        """Why it may not, as the answer; None if it may."""
        if request.header("sec-fetch-site").lower() not in _OWN_SITE or _of_another_origin(request):
            return _no("a web page of another site may not give orders")
        if request.path == HEALTH and request.method in ("GET", "HEAD"):
            return None
        given = request.header(HEADER)
        if given and self.token:
            same = compare_digest(given.encode("utf-8", "replace"), self.token.encode())
            return None if same else _no(f"{HEADER} is not the token that the emulator was started with")
        if self.beyond:
            return _no(f"other machines reach this port: start it with {_NAME} and send that as {HEADER}")
        if request.host not in _HERE:
            return _no(f"Host is not of this machine: start it with {_NAME} and send that as {HEADER}")
        return None


def _of_another_origin(request: Request) -> bool:
    origin = request.header("origin").lower()
    return bool(origin) and origin.partition("://")[2] != request.header("host").lower()


def _no(why: str) -> Raw:
    return Raw(403, json.dumps({"error": why}).encode(), {}, "application/json")
