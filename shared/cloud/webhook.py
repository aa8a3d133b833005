"""A signed webhook: a JSON POST that the receiver can verify and deduplicate.

Headers: `X-Certdeploy-Id` (the same in a repetition), `X-Certdeploy-Timestamp` (Unix seconds) and, with a
secret, `X-Certdeploy-Signature`: `sha256=` and the hex HMAC-SHA256 of `<id>.<timestamp>.<body>`.
A receiver should refuse messages older than five minutes, and those whose id it has.

Redirects are not followed: any page that answers a GET would count as a delivery, and get the signature.
"""

import hashlib
import hmac
import http.client
import json
import logging
import ssl
import urllib.request
from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from shared.cloud.private_addresses import connected
from shared.errors import CloudRejectedError, CloudUnavailableError

_TIMEOUT_S: Final = 10.0
_log = logging.getLogger(__name__)


class Webhook:
    """`url`: http or https, validated by the settings; it may contain a token, so no error repeats it.

    `secret`: asked for at each delivery; empty = unsigned. `private`: a name in the URL may lead to an
    address that is not public.
    """

    def __init__(
        self,
        url: str,
        secret: Callable[[], SecretStr],
        clock: Callable[[], datetime],
        *,
        private: bool = False,
    ) -> None:
        self._url, self._secret, self._clock, self._private = url, secret, clock, private

    def __call__(self, notification_id: str, body: dict[str, object]) -> bool:
        """Deliver the message; False if no webhook is configured.

        Raises:
            CloudUnavailableError: no answer, none that is HTTP, or 5xx or 429: worth a retry.
            CloudRejectedError: the receiver refused it, has moved (3xx), or is at a private address.
            SettingsError, CloudError: the secret cannot be read.
        """
        if not self._url:
            return False
        data = json.dumps(body, ensure_ascii=False).encode()
        timestamp = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "certdeploy",
            "X-Certdeploy-Id": notification_id,
            "X-Certdeploy-Timestamp": timestamp,
        }
        if secret := self._secret().get_secret_value():
            signed = f"{notification_id}.{timestamp}.".encode() + data
            digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
            headers["X-Certdeploy-Signature"] = f"sha256={digest}"
        else:
            _log.warning("message is not signed: CERTDEPLOY_WEBHOOK_SECRET is not set")
        status = self._status(data, headers)
        if 200 <= status < 300:
            return True
        kind = CloudUnavailableError if status >= 500 or status == 429 else CloudRejectedError
        raise kind("webhook", f"HTTP {status}", "the webhook refused it")

    def _status(self, data: bytes, headers: dict[str, str]) -> int:
        url = urlsplit(self._url)
        try:
            connection = _Connection(url, self._private)
            try:
                target = (url.path or "/") + (f"?{url.query}" if url.query else "")
                connection.request("POST", target, data, headers)
                return connection.getresponse().status
            finally:
                connection.close()
        except ssl.SSLError:
            problem = "TlsFailed", "the receiver's TLS certificate is not accepted"
        except http.client.HTTPException:
            problem = "UnreadableAnswer", "the answer is not HTTP"
        except (OSError, UnicodeError):  # the text may contain the URL, and so a token
            problem = "Unreachable", "no answer"
        raise CloudUnavailableError("webhook", *problem)


class _Connection(http.client.HTTPConnection):
    """To the receiver at an address that was checked, or through the proxy of the environment."""

    def __init__(self, url: SplitResult, private: bool) -> None:
        host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
        super().__init__(host, port, timeout=_TIMEOUT_S)
        self._private, self._receiver = private, host
        self._context = ssl.create_default_context() if url.scheme == "https" else None
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
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self._receiver)


def _proxy_of(url: SplitResult) -> tuple[str, int] | None:
    if urllib.request.proxy_bypass(url.hostname or ""):
        return None
    if not (named := urllib.request.getproxies().get(url.scheme)):
        return None
    proxy = urlsplit(named if "//" in named else f"//{named}")
    return (proxy.hostname, proxy.port or 80) if proxy.hostname else None
