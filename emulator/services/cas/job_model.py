"""A deployment job of CAS and its workers, and how each of its calls words them.

Times are texts of ms, though described as seconds. Numbers are texts in one answer and numbers in the other;
whether a resource is a listener's default is a number in one list and a boolean in the other.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from emulator.services.cas.store import CasCertificate, ms

KINDS = {"UPLOAD": "upload", "BUY": "buy", "TEST": "free"}
ENDED = ("success", "error")  #: of a job; of a worker, too


@dataclass
class Worker:
    """A certificate on its way to a resource. `before`: the identifier of what was in place, or ""."""

    id: int
    resource_id: int
    identifier: str
    before: str
    place: dict[str, Any]  #: the resource's words in ListWorkerResource
    status: str
    created: datetime
    modified: datetime
    until: datetime | None = None  #: not before then the product is asked


@dataclass
class Job:
    id: int
    name: str
    kind: str  #: JobType
    certificate_ids: list[int]
    resource_ids: list[int]
    contact_ids: list[int]
    schedule: datetime | None
    created: datetime
    modified: datetime
    store: str
    status: str = "editing"
    started: datetime | None = None
    ended: datetime | None = None
    cost: int = 0  #: deployments that it has taken from the quota
    rolled_back: bool = False
    workers: list[Worker] = field(default_factory=list)

    def due(self, now: datetime) -> bool:
        return self.status == "scheduling" or (
            self.status == "pending" and (self.schedule is None or self.schedule <= now)
        )

    @property
    def instance_id(self) -> str:
        return f"cas-job-{self.kind}-{self.id:x}"


def job_item(job: Job, certificates: Sequence[CasCertificate], account: str) -> dict[str, Any]:
    """An item of ListDeploymentJob, of which DescribeDeploymentJob tells more. What is unknown is absent."""
    times = {
        "GmtCreate": job.created,
        "GmtModified": job.modified,
        "ScheduleTime": job.schedule,
        "StartTime": job.started,
        "EndTime": job.ended,
    }
    products = dict.fromkeys(worker.place["CloudProduct"] for worker in job.workers)
    return {
        "Id": job.id,
        "InstanceId": job.instance_id,
        "Name": job.name,
        "JobType": job.kind,
        "Status": job.status,
        "CertType": KINDS[certificates[0].source] if certificates else "upload",
        "CertDomain": ",".join(dict.fromkeys(name for row in certificates for name in row.bundle.names)),
        "ProductName": ",".join(products),
        "Del": 0,
        "Rollback": int(job.rolled_back),
        "UserId": int(account),
        **{name: str(ms(moment)) for name, moment in times.items() if moment is not None},
    }


def job_detail(job: Job, contacts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What DescribeDeploymentJob tells beside `job_item`."""
    return {
        "CasContacts": [
            {"Id": str(row["ContactId"]), **{name: row[name] for name in ("Name", "Email", "Mobile")}}
            for row in contacts
        ],
        "Config": json.dumps({"shareCertIds": [], "certIds": job.certificate_ids}),
    }


def job_counts(job: Job, bought: int, used: int) -> dict[str, Any]:
    """DescribeDeploymentJobStatus. Successes and failures are counted without rollbacks."""
    ended = Counter(worker.status for worker in job.workers)
    products = Counter(str(worker.place["CloudProduct"]) for worker in job.workers)
    return {
        "WorkerCount": len(job.workers),
        "MatchWorkerCount": len(job.workers),
        "SuccessCount": ended["success"],
        "FailedCount": ended["error"],
        "RollbackCount": ended["rollback"],
        "RollbackSuccessCount": ended["rollback_success"],
        "RollbackFailedCount": ended["rollback_error"],
        "CertCount": len(job.certificate_ids),
        "ResourceCount": len(job.resource_ids),
        "CostCount": job.cost,
        "BuyCount": bought,
        "UseCount": used,
        "ProductWorkerCount": [{"ProductName": name, "Count": count} for name, count in products.items()],
    }


def worker_item(
    job: Job, worker: Worker, wanted: CasCertificate | None, before: CasCertificate | None, account: str
) -> dict[str, Any]:
    """An item of ListWorkerResource: why one failed is told nowhere but in the console."""
    of_certificate = {
        "CertId": wanted.id,
        "CertName": wanted.name,
        "CertDomain": ",".join(wanted.bundle.names),
        "CertInstanceId": wanted.instance_id,
    } if wanted else {}  # fmt: skip
    return {
        "Id": worker.id,
        "JobId": job.id,
        "Status": worker.status,
        "ResourceId": worker.resource_id,
        "UserId": int(account),
        "GmtCreate": str(ms(worker.created)),
        "GmtModified": str(ms(worker.modified)),
        **worker.place,
        **of_certificate,
        **({"ResourceCertId": before.id} if before else {}),
    }


def certificate_item(row: CasCertificate, now: datetime) -> dict[str, Any]:
    """An item of ListDeploymentJobCert."""
    kind = KINDS[row.source]
    states = {"issued": "upload" if kind == "upload" else "issued", "willExpire": "willExpired"}
    days = (row.bundle.not_after - row.bundle.not_before).days
    return {
        "CertId": row.id,
        "CertInstanceId": row.instance_id,
        "CertName": row.name,
        "CertOrderType": kind,
        "CertType": row.validation,
        "Algorithm": row.algorithm,
        "CommonName": row.bundle.common_name,
        "Sans": list(row.bundle.names),
        "IsTrustee": False,
        "Month": max(1, round(days / 30)),
        "NotBeforeTime": ms(row.bundle.not_before),
        "NotAfterTime": ms(row.bundle.not_after),
        "StatusCode": states.get(row.status(now), row.status(now)),
    }


def place_words(row: dict[str, Any]) -> dict[str, Any]:
    """A resource in the words of ListWorkerResource: the port is a number there, the default a boolean.

    CloudName is absent for Alibaba Cloud's own products.
    """
    words = {name: row[name] for name in ("CloudProduct", "CloudRegion", "RegionId")}
    words["ResourceDomain"] = row["Domain"]
    if "ListenerId" in row:
        words |= {name: row[name] for name in ("InstanceId", "ListenerId")}
        words |= {"Port": int(row["ListenerPort"]), "DefaultResource": bool(row["DefaultResource"])}
    return words
