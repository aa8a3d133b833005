"""Keys of a role in another account, by STS AssumeRole (2015-04-01), for as long as an invocation needs them.

The vendor's page says of a session: 900 seconds at least, an hour unless the role allows more. The keys are
renewed before their end, so that a run that outlasts them notices nothing.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from shared.cloud.api import Action
from shared.cloud.credentials import Credentials
from shared.cloud.openapi import OpenApi
from shared.cloud.sts import API
from shared.domain.accounts import Account
from shared.errors import AppError, CloudDeniedError, CloudError, CloudRejectedError

ASSUME_ROLE: Final = Action("AssumeRole", per_second=100)
_LASTS: Final = timedelta(hours=1)
_EARLY: Final = timedelta(minutes=15)  #: before the end: a call that waits for its turn is still signed well
_GOOD: Final = timedelta(minutes=1)  #: before the end: where they cannot be renewed, they are used until then


class AssumedRole:
    """A provider of credentials. Thread-safe: one thread asks, the others wait for what it gets."""

    def __init__(self, openapi: OpenApi, account: Account, clock: Callable[[], datetime]) -> None:
        """`openapi`: signs as who assumes the role."""
        self._openapi, self._account, self._clock = openapi, account, clock
        self._lock = Lock()
        self._held: tuple[datetime, Credentials] | None = None
        self._refused: CloudError | None = None

    def __call__(self) -> Credentials:
        """Raises CloudError: the role cannot be assumed. Whoever asks next is told the same refusal."""
        with self._lock:
            now = self._clock()
            if self._held and now < self._held[0] - _EARLY:
                return self._held[1]
            if self._refused is not None:
                raise self._refused
            try:
                self._held = now + _LASTS, self._assumed()
            except AppError as error:
                if self._held and now < self._held[0] - _GOOD:
                    return self._held[1]
                if isinstance(error, (CloudDeniedError, CloudRejectedError)):
                    self._refused = error
                raise
            return self._held[1]

    def _assumed(self) -> Credentials:
        account = self._account
        asked = {
            "RoleArn": account.role,
            "RoleSessionName": account.session,
            "DurationSeconds": int(_LASTS.total_seconds()),
            "ExternalId": account.external_id or None,
        }
        try:
            keys = self._openapi.call(API, ASSUME_ROLE, asked).part("Credentials")
        except (CloudDeniedError, CloudRejectedError) as error:
            message = (
                f"{account.role}: {error.message}; its trust policy has to name who assumes it, who needs"
                " sts:AssumeRole for it"
            )
            raise type(error)(error.action, error.cloud_code, message, error.request_id) from None
        return Credentials(
            keys.needed("AccessKeyId"), keys.needed("AccessKeySecret"), keys.needed("SecurityToken")
        )
