"""Who may use the console: the browser of the person who started it, and no page of another site.

Around everything, the style sheet and the icon too, so that no route can be forgotten. Another program or a
web page of this machine reaches a loopback port as well: by a form or a script of another site, or by a name
of its own that it has point to 127.0.0.1 (DNS rebinding). Hence the host must be ours by name, the browser
must say that the request is our own page's, and every request needs the cookie.

The address that is printed holds a key for one use: it is exchanged for the cookie; then the next is told.
"""

import secrets
from collections.abc import Callable, Iterable
from hmac import compare_digest
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE: Final = frozenset({"GET", "HEAD"})
_OWN: Final = frozenset({"same-origin", "none"})  #: what the browser says of where a request comes from
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",  # with none, browsers send no Origin with our own forms either
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_READ_ONLY: Final = "This console was started with --read-only: it changes nothing.\n"


class Guard:
    """`told`: gets each address that lets a browser in; the first at once."""

    def __init__(
        self, app: ASGIApp, port: int, told: Callable[[str], None], *, read_only: bool = False
    ) -> None:
        self._app, self._port, self._told, self._read_only = app, port, told, read_only
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._cookie = secrets.token_urlsafe(32)
        self._key = ""
        self._next_key()

    @property
    def address(self) -> str:
        """That lets one browser in, once."""
        return f"http://127.0.0.1:{self._port}/?token={self._key}"

    @property
    def cookie_name(self) -> str:
        """Of its own for each port: consoles side by side do not take each other's place."""
        return f"certdeploy-{self._port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # there is nothing else here
            await send({"type": "websocket.close", "code": 1008})
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        answer = self._answer(scope) or self._app
        await answer(scope, receive, guarded)

    def _answer(self, scope: Scope) -> Response | None:
        """In place of the console's; None: it may answer."""
        headers = Headers(scope=scope)
        if headers.getlist("host") not in [[host] for host in self._hosts]:
            return _no(HTTPStatus.MISDIRECTED_REQUEST, "This is the console of another host.\n")
        if headers.get("sec-fetch-site", "none") not in _OWN:
            return _no(HTTPStatus.FORBIDDEN, "A page of another site may not ask this console.\n")
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token")
        if given and scope["method"] == "GET":
            return self._let_in(given[0], _same(self._given(headers), self._cookie))
        if not _same(self._given(headers), self._cookie):
            return _no(HTTPStatus.UNAUTHORIZED, "Open the address that `certdeploy console` prints.\n")
        if scope["method"] in SAFE:
            return None
        if headers.get("origin") not in [f"http://{host}" for host in headers.getlist("host")]:
            return _no(HTTPStatus.FORBIDDEN, "A form of another site may not give orders here.\n")
        return _no(HTTPStatus.FORBIDDEN, _READ_ONLY) if self._read_only else None

    def _let_in(self, key: str, in_already: bool) -> Response:
        """To the first page, never to one that the request names."""
        if in_already:
            return RedirectResponse("/", HTTPStatus.SEE_OTHER)
        if not _same(key, self._key):
            return _no(
                HTTPStatus.UNAUTHORIZED, "This address was used: open the last one that was printed.\n"
            )
        self._next_key()
        let_in = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        let_in.set_cookie(self.cookie_name, self._cookie, httponly=True, samesite="strict")
        return let_in

    def _next_key(self) -> None:
        self._key = secrets.token_urlsafe(32)
        self._told(self.address)

    def _given(self, headers: Headers) -> str:
        return next(
            (found for one in headers.getlist("cookie") for found in _named(one, self.cookie_name)), ""
        )


def _named(header: str, name: str) -> Iterable[str]:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ()
    return () if found is None else (found.value,)


def _same(given: str, wanted: str) -> bool:
    return compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _no(status: HTTPStatus, why: str) -> Response:
    return PlainTextResponse(why, status)
