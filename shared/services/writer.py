"""The workers of one writer (listener, accelerator, domain), from claim to end: deployed, or rolled back.

One task for each writer: so its slots are changed one after the other, or by one call where the product
takes several, and then proved. What an attempt does is the same for both ways; `Kind` has what differs.
"""

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, TypeAlias

from shared.domain.jobs import Handshake, Verification, WorkerResource
from shared.domain.resources import SlotRole
from shared.domain.states import WorkerStatus
from shared.errors import AppError, ConflictError, InvalidRequestError, PlanChangedError, SupersededError
from shared.products.kit.changer import Changer
from shared.products.kit.changes import Carries, Change, Look
from shared.products.kit.exchange import End, Outcome, exchange
from shared.products.kit.waiting import LONGEST_PAUSE_S, Waiter
from shared.services.beside import Beside
from shared.services.fence import is_met_there, why_barred, why_named_otherwise, why_not_found
from shared.services.left import left_half_made
from shared.services.lifecycle import SPARE_S, after_failure, claimed, ended, facts, lifecycle_of, log, took
from shared.services.showing import show
from shared.services.side_by_side import Task
from shared.services.verify import verify
from shared.services.world import World

_AFTER_S: Final = 10.0  #: a lease outlasts the function that holds it, which is cut off at its timeout
_FIRST_PROBE_S: Final = 0.2  #: pause before the next handshake: it costs the product nothing


class Attempt:
    """A worker in this invocation's hands, as it is stored."""

    def __init__(self, world: World, worker: WorkerResource, known: dict[int, WorkerResource]) -> None:
        """`known`: where others find what is stored."""
        self._world, self._known = world, known
        self.worker = known[worker.worker_id] = worker

    def remember(self, **changes: Any) -> None:
        """Store what the next attempt needs to know if this one is cut off.

        Raises:
            ConflictError: another invocation has taken the worker over.
        """
        self.save(self.worker.evolve(**changes))

    def save(self, worker: WorkerResource) -> None:
        """Raises ConflictError: as `remember`."""
        self.worker = self._known[worker.worker_id] = self._world.workers.save(worker)


class Kind(Protocol):
    """What deploying and rolling back have apart."""

    def change(
        self, world: World, adapter: Changer, made: Attempt, workers: Collection[WorkerResource]
    ) -> Change:
        """What is to be exchanged. `workers`: the job's of the writer. Raises AppError if it may not be."""

    def remember(self, made: Attempt, change: Change, look: Look) -> None:
        """Store what a later attempt needs, before a write.

        Raises:
            SupersededError: it is not to be made any more, and nothing has been written.
            AppError: it may not be made.
        """

    def overtaken(self, world: World, outcome: Outcome) -> str:
        """What is there by now, if that is as good as what was to come; else ""."""

    def unexpected(self, outcome: Outcome) -> AppError:
        """Why a slot that is gone, or carries something else, is left alone."""


KindOf: TypeAlias = Callable[[WorkerResource], Kind]


def work_on(
    world: World,
    adapter: Changer,
    workers: Sequence[WorkerResource],
    kind_of: KindOf,
) -> Task:
    """A task: bring each worker of one writer to its end, in as many attempts as it takes.

    `workers`: all that the job has of the writer, at their end or not. What is not at its end when the
    function's time is nearly up is left as it is stored.
    """
    # The default before the additional ones: it is what clients fall back on.
    ordered = sorted(workers, key=lambda w: (w.resource.role is SlotRole.ADDITIONAL, w.worker_id))
    known = {worker.worker_id: worker for worker in ordered}
    open_ = [worker for worker in ordered if not worker.status.settled]
    pause = 1.0
    while open_ and world.left_s() >= SPARE_S:
        now = world.clock()
        ready = [w for w in open_ if not w.leased(now) and not w.waits(now)]
        if ready:
            yield from _Turn(world, adapter, kind_of, known).take(ready)
            pause = 1.0
        else:
            due = [at for w in open_ if (at := w.lease_until if w.leased(now) else w.not_before)]
            pause = min(pause * 1.6, LONGEST_PAUSE_S)
            until_due = max(0.0, (min(due) - now).total_seconds()) if due else pause
            if world.left_s() - SPARE_S < min(pause, until_due):
                return
            yield max(0.01, min(pause, until_due))
        open_ = _open_still(world, open_, known)


def _open_still(
    world: World, open_: Sequence[WorkerResource], known: dict[int, WorkerResource]
) -> list[WorkerResource]:
    """Those that are not at their end, as they are stored now. Of those that we brought there we know it."""
    left: list[WorkerResource] = []
    for worker in open_:
        if known[worker.worker_id].status.settled:
            continue
        if (found := world.workers.find(worker)) is not None:
            known[found.worker_id] = found
            left += [] if found.status.settled else [found]
    return left


@dataclass(frozen=True)
class _Turn:
    """One attempt at the workers of a writer that are ready."""

    world: World
    adapter: Changer
    kind_of: KindOf
    known: dict[int, WorkerResource]  #: the job's workers of this writer, by id, as they are stored

    def take(self, workers: Sequence[WorkerResource]) -> Task:
        """Raises nothing that can be told as a worker's end."""
        lease_s = self.world.left_s() + _AFTER_S
        in_hand: list[Attempt] = []
        try:
            with self.world.leases.hold(workers[0].resource.writer, self.world.holder, lease_s):
                exchanged: list[tuple[Attempt, Outcome]] = []
                for group in self._groups(workers):
                    if self.world.left_s() < SPARE_S:
                        break
                    in_hand = self._claim(group, lease_s)
                    exchanged += yield from self._exchange(in_hand)
                in_hand = []
                for made, outcome in exchanged:
                    yield from self._prove(made, outcome)
        except ConflictError as error:  # another invocation is at this writer
            for made in in_hand or self._claim(workers, lease_s):
                self._failed(made, error)

    def _groups(self, workers: Sequence[WorkerResource]) -> list[list[WorkerResource]]:
        if self.adapter.looks_at_once(workers[0].resource):
            return [list(workers)]
        return [[worker] for worker in workers]

    def _claim(self, workers: Sequence[WorkerResource], lease_s: float) -> list[Attempt]:
        made: list[Attempt] = []
        for worker in workers:
            with suppress(ConflictError):  # another delivery claimed it
                made.append(Attempt(self.world, claimed(self.world, worker, lease_s), self.known))
        return made

    def _exchange(self, in_hand: list[Attempt]) -> Generator[float, None, list[tuple[Attempt, Outcome]]]:
        """Those whose certificate is in place, to be proved; the others are at the end of this attempt."""
        changes: list[Change] = []
        attempts: dict[str, Attempt] = {}
        for made in in_hand:
            with self._told(made):
                if barred := why_barred(self.world, self.adapter.product, made.worker):
                    raise InvalidRequestError(barred)  # the settings may have changed since the job
                kind, all_ = self.kind_of(made.worker), self.known.values()
                change = replace(kind.change(self.world, self.adapter, made, all_), moved=self._moved(made))
                attempts[change.resource.slot] = made
                changes.append(change)
        if not changes:
            return []

        def remember(change: Change, look: Look) -> None:
            made = attempts[change.resource.slot]
            first = made.worker.previous_cert_identifier is None
            untouched = look.carries is Carries.EXPECTED and change.undoes is None
            if (first or untouched) and (why_not := why_not_found(self.world, change.resource)):
                raise InvalidRequestError(why_not)
            if moved := why_named_otherwise(self.world, change, look):
                raise PlanChangedError(f"{moved}; discover, and create a new job")
            self.kind_of(made.worker).remember(made, change, look)

        done: list[tuple[Attempt, Outcome]] = []
        outcomes: list[Outcome] = []
        with self._told(*attempts.values()):
            outcomes = yield from exchange(self.adapter, changes, remember, self._patience)
        for made, outcome in zip(attempts.values(), outcomes, strict=bool(outcomes)):
            if outcome.end is End.DONE:
                done.append((made, outcome))
            else:
                self._ended_otherwise(made, outcome)
        return done

    def _ended_otherwise(self, made: Attempt, outcome: Outcome) -> None:
        """It is gone, carries something else, or could not be looked at or written."""
        kind = self.kind_of(made.worker)
        if isinstance(outcome.error, SupersededError):
            why = str(outcome.error)
        else:
            why = kind.overtaken(self.world, outcome) if outcome.error is None else ""
        if why:
            log.info("worker was superseded", extra={**facts(made.worker), "reason": why})
            self._save(made, ended(self.world, made.worker, WorkerStatus.SUPERSEDED, reason=why))
        else:
            self._failed(made, outcome.error or kind.unexpected(outcome))

    def _moved(self, made: Attempt) -> dict[str, str]:
        """What the other workers of the writer exchange, as far as they have begun."""
        moved: dict[str, str] = {}
        for worker in self.known.values():
            before = worker.previous_cert_identifier
            if worker.worker_id == made.worker.worker_id or not before:
                continue
            if not worker.status.of_rollback:
                moved[before] = worker.cert_identifier
            elif worker.deployed:
                moved[worker.deployed.cert_identifier] = before
        return moved

    def _prove(self, made: Attempt, outcome: Outcome) -> Task:
        """Clients are served the certificate, as far as they can be asked; then the worker is at its end."""
        change, look = outcome.change, outcome.look
        assert look is not None, "it is done"
        # They were compared. What differs from now on, as by another slot of the job, is no loss.
        also = made.worker.also_changed if change.others is None else outcome.also_changed
        made.worker = made.worker.evolve(settings_before=None, others_before=None, also_changed=also)
        with self._told(made):
            record = self.world.resources.find(change.resource.slot)
            seen, told = look.slot, is_met_there(self.world, change.resource, look.slot, record)
            if not told:
                seen = seen.evolve(endpoint="", server_names=())
            # The product carries it, whatever clients think of it.
            show(self.world, made.worker.job_id, change, seen, record, met=told)
            if change.wanted is not None:
                patience = replace(self._patience(), first_pause_s=_FIRST_PROBE_S)
                others = Beside(self.world, self.adapter, change, look)
                as_before = made.worker.status.of_rollback
                verification = yield from verify(
                    self.world, seen, change.wanted, patience, others, as_before=as_before
                )
            else:
                detail = "it has no certificate again, as before the job"
                verification = Verification(
                    read_back=True, handshake=Handshake.NOT_TRIED, detail=detail, at=self.world.clock()
                )
            life = lifecycle_of(made.worker)
            proof = {
                "handshake": verification.handshake.value,
                **({"also_changed": list(also)} if also else {}),
            }
            log.info(life.succeeded, extra={**facts(made.worker), **took(self.world, made.worker), **proof})
            self._save(made, ended(self.world, made.worker, life.success, verification=verification))

    @contextmanager
    def _told(self, *attempts: Attempt) -> Iterator[None]:
        """What goes wrong within is these workers' end, or the reason to try them again."""
        try:
            yield
        except AppError as error:
            for made in attempts:
                self._failed(made, error)
        except Exception as error:
            reason = f"internal error: {type(error).__name__}; see the function's log"
            for made in attempts:
                log.exception("worker failed unexpectedly", extra=facts(made.worker))
                life = lifecycle_of(made.worker)
                self._end(made, ended(self.world, made.worker, life.error, reason=reason))

    def _failed(self, made: Attempt, error: AppError) -> None:
        self._end(made, after_failure(self.world, made.worker, error))

    def _end(self, made: Attempt, worker: WorkerResource) -> None:
        """Not in success. What its exchange has left half made is told, if nothing goes on with it."""
        left = left_half_made(self.world, self.adapter, worker) if worker.status.settled else ""
        self._save(made, worker.evolve(reason=f"{worker.reason}; {left}") if left else worker)

    def _save(self, made: Attempt, worker: WorkerResource) -> None:
        try:
            made.save(worker)
        except ConflictError:
            log.warning("worker was taken over", extra=facts(made.worker))

    def _patience(self) -> Waiter:
        """For a change to be shown and served."""
        return self.world.waiter(spare_s=SPARE_S, at_most_s=self.world.policy.served_within_s)
