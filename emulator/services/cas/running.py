"""What CAS's deployment jobs do when their time has come: one certificate after the other onto its place.

Nothing here runs by itself: a job has come as far as it would have by now whenever CAS is called, or a TLS
client comes to the edge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from emulator.api import ApiError
from emulator.places import Place
from emulator.services.cas.job_model import Job, Worker

_BUSY = re.compile("busy|configuring|incorrectstatus|processing|not_steady|lock", re.IGNORECASE)
_PATIENCE = 30  #: how many times as long as a change takes to settle a busy product is waited for


def go_on(job: Job, places: Mapping[int, Place], now: datetime, settle_s: float) -> int:
    """Bring a job forward; how many of the deployments that it has paid for come to nothing, now."""
    if job.due(now):
        job.status, job.started = "processing", now
        for worker in job.workers:
            _to(worker, "processing", now)
            worker.until = now + timedelta(seconds=settle_s)
    failed = 0
    for worker in job.workers:
        if worker.until is None or worker.until > now or worker.status not in ("processing", "rollback"):
            continue
        wanted = worker.before if worker.status == "rollback" else worker.identifier
        prefix = "rollback_" if worker.status == "rollback" else ""
        try:
            place = places.get(worker.resource_id)
            if place is None:
                raise ApiError(404, "NotFound", "The resource is gone.")
            if place.in_place != wanted:
                place.put(wanted)
        except ApiError as error:
            late = now - worker.until > timedelta(seconds=_PATIENCE * max(settle_s, 0.1))
            if _BUSY.search(error.code) and not late:
                continue
            _to(worker, f"{prefix}error", now)
            failed += not prefix
        else:
            _to(worker, f"{prefix}success", now)
    if job.status == "processing" and all(worker.status in ("success", "error") for worker in job.workers):
        job.status, job.ended, job.modified = _end(job), now, now
    return failed


def _end(job: Job) -> str:
    """[guess] that one failure makes it an error."""
    return "error" if any(worker.status == "error" for worker in job.workers) else "success"


def _to(worker: Worker, status: str, now: datetime) -> None:
    worker.status, worker.modified = status, now
