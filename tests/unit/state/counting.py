"""A row that many count up at once: by threads, by processes."""

from typing import Protocol

from shared.errors import ConflictError
from shared.state.store import Store
from shared.state.tables import SCANS


class Meeting(Protocol):
    """A barrier, of threads or of processes."""

    def wait(self, timeout: float | None = None, /) -> int: ...


def count(store: Store) -> int:
    row = store.get(SCANS, ("x",))
    assert row is not None
    return int(row.document["n"])


def add_five(store: Store, meet: Meeting) -> int:
    """Read, add one, save; on a conflict again. Returns how often others were first.

    All read their first row before any of them writes.
    """
    done = conflicts = 0
    while done < 5:
        row = store.get(SCANS, ("x",))
        if done == conflicts == 0:
            meet.wait(30)
        try:
            if row is None:
                store.put(SCANS, ("x",), {"n": 1}, version=0)
            else:
                store.put(SCANS, ("x",), {"n": row.document["n"] + 1}, version=row.version)
            done += 1
        except ConflictError:
            conflicts += 1
    return conflicts
