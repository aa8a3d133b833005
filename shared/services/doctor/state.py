"""The state: is it there, of a form that this version knows, and may each table be read?"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from shared.errors import AppError, CloudDeniedError, CloudRejectedError
from shared.services.doctor.calls import statement
from shared.services.doctor.findings import Finding, error, ok
from shared.state.meta import check_whole
from shared.state.schema import SCHEMA
from shared.state.store import Store
from shared.state.tables import TABLES, Table

_ABSENT: Final = "OTSObjectNotExist"
_READS: Final = ("ots:BatchGetRow", "ots:GetRange", "ots:GetRow")
_SIDE_BY_SIDE: Final = 8


def of_state(store: Store, where: str) -> Iterator[Finding]:
    """One row that is not there is asked of each table."""
    try:
        check_whole(store, where)
    except AppError as failed:
        yield error("state", str(failed), "see the state in docs/runbook.md")
        return
    with ThreadPoolExecutor(_SIDE_BY_SIDE, "doctor") as pool:
        found = dict(zip(TABLES, pool.map(lambda table: _why_unread(store, table), TABLES), strict=True))
    absent = [
        t.name
        for t, why in found.items()
        if isinstance(why, CloudRejectedError) and why.cloud_code == _ABSENT
    ]
    denied = {table.name: why for table, why in found.items() if isinstance(why, CloudDeniedError)}
    others = [why for table, why in found.items() if why and table.name not in (*absent, *denied)]
    if absent:
        yield error("state", f"{where} lacks tables: {', '.join(absent)}", "certdeploy state create")
    if denied:
        why = next(iter(denied.values()))
        yield error(
            "state", f"{', '.join(denied)}: {why}", "grant it to the key or role", statement(_READS, {})
        )
    if others:
        yield error("state", str(others[0]), "see the state in docs/runbook.md")
    if not any(found.values()):
        yield ok("state", f"{where}: {len(TABLES)} tables, schema {SCHEMA}")


def _why_unread(store: Store, table: Table) -> AppError | None:
    try:
        store.get(table, tuple("-" if column.type is str else 0 for column in table.key))
    except AppError as failed:
        return failed
    return None
