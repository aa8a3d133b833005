"""A small account whose certificates are renewed by CAS's deployment jobs, asked by the official SDK."""

from __future__ import annotations

from typing import Any

from tests.functional.emulator.official import Official

HOST = "cas.aliyuncs.com"
CERTIFICATES = {
    "old": {"names": ["example.com", "*.example.com"], "days": 12, "age": 188},
    "new": {"names": ["example.com", "*.example.com"], "days": 199},
    "bought": {"names": ["example.com", "*.example.com"], "days": 199, "source": "BUY"},
    "other": {"names": ["example.net"], "days": 199},
}
LISTENERS = [{"port": 443, "protocol": "HTTPS", "default": "old", "additional": ["other"]}]
ESTATE = {
    "regions": ["cn-hangzhou"],
    "contacts": [{"name": "Ann", "email": "ann@example.com", "mobile": "13900000000"}],
    "certificates": CERTIFICATES,
    "cdn": [{"domain": "www.example.com", "certificate": "old"}, {"domain": "a.b.example.com"}],
    "alb": [{"name": "shop", "region": "cn-hangzhou", "listeners": LISTENERS}],
}
ID = {name: 10741304 + 1009 * index for index, name in enumerate(CERTIFICATES)}
SETTLED_S = 2.0


def resources(cas: Official, product: str) -> list[Any]:
    return list(cas("ListCloudResources", CloudName="aliyun", CloudProduct=product, ShowSize=500).data)


def of_www(cas: Official) -> int:
    return next(int(row.id) for row in resources(cas, "CDN") if row.domain == "www.example.com")


def created(cas: Official, resource: int, certificate: str = "new", **more: Any) -> int:
    job = {"Name": "renewal", "JobType": "user", "CertIds": str(ID[certificate]), "ContactIds": "20001"}
    return int(cas("CreateDeploymentJob", **job, ResourceIds=str(resource), **more).job_id)


def submitted(cas: Official, resource: int, certificate: str = "new", **more: Any) -> int:
    job = created(cas, resource, certificate, **more)
    cas("UpdateDeploymentJobStatus", JobId=job, Status="pending")
    return job


def worker(cas: Official, job: int) -> Any:
    (row,) = cas("ListWorkerResource", JobId=job).data
    return row
