"""A shard's share in CAS's own deployment jobs: made for many slots at once, submitted, followed.

One job there for each certificate of the shard, and one more where slots come later. Its name says whose it
is, so whoever goes on after a function that was killed, or an answer that was lost, finds it by that:
CreateDeploymentJob has no ClientToken. Nothing of it is stored here.
"""

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from threading import RLock
from typing import Final

from shared.cloud.cas import Cas
from shared.cloud.cas_jobs import EDITING, CasJobContent, CasJobs, CasResource
from shared.domain.accounts import OWN, within
from shared.domain.certificates import Certificate
from shared.domain.jobs import DeploymentJob
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import AppError, CloudError, CloudRejectedError, ConflictError
from shared.services.cas_slots import resource_of
from shared.services.cas_standing import NOTHING, WAITS, Stage, Standing, failed, standing_of
from shared.services.world import World

_GATHER_S: Final = 2.0  #: after the last slot that came: more may come
_LOOK_S: Final = 3.0  #: between two looks at the jobs there
_MOST: Final = 200  #: resources of one job: their ids travel in a URL
_LEASE_S: Final = 120.0
_TRIES: Final = 5  #: to make a job, where an answer was lost or CAS is out of order
_CREATE: Final = "CreateDeploymentJob"


@dataclass
class _Batch:
    """Slots that are put into one job there, by the ids of their resources."""

    certificate: Certificate
    slots: dict[int, str]
    name: str = ""  #: under which it may have been created
    job_id: int | None = None
    failures: int = 0


class CasShard:
    """Serves the threads of one invocation. What it raises, nothing has been asked of CAS for."""

    def __init__(
        self, world: World, job: DeploymentJob, product: CloudProduct, shard: int, account: str = OWN
    ) -> None:
        """`account`: whose slots they are, and whose CAS makes the job."""
        self._world, self._product, self._account = world, product, account
        self._prefix = f"certdeploy-{job.job_id}-{product.value}-{shard}-{job.retries}-"
        self._lock, self._now = RLock(), world.steady()
        self._standing: dict[str, Standing] = {}
        self._waiting: dict[
            str, tuple[int, Certificate]
        ] = {}  #: slots that are to be in a job: resource, what
        self._batches: list[_Batch] = []  #: of which no job has begun yet
        self._gathered_at: float | None = None
        self._looked_at: float | None = None
        #: by store and job there, the slots that are ours in it, by the ids of their resources
        self._followed: dict[tuple[str, int], dict[int, str]] = defaultdict(dict)
        self._found: dict[str, dict[tuple[int, int], int]] = {}  #: by store, of earlier: job by slot's work
        self._resources: dict[str, list[CasResource]] = {}  #: by store

    def standing(self, slot: CloudResource, wanted: Certificate, *, begun: bool) -> Standing:
        """How far CAS is with a slot. `begun`: an earlier invocation may have had it in a job.

        Raises:
            AppError: that cannot be told now.
        """
        with self._lock:
            if slot.slot not in self._standing and begun:
                self._take_up(slot, wanted)
            self._go_on()
            found = self._standing.get(slot.slot, NOTHING)
            if found.error is not None and found.error.retryable:  # the next attempt asks anew
                del self._standing[slot.slot]
                self._found.clear()
            return found

    def enlist(self, slot: CloudResource, wanted: Certificate) -> None:
        """Have CAS put the certificate there, unless it is at it already.

        Raises:
            CloudRejectedError: CAS does not know the slot.
        """
        with self._lock:
            if self._standing.get(slot.slot, NOTHING).stage is not Stage.UNKNOWN:
                return
            if wanted.account != self._account:
                why = f"CAS deploys within one account: {wanted.identifier} is not of that of {slot.slot}"
                raise CloudRejectedError(_CREATE, "OtherAccount", why)
            resource = resource_of(slot, self._known(wanted.store))
            self._waiting[slot.slot] = resource, wanted
            self._standing[slot.slot], self._gathered_at = WAITS, self._now()

    def _known(self, store: str) -> list[CasResource]:
        if store not in self._resources:
            self._resources[store] = self._jobs(store).resources(self._product)
        return self._resources[store]

    def _cas(self, store: str) -> Cas:
        return self._world.cas(within(self._account, store))

    def _jobs(self, store: str) -> CasJobs:
        return self._cas(store).jobs

    def _take_up(self, slot: CloudResource, wanted: Certificate) -> None:
        """What an earlier invocation has had made for the slot, and submitted."""
        store = wanted.store
        if store not in self._found:
            self._found[store] = {
                (worker.resource_id, worker.cert_id or 0): job.job_id
                for job in sorted(self._jobs(store).named(self._prefix), key=lambda one: one.job_id)
                if job.status != EDITING
                for worker in self._jobs(store).workers(job.job_id)
            }
        try:
            resource = resource_of(slot, self._known(store))
        except CloudRejectedError:
            return  # it is told when it is to be enlisted
        if (job_id := self._found[store].get((resource, wanted.cert_id))) is not None:
            self._follow(store, job_id, {resource: slot.slot})

    def _follow(self, store: str, job_id: int, slots: dict[int, str]) -> None:
        self._followed[store, job_id] |= slots
        self._standing |= dict.fromkeys(slots.values(), WAITS)
        self._looked_at = None

    def _go_on(self) -> None:
        now = self._now()
        if self._gathered_at is not None and now - self._gathered_at >= _GATHER_S:
            self._gathered_at = None
            self._send()
        if self._looked_at is None or now - self._looked_at >= _LOOK_S:
            self._looked_at = now
            for (store, job_id), slots in self._followed.items():
                if any(self._standing.get(slot, NOTHING).stage is Stage.UNDER_WAY for slot in slots.values()):
                    self._look(store, job_id, slots)

    def _send(self) -> None:
        """A job for each certificate. Another invocation of the same shard makes its own before or after."""
        by_certificate: dict[str, list[tuple[str, int]]] = defaultdict(list)
        wanted = {certificate.identifier: certificate for _, certificate in self._waiting.values()}
        for slot, (resource, certificate) in self._waiting.items():
            by_certificate[certificate.identifier].append((slot, resource))
        for identifier, slots in by_certificate.items():
            for start in range(0, len(slots), _MOST):
                some = {resource: slot for slot, resource in slots[start : start + _MOST]}
                self._batches.append(_Batch(wanted[identifier], some))
        self._waiting.clear()
        try:
            with self._world.leases.hold(within(self._account, self._prefix), self._world.holder, _LEASE_S):
                self._batches = [batch for batch in self._batches if not self._sent(batch)]
        except ConflictError:
            self._gathered_at = self._now()

    def _sent(self, batch: _Batch) -> bool:
        """What goes wrong is the end of its slots; what may pass is tried again after a while."""
        try:
            job_id = self._submitted(batch)
        except AppError as error:
            batch.failures += 1
            if error.retryable and batch.failures < _TRIES:
                self._gathered_at = self._now()
                return False
            told = (
                error
                if isinstance(error, CloudError)
                else CloudRejectedError(_CREATE, error.code, str(error))
            )
            self._standing |= dict.fromkeys(batch.slots.values(), Standing(Stage.FAILED, told))
        else:
            self._follow(batch.certificate.store, job_id, batch.slots)
        return True

    def _submitted(self, batch: _Batch) -> int:
        """The id of its job, which begins."""
        jobs = self._jobs(batch.certificate.store)
        if batch.job_id is None:
            batch.job_id = self._created(batch, jobs)
        try:
            jobs.submit(batch.job_id)
        except CloudError as error:
            if jobs.status(batch.job_id) != EDITING:  # it has begun: when it was created, or by this call
                return batch.job_id
            if not error.retryable:
                with suppress(AppError):  # lest somebody starts it later, by hand
                    jobs.delete(batch.job_id)
            raise
        return batch.job_id

    def _created(self, batch: _Batch, jobs: CasJobs) -> int:
        """The id of a job with its content: that which an answer was lost of, one that was never submitted,
        whatever it says by now, or a new one.
        """
        store = batch.certificate.store
        content = CasJobContent(batch.certificate.cert_id, list(batch.slots), self._told(store))
        earlier = jobs.named(self._prefix)
        mine = [one for one in earlier if one.name == batch.name]
        shells = [one for one in earlier if one.status == EDITING and one not in mine]
        if mine:
            return mine[0].job_id
        if shells:
            jobs.change(shells[0].job_id, content)
            return shells[0].job_id
        numbers = [int(tail) for one in earlier if (tail := one.name.removeprefix(self._prefix)).isdecimal()]
        batch.name = f"{self._prefix}{max(numbers, default=0) + 1}"
        return jobs.create(batch.name, content)

    def _told(self, store: str) -> list[int]:
        """The first contact that CAS has, since it needs one; whom this job tells, this system tells."""
        there = [contact.contact_id for contact in self._cas(store).list_contacts()]
        if not there:
            why = "CAS has no contact, and a deployment job of its needs one: add one in its console"
            raise CloudRejectedError(_CREATE, "NoContact", why)
        return there[:1]

    def _look(self, store: str, job_id: int, slots: dict[int, str]) -> None:
        jobs = self._jobs(store)
        try:
            status = {worker.resource_id: worker.status for worker in jobs.workers(job_id)}
            left = [number for number in slots if status.get(number, EDITING) == EDITING]
            of_job = jobs.status(job_id) if left else ""
        except CloudRejectedError as error:
            if not error.cloud_code.startswith("NotFound"):
                raise
            gone = failed("JobGone", f"CAS's job {job_id} is gone: somebody has deleted it")
            self._standing |= dict.fromkeys(slots.values(), gone)
            return
        for number, slot in slots.items():
            self._standing[slot] = standing_of(job_id, status.get(number, ""), of_job)
