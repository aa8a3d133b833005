"""A client for each account: the own one, and those whose roles are assumed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock

from shared.cloud.credentials import Provider
from shared.cloud.openapi import OpenApi
from shared.cloud.roles import AssumedRole
from shared.domain.accounts import OWN, Account
from shared.errors import SettingsError


class Clients:
    """Of one invocation. A role is assumed at the first call that is signed with it."""

    def __init__(
        self,
        credentials: Provider,
        openapi: Callable[[Provider], OpenApi],
        accounts: Sequence[Account],
        clock: Callable[[], datetime],
    ) -> None:
        """`openapi` makes a client that signs with what it is given."""
        self._openapi, self._clock = openapi, clock
        self._accounts = {account.id: account for account in accounts}
        self._own = openapi(credentials)
        self._made = {OWN: (credentials, self._own)}
        self._lock = Lock()

    def of(self, account: str) -> OpenApi:
        """Raises SettingsError: it is not one of those that are looked after."""
        return self._found(account)[1]

    def enter(self, account: str) -> None:
        """Raises CloudError: its role cannot be assumed. SettingsError: as `of`."""
        self._found(account)[0]()

    def _found(self, account: str) -> tuple[Provider, OpenApi]:
        with self._lock:
            if account not in self._made:
                if (known := self._accounts.get(account)) is None:
                    raise SettingsError(f"CERTDEPLOY_ACCOUNTS does not include {account}")
                role = AssumedRole(self._own, known, self._clock)
                self._made[account] = role, self._openapi(role)
            return self._made[account]
