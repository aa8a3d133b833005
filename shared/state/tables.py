"""The tables: names and primary keys, in Tablestore's terms.

The first key column is the partition key; a query is a range of rows that share the leading columns.
A row consists of its key, a `version` that every write changes (see `store.new_version`), and one document.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Column:
    name: str
    type: type[str] | type[int]


@dataclass(frozen=True)
class Table:
    name: str
    key: tuple[Column, ...]
    life_s: int = -1  #: how long a row is kept after it was last written; -1: until it is deleted

    def fits(self, key: tuple[object, ...]) -> bool:
        """Whether it is of the table's types: SQLite lets others store anything in a column."""
        return [type(part) for part in key] == [column.type for column in self.key]


def _table(table_name: str, /, _life_s: int = -1, **key: type[str] | type[int]) -> Table:
    return Table(table_name, tuple(Column(column, kind) for column, kind in key.items()), _life_s)


#: A job is looked up for longer than any certificate lives that it could have deployed.
_KEPT_S: Final = 400 * 86_400


CERTIFICATES = _table("certificates", store=str, cert_id=int)
SCANS = _table("scans", store=str)
RESOURCES = _table("resources", product=str, region=str, resource_id=str)
#: Slots by the parent domain of each of their domains: a certificate's names take a few range reads.
RESOURCE_DOMAINS = _table("resource_domains", parent=str, domain=str, slot=str)
SYNC_STATUS = _table("sync_status", product=str, region=str)
#: Discoveries that were handed on to a further invocation.
SWEEPS = _table("sweeps", product=str, region=str)
JOBS = _table("jobs", _KEPT_S, owner=str, job_id=int)
#: Open jobs by due time (ms since the epoch).
OPEN_JOBS = _table("open_jobs", owner=str, due=int, job_id=int)
WORKERS = _table("workers", _KEPT_S, job_id=int, product=str, shard=int, worker_id=int)
LEASES = _table("leases", name=str)
#: Function instances that call a product's API right now, by the shard they are at: they share its rates.
CALLERS = _table("callers", product=str, job_id=int, shard=int, instance=str)
CONTACTS = _table("contacts", owner=str, contact_id=int)
#: What contacts are told, by what it is about: a job, or certificates.
NOTIFICATIONS = _table("notifications", _KEPT_S, about=str, notification_id=str)
#: Those with a delivery that has not ended.
OPEN_NOTIFICATIONS = _table("open_notifications", owner=str, about=str, notification_id=str)
DELIVERIES = _table("deliveries", _KEPT_S, about=str, notification_id=str, contact_id=int, channel=str)
#: The owner's policies: one document.
POLICIES = _table("policies", owner=str)
#: Asynchronous invocations that failed for good, by when (ms since the epoch).
DEAD_LETTERS = _table("dead_letters", _KEPT_S, owner=str, failed=int, request_id=str)
#: What the owner set of the quota, and bought: one row.
QUOTA = _table("quota", owner=str)
#: What jobs have of it: one row.
QUOTA_USE = _table("quota_use", owner=str)
#: What each job has used, by each of its ends.
QUOTA_ENTRIES = _table("quota_entries", owner=str, job_id=int, end=int)
#: What is said of the state as a whole: its schema, and whether it is complete.
META = _table("meta", name=str)

TABLES = (
    CERTIFICATES,
    SCANS,
    RESOURCES,
    RESOURCE_DOMAINS,
    SYNC_STATUS,
    SWEEPS,
    JOBS,
    OPEN_JOBS,
    WORKERS,
    LEASES,
    CALLERS,
    CONTACTS,
    NOTIFICATIONS,
    OPEN_NOTIFICATIONS,
    DELIVERIES,
    POLICIES,
    DEAD_LETTERS,
    QUOTA,
    QUOTA_USE,
    QUOTA_ENTRIES,
    META,
)
