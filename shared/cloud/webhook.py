"""A signed webhook: a JSON POST that the receiver can verify and deduplicate.

Headers: `X-Certdeploy-Id` (the same in a repetition), `X-Certdeploy-Timestamp` (Unix seconds) and, with a
secret, `X-Certdeploy-Signature`: `sha256=` and the hex HMAC-SHA256 of `<timestamp>.<body>`.
A receiver should refuse messages older than five minutes.
"""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime

from shared.errors import CloudRejectedError, CloudUnavailableError


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """No redirects: urllib would follow with a GET, and any page there would count as a delivery."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


class Webhook:
    """`url`: http or https, validated by the settings."""

    def __init__(self, url: str, secret: str, clock: Callable[[], datetime]) -> None:
        self._url, self._secret, self._clock = url, secret, clock

    def __call__(self, notification_id: str, body: dict[str, object]) -> bool:
        """Deliver the message; False if no webhook is configured.

        Raises:
            CloudUnavailableError: no answer, or 5xx or 429: worth a retry.
            CloudRejectedError: the receiver refused it, or has moved (3xx).
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
        if self._secret:
            headers["X-Certdeploy-Signature"] = f"sha256={self._sign(timestamp, data)}"
        request = urllib.request.Request(self._url, data=data, headers=headers)  # noqa: S310
        try:
            with _OPENER.open(request, timeout=10):
                return True
        except urllib.error.HTTPError as error:
            kind = CloudUnavailableError if error.code >= 500 or error.code == 429 else CloudRejectedError
            raise kind("webhook", f"HTTP {error.code}", "the webhook refused it") from None
        except OSError:  # its text may contain the URL, and so a token
            raise CloudUnavailableError("webhook", "Unreachable", "no answer") from None

    def _sign(self, timestamp: str, data: bytes) -> str:
        return hmac.new(self._secret.encode(), f"{timestamp}.".encode() + data, hashlib.sha256).hexdigest()
