"""What each function reaches of this installation's own: tables, and other functions.

template.yml grants exactly this. The tests of the pipeline run every function with these rights, and one of
them compares the other way round: what is granted is used.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from shared.products import supported_products
from shared.state import tables as t
from shared.state.tables import Table

#: The RAM actions by which a store reads rows, and by which it adds, changes and deletes them.
READING: Final = ("ots:BatchGetRow", "ots:GetRange", "ots:GetRow")
WRITING: Final = ("ots:BatchWriteRow", "ots:DeleteRow", "ots:PutRow")


@dataclass(frozen=True)
class Reach:
    """`reads`: tables whose rows it reads; it reads those that it writes, too.

    `writes`: tables whose rows it adds, changes or deletes. `invokes`: functions, by the folder's name.
    """

    reads: frozenset[Table]
    writes: frozenset[Table]
    invokes: frozenset[str]


def _reach(
    *, reads: Iterable[Table] = (), writes: Iterable[Table] = (), invokes: Iterable[str] = ()
) -> Reach:
    return Reach(frozenset(reads) | frozenset(writes), frozenset(writes), frozenset(invokes))


_JOBS: Final = (t.JOBS, t.OPEN_JOBS, t.WORKERS)
#: what a plan is made of
_PLANNED_BY: Final = (t.CERTIFICATES, t.RESOURCES, t.RESOURCE_DOMAINS, t.POLICIES)
_DEPLOYS: Final = tuple(f"deploy_{product.value.lower()}" for product in supported_products())
_OWN: Final = {
    "scan_expiry": _reach(
        reads=(t.SYNC_STATUS, t.POLICIES, *_JOBS),
        writes=(t.CERTIFICATES, t.SCANS, t.RESOURCES),
        invokes=("create_deployment_job", "notify_contacts"),
    ),
    "discover_resources": _reach(
        reads=(t.CERTIFICATES,),
        writes=(t.RESOURCES, t.RESOURCE_DOMAINS, t.SYNC_STATUS, t.SWEEPS),
        invokes=("discover_resources",),
    ),
    "create_deployment_job": _reach(
        reads=(*_PLANNED_BY, t.SYNC_STATUS),
        writes=(t.CERTIFICATES, t.RESOURCES, t.LEASES, *_JOBS),
        invokes=("run_deployment_jobs", "notify_contacts"),
    ),
    "run_deployment_jobs": _reach(writes=(t.CALLERS, *_JOBS), invokes=("notify_contacts", *_DEPLOYS)),
    "manage_deployment_jobs": _reach(
        reads=(t.JOBS, *_PLANNED_BY), writes=(t.OPEN_JOBS, t.WORKERS), invokes=("run_deployment_jobs",)
    ),
    "notify_contacts": _reach(reads=(t.JOBS, t.WORKERS, t.CERTIFICATES, t.RESOURCES)),
}


def reach() -> dict[str, Reach]:
    """By function."""
    deploys = {
        name: _reach(
            reads=(t.JOBS, t.CERTIFICATES, t.POLICIES),
            writes=(t.WORKERS, t.RESOURCES, t.RESOURCE_DOMAINS, t.LEASES, t.CALLERS),
            invokes=("run_deployment_jobs", name),
        )
        for name in _DEPLOYS
    }
    return {**_OWN, **deploys}
