"""The deployment jobs that CAS holds: what a request makes of one, what it costs, how far it has come."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from emulator.api import Call
from emulator.bundles import Bundle
from emulator.service import Account
from emulator.services.cas.job_model import Job, Worker, place_words
from emulator.services.cas.paging import refused
from emulator.services.cas.resources import Resources
from emulator.services.cas.running import go_on
from emulator.services.cas.store import CasCertificate

_QUOTAS = {"bought": 10_000, "free": 10, "none": 0}
MAX_NAME = 63
MAX_CONTACTS = 10


class JobBook(Resources):
    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._jobs: dict[int, Job] = {}
        self._next_job = 50001
        self._next_worker = 700001
        self._used = 0  #: deployments of the quota

    def contact(self, contact_id: int) -> dict[str, Any] | None:
        raise NotImplementedError

    def by_id(self, certificate_id: int, store: str) -> CasCertificate | None:
        raise NotImplementedError

    def _store(self, call: Call) -> str:
        raise NotImplementedError

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """Nothing: but by now jobs have come so far."""
        self._go_on()
        return None

    @property
    def _bought(self) -> int:
        return _QUOTAS[str(self.behaviour["deployments"])]

    def _describe(self, job: Job, call: Call) -> None:
        """What a job is to do, from a request; what that leaves out stays. Its workers are made anew."""
        params, now = call.params, self.cloud.clock()
        name = params.get("Name", job.name)
        if len(name) > MAX_NAME:
            raise refused("InvalidParameter", f"Name takes {MAX_NAME} characters at most.")
        certificates = ids_of(params, "CertIds", job.certificate_ids)
        resources = ids_of(params, "ResourceIds", job.resource_ids)
        contacts = ids_of(params, "ContactIds", job.contact_ids)
        found = [self.by_id(number, job.store) for number in certificates]
        if not all(row is not None and row.deployable for row in found):
            raise refused("NotFound", "A certificate does not exist, or CAS has no key of it.")
        if len({row.source for row in found if row}) > 1:
            raise refused("InvalidParameter", "The certificates of a job are of one type.")
        cached = self.cached()
        if unknown := [number for number in resources if number not in cached]:
            raise refused("InvalidParameter", f"ResourceIds: {unknown[0]} is not known.")
        if not all(self.contact(number) for number in contacts) or len(contacts) > MAX_CONTACTS:
            raise refused("InvalidParameter", f"ContactIds takes up to {MAX_CONTACTS} contacts that exist.")
        job.name, job.certificate_ids, job.resource_ids = name, certificates, resources
        job.contact_ids, job.schedule = contacts, _moment(params.get("ScheduleTime"), job.schedule)
        job.workers = []
        places = self.places()
        for number in resources:
            wanted = next(
                (r for r in found if r and covers(r, places[number].names) and number in places), None
            )
            if wanted is None:
                continue
            words = place_words(cached[number])
            made = Worker(
                self._next_worker,
                number,
                wanted.identifier,
                places[number].in_place,
                words,
                "editing",
                now,
                now,
            )
            job.workers.append(made)
            self._next_worker += 1

    def _submit(self, job: Job, status: str) -> None:
        now = self.cloud.clock()
        cost = sum(row.source == "UPLOAD" for w in job.workers if (row := self.find(w.identifier))) - job.cost
        if self._used + cost > self._bought:
            left = max(0, self._bought - self._used)
            raise refused("InsufficientQuota", f"The job takes {cost} deployments, {left} are left.")
        self._used, job.cost = self._used + cost, job.cost + cost
        places = self.places()
        for worker in job.workers:
            worker.status, worker.modified = status, now
            if place := places.get(worker.resource_id):
                worker.before = place.in_place
        job.status, job.modified = status, now
        if not job.workers:
            job.status, job.started, job.ended = str(self.behaviour["unmatched_jobs"]), now, now
        self._go_on()

    def _give_back(self, job: Job, count: int) -> None:
        job.cost, self._used = job.cost - count, self._used - count

    def _go_on(self) -> None:
        now = self.cloud.clock()
        for job in self._jobs.values():
            if job.status not in ("pending", "scheduling", "processing") and not any(
                worker.status == "rollback" for worker in job.workers
            ):
                continue
            failed = go_on(job, self.places(), now, self.cloud.settle_s)
            self._give_back(job, min(failed, job.cost))

    def _job(self, call: Call) -> Job:
        self._go_on()
        number = call.params.get("JobId")  # the metadata does not always require it
        job = self._jobs.get(number) if number is not None else None
        if job is None or job.store != self._store(call):
            raise refused("NotFound", f"The job {number} does not exist.")
        return job

    def _worker(self, call: Call) -> tuple[Job, Worker]:
        job = self._job(call)
        for worker in job.workers:
            if worker.id == call.params["WorkerId"]:
                return job, worker
        raise refused("NotFound", f"The worker {call.params['WorkerId']} does not exist.")


def ids_of(params: Any, name: str, before: list[int]) -> list[int]:
    """Decimal ids, joined by commas."""
    if name not in params:
        return before
    texts = params[name].split(",") if params[name] else []
    if not texts or not all(text.strip().isdecimal() for text in texts):
        raise refused("InvalidParameter", f"{name} takes numbers, joined by commas.")
    return [int(text) for text in texts]


def _moment(told: int | None, before: datetime | None) -> datetime | None:
    if told is None:
        return before
    try:
        return datetime.fromtimestamp(told / 1000, timezone.utc)
    except (OverflowError, ValueError, OSError):
        raise refused("InvalidParameter", "ScheduleTime takes ms.") from None


def covers(row: CasCertificate, names: list[str]) -> bool:
    return bool(names) and all(row.bundle.covers(name) for name in names)
