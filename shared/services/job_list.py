"""Which jobs somebody asks for, and in which order."""

from collections.abc import Callable
from typing import Any, Final

from shared.domain.certificates import cert_id_of
from shared.domain.jobs import DeploymentJob
from shared.domain.requests import JobOrder, ListDeploymentJobs
from shared.domain.states import JobStatus
from shared.errors import InvalidRequestError
from shared.services.map import find_certificate
from shared.services.selection import any_of
from shared.services.world import World


def list_jobs(world: World, asked: ListDeploymentJobs) -> tuple[DeploymentJob, ...]:
    """Those for which everything holds that is given; by default the oldest first.

    Raises:
        InvalidRequestError: there is no such status.
        NotFoundError: the certificate is one of no job, and not known to CAS.
    """
    wanted = asked.status
    if wanted is not None and wanted not in {status.value for status in JobStatus}:
        known = ", ".join(status.value for status in JobStatus)
        raise InvalidRequestError(f"List.Status: {wanted!r} is not one of {known}")
    jobs = list(world.jobs.list())
    if asked.certificate and not any(_deploys(job, asked.certificate) for job in jobs):
        find_certificate(world, asked.certificate)
    by_name = any_of(asked.names)
    found = [
        job
        for job in jobs
        if wanted in (None, job.status.value)
        and (not asked.products or not job.products.keys().isdisjoint(asked.products))
        and (not asked.certificate or _deploys(job, asked.certificate))
        and (asked.since is None or job.created_at >= asked.since)
        and (by_name is None or by_name(job.name))
    ]
    found.sort(key=_KEYS[asked.sort], reverse=asked.reverse)
    end = None if asked.limit is None else asked.offset + asked.limit
    return tuple(found[asked.offset : end])


def _deploys(job: DeploymentJob, certificate: str) -> bool:
    """`certificate`: its id, or its identifier."""
    text = certificate.strip()
    return any(text in (one, str(cert_id_of(one))) for one in job.cert_identifiers)


_KEYS: Final[dict[JobOrder, Callable[[DeploymentJob], Any]]] = {
    JobOrder.CREATED: lambda job: (job.created_at, job.job_id),
    JobOrder.DUE: lambda job: (job.schedule_time, job.job_id),
    JobOrder.NAME: lambda job: (job.name, job.created_at, job.job_id),
    JobOrder.STATUS: lambda job: (list(JobStatus).index(job.status), job.created_at, job.job_id),
    JobOrder.SLOTS: lambda job: (job.worker_count, job.created_at, job.job_id),
}
