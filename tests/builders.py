"""Domain values for tests: each builder gives a good one; a test names only what it is about."""

from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

from shared.domain.certificates import Certificate, CertificateSource, CertificateStatus, ChainLink
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.matching import Action
from shared.domain.plans import Plan, PlanEntry
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.domain.values import AValue

NOW = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)


def _made(kind: type[AValue], values: dict[str, Any]) -> AValue:
    """Stored values keep fields that they do not know; a test that names one has misspelt another."""
    assert values.keys() <= kind.model_fields.keys(), (
        f"{kind.__name__}: {set(values) - set(kind.model_fields)}"
    )
    return kind(**values)


def a_certificate(cert_id: int = 7, **changes: Any) -> Certificate:
    """Issued, 89 days to go, for example.com and one label below it."""
    values: dict[str, Any] = {
        "cert_id": cert_id,
        "store": "cn-hangzhou",
        "name": f"cert-{cert_id}",
        "source": CertificateSource.UPLOAD,
        "status": CertificateStatus.ISSUED,
        "names": ("example.com", "*.example.com"),
        "algorithm": "RSA",
        "fingerprint": f"{cert_id:040x}",
        "serial": f"{cert_id:x}",
        "issuer": "Test TLS CA",
        "not_before": NOW - timedelta(days=1),
        "not_after": NOW + timedelta(days=89),
    }
    return _made(Certificate, {**values, **changes})


def signed_by(*names: str, end: datetime | None = None) -> dict[str, Any]:
    """What CAS tells of a certificate's issuer and chain: each is issued by the next, from the leaf's on.

    One name alone: its issuer is not with it. `end`: of the issuers.
    """
    links = [ChainLink(subject="example.com", issuer=names[0])]
    links += [ChainLink(subject=one, issuer=above, not_after=end) for one, above in pairwise(names)]
    return {"issuer": names[0], "chain": tuple(links)}


def a_resource(domain: str = "www.example.com", **changes: Any) -> CloudResource:
    """A CDN domain that serves certificate 1."""
    values: dict[str, Any] = {
        "product": CloudProduct.CDN,
        "resource_id": domain,
        "domains": (domain,),
        "cert_identifier": "1-cn-hangzhou",
        "cert_not_after": NOW + timedelta(days=10),
        "endpoint": f"{domain.lstrip('*.')}:443",
    }
    return _made(CloudResource, {**values, **changes})


def a_listener_slot(
    listener_id: str = "lsn-1", role: SlotRole = SlotRole.DEFAULT, **changes: Any
) -> CloudResource:
    """A slot of an ALB listener; its names are those of the certificate in place."""
    values: dict[str, Any] = {
        "product": CloudProduct.ALB,
        "region": "cn-hangzhou",
        "resource_id": f"{listener_id}/{role.value}",
        "instance_id": "alb-1",
        "listener_id": listener_id,
        "port": 443,
        "role": role,
        "domains_of_certificate": True,
    }
    return a_resource(**{**values, **changes})


def a_worker(worker_id: int = 42, **changes: Any) -> WorkerResource:
    values: dict[str, Any] = {
        "job_id": 1,
        "worker_id": worker_id,
        "resource": a_resource(),
        "cert_identifier": "7-cn-hangzhou",
    }
    return _made(WorkerResource, {**values, **changes})


def a_job(job_id: int = 1, **changes: Any) -> DeploymentJob:
    values: dict[str, Any] = {
        "job_id": job_id,
        "name": f"job-{job_id}",
        "token": f"token-{job_id}",
        "origin": "manual",
        "cert_identifiers": ("7-cn-hangzhou",),
        "cert_type": "UPLOAD",
        "schedule_time": NOW,
        "plan_digest": "0" * 16,
        "products": {CloudProduct.CDN: 1},
        "created_at": NOW,
    }
    return _made(DeploymentJob, {**values, **changes})


def a_plan_entry(resource: CloudResource | None = None, **changes: Any) -> PlanEntry:
    values: dict[str, Any] = {
        "resource": resource or a_resource(),
        "cert_identifier": "7-cn-hangzhou",
        "action": Action.DEPLOY,
        "reason": "its names are covered",
    }
    return _made(PlanEntry, {**values, **changes})


def a_plan(*entries: PlanEntry) -> Plan:
    return Plan(entries=entries or (a_plan_entry(),), cert_type="UPLOAD")
