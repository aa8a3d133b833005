"""Access keys and STS sessions of the emulated account, and the nonces they have used."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from emulator.api import ApiError

#: How far a request's date may be off, and so how long a nonce is remembered.
SKEW = timedelta(minutes=15)


@dataclass(frozen=True)
class AccessKey:
    """A key pair; a temporary one has a `token` and an end."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    account: str
    token: str = field(default="", repr=False)
    expires: datetime | None = None
    arn: str = ""


class Keyring:
    """The keys that the cloud accepts."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._keys: dict[str, AccessKey] = {}
        self._nonces: dict[tuple[str, str], datetime] = {}

    def add(
        self,
        account: str,
        arn: str = "",
        expires: datetime | None = None,
        *,
        known: tuple[str, str] = ("", ""),
    ) -> AccessKey:
        """Make a key, of a RAM user if no `arn` says whose (an account's own may not AssumeRole).

        One that `expires` is a session's, and gets a security token. `known`: id and secret, where they are
        to be these.
        """
        key = AccessKey(
            access_key_id=known[0] or ("STS.N" if expires else "LTAI5t") + _random(18),
            access_key_secret=known[1] or _random(30),
            account=account,
            token="CAIS" + _random(96) if expires else "",
            expires=expires,
            arn=arn or f"acs:ram::{account}:user/certdeploy",
        )
        with self._lock:
            self._keys[key.access_key_id] = key
        return key

    def get(self, access_key_id: str, token: str, now: datetime) -> AccessKey:
        """The key of that id, its security token checked.

        Raises:
            ApiError: no such key; or the token is missing, another's, or past its end.
        """
        key = self._keys.get(access_key_id)
        if key is None or (key.token and not token):
            raise ApiError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
        if token != key.token:
            raise ApiError(
                403,
                "InvalidSecurityToken.MismatchWithAccessKey",
                "Specified SecurityToken mismatches the AccessKey.",
            )
        if key.expires is not None and now >= key.expires:
            raise ApiError(403, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
        return key

    def all(self) -> list[AccessKey]:
        return list(self._keys.values())

    def get_known(self, access_key_id: str) -> AccessKey | None:
        return self._keys.get(access_key_id)

    def of(self, access_key_id: str) -> AccessKey:
        """The key of an id that has been verified before."""
        return self._keys[access_key_id]

    def use_nonce(self, access_key_id: str, nonce: str, now: datetime) -> None:
        """Raises ApiError if this key has used `nonce` while its date is good."""
        with self._lock:
            if len(self._nonces) > 10_000:
                old = now - 2 * SKEW
                self._nonces = {name: at for name, at in self._nonces.items() if at > old}
            if (access_key_id, nonce) in self._nonces:
                raise ApiError(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
            self._nonces[access_key_id, nonce] = now

    def forget_sessions(self) -> None:
        """Back to the long-lived keys, no nonce used."""
        with self._lock:
            self._keys = {name: key for name, key in self._keys.items() if key.expires is None}
            self._nonces.clear()


def _random(length: int) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))
