"""Orders to a job that has not begun, as a person gives them."""

from __future__ import annotations

from typing import Any

from shared.domain.jobs import DeploymentJob
from tests.functional.pipeline.platform import Platform

OFF = "CDN/-/off.example.com"


def manage(platform: Platform, **asked: Any) -> Any:
    return platform.call("manage_deployment_jobs", asked)


def edit(platform: Platform, **changes: Any) -> Any:
    return manage(platform, Edit={"JobId": platform.job().job_id, **changes})


def submit(platform: Platform, job: DeploymentJob) -> Any:
    return manage(platform, Submit={"JobId": job.job_id, "Digest": job.plan_digest})


def slots(platform: Platform) -> set[str]:
    return set(platform.workers())
