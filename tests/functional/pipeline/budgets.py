"""An installation whose quota is counted, and what has to hold of it whatever happened."""

from __future__ import annotations

from typing import Any

from shared.domain.jobs import DeploymentJob
from shared.domain.quota import use_of
from shared.domain.states import JobStatus
from tests.functional.pipeline.platform import Platform

NEED = 4  #: of a certificate of NAMES: www on CDN, two names on ALB (of two listeners), img on OSS


def enforce(platform: Platform, count: int) -> None:
    platform.call("manage_quota", {"Add": {"Count": count, "ClientToken": f"package-{count}"}})
    platform.call("manage_quota", {"Set": {"Mode": "enforced"}})


def quota(platform: Platform) -> dict[str, Any]:
    shown: dict[str, Any] = platform.call("manage_quota", {"Show": {}})["Quota"]
    return shown


def figures(platform: Platform) -> tuple[int, int, int, int]:
    """Used by jobs that ended, consumed by those that run, reserved, left."""
    shown = quota(platform)
    return shown["Used"], shown["Consumed"], shown["Reserved"], shown["Left"]


def check(platform: Platform) -> None:
    """At any moment: nothing is below zero, and nothing is missing."""
    shown = quota(platform)
    assert min(figures(platform)) >= 0, shown
    assert shown["Bought"] == sum(figures(platform)), shown


def check_at_rest(platform: Platform) -> None:
    """Nothing is under way: each job that still is there is charged for what it deployed, once."""
    check(platform)
    account = platform.world.quota.account.get()
    waiting = {job.job_id for job in platform.jobs() if job.status is JobStatus.PENDING}
    assert account.jobs.keys() <= waiting, "a job that ended holds a part of it"
    entries = list(platform.world.quota.entries.list())
    assert account.used == sum(entry.used for entry in entries), entries
    for job in platform.jobs():
        used = sum(entry.used for entry in entries if entry.job_id == job.job_id)
        deployed = use_of(job, platform.world.workers.list(job.job_id), frozenset()).consumed
        assert used == (deployed if job.status.final else 0), (job, entries)


def managed(platform: Platform, what: str, job: int, **more: object) -> dict[str, object]:
    answer: dict[str, object] = platform.call("manage_deployment_jobs", {what: {"JobId": job, **more}})
    return answer


def submit(platform: Platform, job: int) -> dict[str, object]:
    return managed(platform, "Submit", job, Digest=the(platform, job).plan_digest)


def the(platform: Platform, job: int) -> DeploymentJob:
    return platform.world.jobs.get(job)


def need(platform: Platform, new: str) -> int:
    previewed = platform.call(
        "manage_deployment_jobs", {"Preview": {"CertIds": [int(new.partition("-")[0])]}}
    )
    assert previewed["Plan"]["Quota"] == previewed["Quota"]["Need"]
    return int(previewed["Quota"]["Need"])
