"""What outlives one invocation of a function: an instance of it, which the platform keeps for others."""

import logging
import uuid
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from shared.cloud import credentials as keys
from shared.cloud.pacing import Pacer
from shared.cloud.roots import Roots
from shared.errors import CloudDeniedError
from shared.runtime.secrets import Secrets
from shared.runtime.settings import Settings
from shared.runtime.stores import open_store
from shared.state.meta import check_whole
from shared.state.retention import forget_old
from shared.state.sqlite import SqliteStore
from shared.state.store import Store

log = logging.getLogger("certdeploy.state")
_FORGET_EVERY: Final = timedelta(hours=1)
_CHECK_EVERY_S: Final = 300.0  #: it costs one request


class Instance:
    """What outlives one invocation: settings, the store, the trusted roots, and the pace of each action."""

    def __init__(self, settings: Settings, store: Store | None = None) -> None:
        """`store`: in place of the one that the settings name."""
        self.settings = settings
        self._store = store
        self.id = str(uuid.uuid4())
        self.pacer = Pacer()
        self.secrets = Secrets()
        #: of the current invocation, which has others than the one before; the store signs with them
        self.credentials: keys.Provider = keys.from_environment()
        self._forgot_at: datetime | None = None
        self._checked_at: float | None = None

    @cached_property
    def store(self) -> Store:
        return self._store or open_store(self.settings, lambda: self.credentials())

    def check_state(self, credentials: keys.Provider, now_s: float) -> None:
        """At first, and again now and then: a newer version may have taken the state over meanwhile.

        `now_s`: by a clock that nobody sets. Raises SettingsError: as `check_whole`.
        """
        self.credentials = credentials
        if self._checked_at is not None and now_s - self._checked_at < _CHECK_EVERY_S:
            return
        with suppress(CloudDeniedError):  # the stack's roles are of an earlier version
            check_whole(self.store, self.settings.state or str(self.settings.tablestore))
        self._checked_at = now_s

    def forget_old(self, now: datetime) -> None:
        """Once in an hour. Tablestore does it by itself."""
        if not isinstance(self.store, SqliteStore) or (
            self._forgot_at and abs(now - self._forgot_at) < _FORGET_EVERY
        ):
            return
        self._forgot_at = now
        if forgotten := forget_old(self.store, now):
            log.info("old rows were removed", extra={"count": forgotten})

    @cached_property
    def roots(self) -> Roots:
        return Roots.of(self.settings.roots) if self.settings.roots else Roots()
