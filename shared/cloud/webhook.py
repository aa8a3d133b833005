"""A signed webhook: a JSON POST that the receiver can verify and deduplicate.

Headers: `X-Certdeploy-Id` (the same in a repetition), `X-Certdeploy-Timestamp` (Unix seconds) and, with a
secret, `X-Certdeploy-Signature`: `sha256=` and the hex HMAC-SHA256 of `<id>.<timestamp>.<body>`.
A receiver should refuse messages older than five minutes, and those whose id it has.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from datetime import datetime

from pydantic import SecretStr

from shared.cloud.posting import post
from shared.errors import CloudRejectedError, CloudUnavailableError

_log = logging.getLogger("certdeploy.notify")


class Webhook:
    """`url`: http or https, validated by the settings; it may contain a token, so no error repeats it.

    `secret`: asked for at each delivery; empty = unsigned. `private`: a name in the URL may lead to an
    address that is not public. `unsigned`: why there is no secret, for the log.
    """

    def __init__(
        self,
        url: str,
        secret: Callable[[], SecretStr],
        clock: Callable[[], datetime],
        *,
        private: bool = False,
        unsigned: str = "CERTDEPLOY_WEBHOOK_SECRET is not set",
    ) -> None:
        self._url, self._secret, self._clock, self._private = url, secret, clock, private
        self._unsigned = unsigned

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
            _log.warning("message is not signed", extra={"reason": self._unsigned})
        status = post("webhook", self._url, data, headers, private=self._private).status
        if 200 <= status < 300:
            return True
        kind = CloudUnavailableError if status >= 500 or status == 429 else CloudRejectedError
        raise kind("webhook", f"HTTP {status}", "the webhook refused it")
