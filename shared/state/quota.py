"""The quota: what its owner sets and has bought, and what jobs have of it.

In tables of their own, so that who submits and runs jobs cannot write what was bought.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from shared.domain.quota import QuotaAccount, QuotaBudget, QuotaEntry
from shared.errors import ConflictError
from shared.state import tables
from shared.state.records import Record, Records, tries
from shared.state.store import Key, Store

_OWNER: Final = "-"  #: partition key of tables without another one; a stack serves one account
_ONLY: Final[Key] = (_OWNER,)


class _OneRow(Records[Record]):
    """A table of one row, which is changed by compare-and-set."""

    def get(self) -> Record:
        """As it is stored; else as it is by default."""
        return self._find(_ONLY) or self.model()

    def change(self, changed: Callable[[Record], Record]) -> Record:
        """Write what `changed` makes of it; read again while others are faster. The same: nothing is written.

        Raises:
            ConflictError: others were faster too often.
        """
        for _ in tries(self.table, _ONLY):
            stored = self.get()
            wanted = changed(stored)
            if wanted == stored:
                return stored
            with suppress(ConflictError):
                return self._save(_ONLY, wanted)
        raise AssertionError("`tries` raises before")


class QuotaBudgets(_OneRow[QuotaBudget]):
    table, model = tables.QUOTA, QuotaBudget


class QuotaAccounts(_OneRow[QuotaAccount]):
    table, model = tables.QUOTA_USE, QuotaAccount


class QuotaEntries(Records[QuotaEntry]):
    table, model = tables.QUOTA_ENTRIES, QuotaEntry

    def _own_key(self, record: QuotaEntry) -> Key:
        return (_OWNER, record.job_id, record.end)

    def add(self, entry: QuotaEntry) -> None:
        """One that is there, of the same end of the job, is left as it is."""
        with suppress(ConflictError):
            self._save(self._own_key(entry), entry)

    def of(self, job_id: int) -> Iterator[QuotaEntry]:
        return self._range((_OWNER, job_id))

    def list(self) -> Iterator[QuotaEntry]:
        return self._range((_OWNER,))


class Quota:
    """All of it."""

    def __init__(self, store: Store) -> None:
        self.budget, self.account, self.entries = (
            QuotaBudgets(store),
            QuotaAccounts(store),
            QuotaEntries(store),
        )
