"""What each function reaches of this installation's own: tables, and other functions.

template.yml grants exactly this. The tests of the pipeline run every function with these rights, and one of
them compares the other way round: what is granted is used.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from shared.products import adapter_class, supported_products
from shared.services.read_state import READ
from shared.state import tables as t
from shared.state.tables import Table

#: The RAM actions by which a store reads rows, and by which it adds, changes and deletes them.
READING: Final = ("ots:BatchGetRow", "ots:GetRange", "ots:GetRow")
WRITING: Final = ("ots:BatchWriteRow", "ots:DeleteRow", "ots:PutRow")


#: What is told of every asynchronous invocation that failed for good; not of its own.
RECORDER: Final = "record_dead_letter"
#: Secrets called `<prefix>/contact/…`: no other stack's prefix has a slash.
OF_CONTACTS: Final = "Prefix/contact/*"


@dataclass(frozen=True)
class Reach:
    """`reads`: tables whose rows it reads; it reads those that it writes, too. Each reads what is said of the
    state as a whole.

    `writes`: tables whose rows it adds, changes or deletes. `invokes`: functions, by the folder's name.
    `secrets`: of KMS, by the template's parameter that has the name; OF_CONTACTS for what contacts name.
    """

    reads: frozenset[Table]
    writes: frozenset[Table]
    invokes: frozenset[str]
    secrets: frozenset[str] = frozenset()


def _reach(
    *,
    reads: Iterable[Table] = (),
    writes: Iterable[Table] = (),
    invokes: Iterable[str] = (),
    secrets: Iterable[str] = (),
) -> Reach:
    own = frozenset(writes)
    return Reach(frozenset((*reads, t.META)) | own, own, frozenset(invokes), frozenset(secrets))


_JOBS: Final = (t.JOBS, t.OPEN_JOBS, t.WORKERS)
#: what jobs have of what was bought, which only manage_quota writes
_QUOTA: Final = (t.QUOTA_USE, t.QUOTA_ENTRIES)
#: what a plan is made of
_PLANNED_BY: Final = (t.CERTIFICATES, t.RESOURCES, t.RESOURCE_DOMAINS, t.POLICIES)
_DISCOVERED: Final = (t.RESOURCES, t.RESOURCE_DOMAINS, t.SYNC_STATUS, t.SWEEPS)
_DEPLOYS: Final = tuple(f"deploy_{product.value.lower()}" for product in supported_products())
#: by which products are entered that are not Alibaba Cloud's
_SECRETS_OF_ALL: Final = tuple(
    name for product in supported_products() for name in adapter_class(product).secrets.values()
)
_OWN: Final = {
    "scan_expiry": _reach(
        reads=(t.SYNC_STATUS, t.POLICIES, *_JOBS),
        writes=(t.CERTIFICATES, t.SCANS, t.RESOURCES),
        invokes=("create_deployment_job", "notify_contacts"),
    ),
    "discover_resources": _reach(
        reads=(t.CERTIFICATES,),
        writes=_DISCOVERED,
        invokes=("discover_resources", "discover_clusters"),
        secrets=_SECRETS_OF_ALL,
    ),
    "discover_clusters": _reach(reads=(t.CERTIFICATES,), writes=_DISCOVERED, invokes=("discover_clusters",)),
    "create_deployment_job": _reach(
        reads=(*_PLANNED_BY, t.SYNC_STATUS, t.CONTACTS, t.QUOTA),
        writes=(t.CERTIFICATES, t.RESOURCES, t.LEASES, t.QUOTA_USE, *_JOBS),
        invokes=("run_deployment_jobs", "notify_contacts"),
    ),
    "run_deployment_jobs": _reach(
        reads=(t.OPEN_NOTIFICATIONS, t.POLICIES, t.QUOTA),
        writes=(t.CALLERS, t.META, *_QUOTA, *_JOBS),
        invokes=("notify_contacts", *_DEPLOYS),
    ),
    "manage_deployment_jobs": _reach(
        reads=(t.SYNC_STATUS, t.SCANS, t.DEAD_LETTERS, t.DELIVERIES, t.CONTACTS, t.QUOTA, *_PLANNED_BY),
        writes=(t.RESOURCES, *_QUOTA, *_JOBS),
        invokes=("run_deployment_jobs", "notify_contacts"),
    ),
    "manage_contacts": _reach(writes=(t.CONTACTS,)),
    "manage_quota": _reach(reads=(t.JOBS, t.WORKERS, t.CERTIFICATES, *_QUOTA), writes=(t.QUOTA,)),
    "notify_contacts": _reach(
        reads=(t.JOBS, t.WORKERS, t.CERTIFICATES, t.RESOURCES, t.POLICIES, t.CONTACTS),
        writes=(t.NOTIFICATIONS, t.OPEN_NOTIFICATIONS, t.DELIVERIES),
        secrets=("WebhookSecretName", "SmtpPasswordName", OF_CONTACTS),
    ),
    RECORDER: _reach(writes=(t.DEAD_LETTERS,)),
    "read_state": _reach(reads=READ),
    "manage_installation": _reach(reads=(t.CONTACTS,), writes=(t.POLICIES, t.DEAD_LETTERS)),
    "check_installation": _reach(reads=t.TABLES),
    "clean_up_certificates": _reach(
        reads=(t.SYNC_STATUS, t.SCANS, t.POLICIES, t.JOBS, t.WORKERS),
        writes=(t.CERTIFICATES, t.RESOURCES, t.RESOURCE_DOMAINS, t.LEASES),
        secrets=_SECRETS_OF_ALL,
    ),
}


def invoked_for(function: str) -> frozenset[str]:
    """What the platform invokes with the function's role, beside what the function invokes itself."""
    return frozenset() if function == RECORDER else frozenset({RECORDER})


@cache
def reach() -> Mapping[str, Reach]:
    """By function."""
    deploys = {
        name: _reach(
            reads=(t.JOBS, t.CERTIFICATES, t.POLICIES),
            writes=(t.WORKERS, t.RESOURCES, t.RESOURCE_DOMAINS, t.LEASES, t.CALLERS),
            invokes=("run_deployment_jobs", name),
            secrets=adapter_class(product).secrets.values(),
        )
        for name, product in zip(_DEPLOYS, supported_products(), strict=True)
    }
    return MappingProxyType({**_OWN, **deploys})
