"""One POST to an address that the owner named: to what was checked, once, within a time, no redirects.

A redirect is not followed: any page that answers a GET would count as a delivery, and get what was sent.
"""

import http.client
import socket
import ssl
import threading
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from shared.cloud.private_addresses import connected
from shared.errors import CloudUnavailableError

_TIMEOUT_S: Final = 10.0  #: without a sign of life
_PATIENCE_S: Final = 20.0  #: in all: an answer may come a byte at a time
_LONGEST: Final = 64 * 1024  #: bytes that are read of an answer


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""  #: its first part
    retry_after_s: float | None = None


def post(receiver: str, url: str, data: bytes, headers: Mapping[str, str], *, private: bool) -> Answer:
    """`receiver`: what errors call it; none repeats the URL, which may contain a token.

    `private`: the URL's name may lead to an address that is not public.

    Raises:
        CloudUnavailableError: no answer, or none that is HTTP.
        CloudRejectedError: it is at a private address.
    """
    parts = urlsplit(url)
    try:
        connection = _Connection(parts, private)
        watch = threading.Timer(_PATIENCE_S, connection.abort)
        watch.daemon = True
        watch.start()
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, data, dict(headers))
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(_LONGEST), _seconds(answer.headers.get("Retry-After")))
        finally:
            watch.cancel()
            connection.close()
    except ssl.SSLError:
        problem = "TlsFailed", "the receiver's TLS certificate is not accepted"
    except http.client.HTTPException:
        problem = "UnreadableAnswer", "the answer is not HTTP"
    except (OSError, ValueError):  # the text may contain the URL, and so a token
        problem = "Unreachable", "no answer"
    raise CloudUnavailableError(receiver, *problem)


def _seconds(text: str | None) -> float | None:
    """A date, which the header may be too, is left to the usual pause."""
    return float(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 7 else None


class _Connection(http.client.HTTPConnection):
    """To the receiver at an address that was checked, or through the proxy of the environment."""

    def __init__(self, url: SplitResult, private: bool) -> None:
        host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
        super().__init__(host, port, timeout=_TIMEOUT_S)
        self._private, self._receiver = private, host
        self._context = ssl.create_default_context() if url.scheme == "https" else None
        self._watched: socket.socket | None = None
        self._proxied = False
        if proxy := _proxy_of(url):
            self._proxied = True
            self.host, self.port = proxy
            self.set_tunnel(host, port)
        # Of the usual ports no receiver expects the number in `Host`.
        self.default_port = 443 if self._context else 80

    def connect(self) -> None:
        if self._proxied:
            super().connect()
        else:
            self.sock = connected(self.host, self.port, _TIMEOUT_S, private=self._private)
        self._watched = self.sock
        if self._context is not None:
            self.sock = tls = self._context.wrap_socket(
                self.sock, server_hostname=self._receiver, do_handshake_on_connect=False
            )
            self._watched = tls
            tls.do_handshake()

    def abort(self) -> None:
        """From another thread: whoever reads gets an end, or an error."""
        if self._watched is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._watched, socket.SHUT_RDWR)


def _proxy_of(url: SplitResult) -> tuple[str, int] | None:
    if urllib.request.proxy_bypass(url.hostname or ""):
        return None
    if not (named := urllib.request.getproxies().get(url.scheme)):
        return None
    proxy = urlsplit(named if "//" in named else f"//{named}")
    return (proxy.hostname, proxy.port or 80) if proxy.hostname else None
