"""Watching: reads the state until the expected change is there. Changes nothing itself."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from cli.demo.stage import Stage
from cli.demo.teller import Teller
from shared.domain.certificates import Certificate
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.resources import CloudResource, SyncState
from shared.services.world import World

_POLL_S = 0.2
_READ = (SyncState.SYNCED, SyncState.PARTIAL)  #: a cluster of the sample estate lets nobody in
T = TypeVar("T")


class TooLongError(Exception):
    """The wait timed out; the text names what was expected."""


@dataclass
class Watcher:
    stage: Stage
    world: World
    teller: Teller
    until: float  #: of time.monotonic()
    _said: set[str] = field(default_factory=set)

    def wait_for_functions(self) -> None:
        self._wait(lambda: self.stage.running or None, "`certdeploy serve` to start")
        self.teller.say("the functions are running and discover the slots of each product, region by region")

    def wait_for_discovery(self) -> list[CloudResource]:
        """Wait for the first discovery, and for the first scan of CAS: certificates after it count as new."""

        def discovered() -> bool | None:
            policy = self.world.policy
            for product in policy.products:
                statuses = list(self.world.syncs.list(product))
                if not statuses or any(status.state not in _READ for status in statuses):
                    return None
                count = sum(status.count for status in statuses)
                in_part = [one.region or "all" for one in statuses if one.state is SyncState.PARTIAL]
                which = f" ({', '.join(in_part)} in part)" if in_part else ""
                self._once(f"discovered {product.value}: {count} slots{which}")
            return all(self.world.scans.has_baseline(store) for store in policy.stores) or None

        self._wait(discovered, "the first discovery")
        return [
            record.resource
            for product in self.world.policy.products
            for record in self.world.resources.list(product)
        ]

    def wait_for_job(self, cert_id: int, store: str) -> DeploymentJob:
        """The job that was created for the certificate's event."""
        identifier = f"{cert_id}-{store}"

        def created() -> DeploymentJob | None:
            if self.world.certificates.find(identifier) is not None:
                self._once(f"scan_expiry found {identifier} in CAS: event Certificate:Issued")
            return next((job for job in self.world.jobs.list() if identifier in job.cert_identifiers), None)

        job = self._wait(created, f"a job for {identifier}")
        counts = ", ".join(f"{product.value} {count}" for product, count in sorted(job.products.items()))
        self.teller.say(
            f"create_deployment_job created job {job.job_id}: {job.worker_count} slots ({counts})"
        )
        return job

    def wait_for_end(self, job: DeploymentJob) -> tuple[DeploymentJob, list[WorkerResource]]:
        def ended() -> DeploymentJob | None:
            for product, count in sorted(job.products.items()):
                workers = list(self.world.workers.list(job.job_id, product))
                if workers and all(worker.status.settled for worker in workers):
                    self._once(f"deploy_{product.value.lower()} finished {len(workers)} of {count}")
            now = self.world.jobs.get(job.job_id)
            return now if now.status.final else None

        final = self._wait(ended, f"job {job.job_id} to end")
        self.teller.say(f"job {job.job_id} ended: {final.status.value}")
        return final, list(self.world.workers.list(job.job_id))

    def certificate_to_renew(self, slots: list[CloudResource]) -> Certificate:
        """The certificate in service that expires first and can be renewed."""
        now = self.world.clock()
        used = {slot.cert_identifier for slot in slots}
        renewable = [
            record.certificate
            for store in self.world.policy.stores
            for record in self.world.certificates.list(store)
            if record.certificate.identifier in used and record.certificate.why_not_deployable(now) is None
        ]
        if not renewable:
            raise TooLongError("the estate has no certificate in service that can be renewed")
        return min(renewable, key=lambda certificate: (certificate.not_after, certificate.cert_id))

    def _wait(self, look: Callable[[], T | None], what: str) -> T:
        with self.teller.waiting(what):
            while (result := look()) is None:
                if time.monotonic() > self.until:
                    raise TooLongError(f"timed out waiting for {what}")
                self.stage.running  # noqa: B018 - raises if a process has gone down
                time.sleep(_POLL_S)
        return result

    def _once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self.teller.say(text)
