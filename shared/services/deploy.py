"""Carry out a shard of a job: the workers of one product that one invocation takes."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from shared.domain.accounts import OWN
from shared.domain.certificates import Certificate
from shared.domain.engines import Engine, engine_of
from shared.domain.events import WorkersScheduled
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.replacing import Exchange, why_less_trusted
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.values import Wire
from shared.errors import (
    AppError,
    CloudRejectedError,
    InvalidRequestError,
    NotYetValidError,
    PlanChangedError,
    SupersededError,
)
from shared.products.kit.changer import Changer
from shared.products.kit.changes import Carries, Change, Look
from shared.products.kit.exchange import End, Outcome
from shared.services.cancel import cancel_waiting
from shared.services.cas_engine import CasEngine
from shared.services.cas_shard import CasShard
from shared.services.catalogue import KnownCertificates
from shared.services.policies import PoliciesByNow
from shared.services.rollback import Rollback
from shared.services.run import publish_scheduled
from shared.services.sharing import shared_rates
from shared.services.side_by_side import run_side_by_side
from shared.services.world import World
from shared.services.writer import Attempt, Kind, KindOf, work_on

_READ_AGAIN: Final = timedelta(seconds=30)  #: what CAS says of a certificate, as the last scan stored it


class ShardResult(Wire):
    success: int = 0
    error: int = 0
    rollback_success: int = 0
    rollback_error: int = 0
    handed_on: int = 0


def deploy_workers(world: World, event: WorkersScheduled, product: CloudProduct) -> ShardResult:
    """Work on the workers of a shard of `product` until all are settled or the time is nearly up.

    Those of a job that is processed are deployed; those that wait for it after its end, rolled back.
    Slots of one writer are changed one after the other or together, writers side by side. What is
    left when the function's time ends is handed on to the next invocation.
    """
    if event.product is not product:  # whose calls the role of this function does not allow
        raise InvalidRequestError(
            f"Product: deploy_{product.value.lower()} does not deploy {event.product.value}"
        )
    job = world.jobs.get(event.job_id)
    if product not in job.products:
        raise InvalidRequestError(f"Product: job {job.job_id} has no {product.value} slots")
    if job.status in (JobStatus.EDITING, JobStatus.PENDING):
        return ShardResult()
    if job.cancelled_at is not None or job.halted:
        cancel_waiting(world, job, event.product, event.shard)
    changers = Changers(world, job, product, event.shard)
    by_writer: dict[str, list[WorkerResource]] = defaultdict(list)
    share = event.job_id, event.product, event.shard
    for worker in world.workers.list(*share):
        if worker.status is not WorkerStatus.HELD:  # its wave has not begun, whoever sent this
            by_writer[worker.resource.writer].append(worker)
    kind_of = kinds_of(world, job)
    open_ = [workers for workers in by_writer.values() if any(not one.status.settled for one in workers)]
    run_side_by_side(
        (work_on(world, changers.of(workers[0].resource), workers, kind_of) for workers in _by_turns(open_)),
        beside=shared_rates(world, event, at_most=job.products[product]),
        parallel=world.policy.parallel,
        clock=world.steady(),
        sleep=world.sleep,
    )
    ended = Counter(worker.status for worker in world.workers.list(*share))
    ended.pop(WorkerStatus.HELD, None)
    waiting = sum(count for status, count in ended.items() if not status.settled)
    if waiting:
        publish_scheduled(world, *share, event.shards)
    else:
        payload = f'{{"JobId":{event.job_id}}}'.encode()
        world.functions.invoke("run_deployment_jobs", payload)
    return ShardResult(
        success=ended[WorkerStatus.SUCCESS],
        error=ended[WorkerStatus.ERROR],
        rollback_success=ended[WorkerStatus.ROLLBACK_SUCCESS],
        rollback_error=ended[WorkerStatus.ROLLBACK_ERROR],
        handed_on=waiting,
    )


def _by_turns(writers: Iterable[list[WorkerResource]]) -> list[list[WorkerResource]]:
    """One of each region, then the next of each: a region has a pace of its own, and all are to be used."""
    met: Counter[str] = Counter()

    def turn(workers: list[WorkerResource]) -> int:
        slot = workers[0].resource
        place = slot.area or slot.location
        met[place] += 1
        return met[place]

    return sorted(writers, key=turn)


class Changers:
    """Of one product, for a shard of a job: one for each account that slots are in."""

    def __init__(self, world: World, job: DeploymentJob, product: CloudProduct, shard: int) -> None:
        self._world, self._job, self._product, self._shard = world, job, product, shard
        self._made: dict[str, Changer] = {}

    def of(self, slot: CloudResource) -> Changer:
        """A slot of an account that is not looked after any more gets the own one's, which the fence bars."""
        account = slot.account
        if self._world.policy.scope.why_not_account(account):
            account = OWN
        if account not in self._made:
            self._made[account] = self._for(account)
        return self._made[account]

    def _for(self, account: str) -> Changer:
        world, job = self._world, self._job
        catalogue = KnownCertificates(world.certificates, world.policy.homes_of(account))
        adapter = world.adapter(self._product, catalogue, job.accept_outage, account=account)
        if engine_of(job.engine, self._product) is Engine.DIRECT:
            return adapter
        return CasEngine(adapter, CasShard(world, job, self._product, self._shard, account))


class Deployment:
    """A worker's certificate takes the place of the one that the plan saw."""

    def __init__(self, policies: PoliciesByNow | None) -> None:
        """`policies`: of a job that nobody asked for; it keeps to them as they are by now."""
        self._policies = policies
        self._certificates: dict[str, tuple[datetime, Certificate]] = {}

    def change(
        self, world: World, adapter: Changer, made: Attempt, workers: Collection[WorkerResource]
    ) -> Change:
        worker = made.worker
        certificate = self._certificate(world, worker.cert_identifier)
        if reason := certificate.why_not_deployable(now := world.clock()):
            in_time = certificate.why_not_deployable(max(now, certificate.not_before)) is None
            kind = NotYetValidError if in_time else InvalidRequestError
            raise kind(f"certificate {certificate.identifier}: {reason}")
        return Change(
            worker.resource,
            certificate,
            begun=worker.previous_cert_identifier is not None,
            before=worker.settings_before,
            others=worker.others_before,
            lost=worker.lost,
            half_made=worker.half_made,
        )

    def _certificate(self, world: World, identifier: str) -> Certificate:
        """Most workers of a job have the same one: it is read again after a while. Raises NotFoundError."""
        now = world.clock()
        read_at, certificate = self._certificates.get(identifier, (None, None))
        if certificate is None or read_at is None or abs(now - read_at) > _READ_AGAIN:
            certificate = world.certificates.get(identifier).certificate
            self._certificates[identifier] = now, certificate
        return certificate

    def remember(self, made: Attempt, change: Change, look: Look) -> None:
        """A policy that came after the plan stops it, unless it is half done: that would be worse."""
        untouched = look.carries is Carries.EXPECTED and not (change.lost or made.worker.half_made)
        if self._policies and untouched and (why_not := self._policies.why_not(made.worker)):
            raise SupersededError(f"{why_not} since the job was planned")
        made.remember(
            previous_cert_identifier=change.resource.cert_identifier,
            settings_before=change.before,
            others_before=change.others,
            lost=change.lost,
            half_made=change.half_made,
        )

    def overtaken(self, world: World, outcome: Outcome) -> str:
        """A certificate that is valid as long and trusted as widely, of another job or put there by hand."""
        wanted, look = outcome.change.wanted, outcome.look
        if outcome.end is End.GONE or look is None or wanted is None:
            return ""
        if outcome.change.half_made:  # what it left is to be told, and can be rolled back after an error only
            return ""
        record = world.certificates.find(look.slot.cert_identifier)
        newer = record.certificate if record else None
        if newer is None or newer.not_after < wanted.not_after or newer.why_not_deployable(world.clock()):
            return ""
        slot = outcome.change.resource
        if not all(newer.covers(name) for name in slot.domains):
            return ""
        standings = world.standing(newer), world.standing(wanted)
        if why_less_trusted(Exchange(newer, standings[0], slot, wanted, standings[1], world.clock())):
            return ""
        return f"{newer.identifier} was put there meanwhile, which is valid until {newer.not_after:%Y-%m-%d}"

    def unexpected(self, outcome: Outcome) -> AppError:
        resource = outcome.change.resource
        if outcome.end is End.GONE or outcome.look is None:
            return CloudRejectedError("read", "NotFound", f"{resource.slot} is gone")
        return PlanChangedError(
            f"{resource.slot} carries {outcome.look.slot.cert_identifier or 'no certificate'} by now,"
            f" the plan saw {resource.cert_identifier or 'none'}; discover, and create a new job"
        )


def kinds_of(world: World, job: DeploymentJob) -> KindOf:
    """What is to be done with each of its workers that is not settled."""
    deployment, rollback = Deployment(PoliciesByNow(world) if job.automatic else None), Rollback()

    def kind_of(worker: WorkerResource) -> Kind:
        return rollback if worker.status is WorkerStatus.ROLLBACK else deployment

    return kind_of
