"""What must hold after a run, asked of the emulated cloud itself; each returns what does not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.domain.jobs import DeploymentJob, Handshake, WorkerResource
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus
from shared.products import supported_products
from shared.services.again import is_another_try
from shared.state.tables import CALLERS, LEASES
from tests.chaos.ground import HOOK, ROOM, Ground
from tests.chaos.held import held
from tests.chaos.places import Place, Places, perhaps_at, workers_at
from tests.receiver import Message

_KEY = "PRIVATE KEY"
_DAY = timedelta(days=1)
_TELL = ("notify_contacts", "run_deployment_jobs")  #: functions that send messages
#: Of names that lead nowhere: readers pass them over, discoveries end what was begun.
_HARMLESS = ("it leads to no slot", "its removal was begun")
_SETTLING = timedelta(minutes=2)
#: They write what their rules say to listeners of balancers, whatever somebody has put on those.
_OF_RULES = frozenset({CloudProduct.SAE, CloudProduct.ACK})


@dataclass(frozen=True)
class Clean:
    """A run in which nothing went wrong."""

    before: Places
    settings: dict[str, str]  #: that the exchange leaves alone
    written: Counter[str]
    boundaries: dict[str, int]  #: of each function


@dataclass
class Meddled:
    """What others did meanwhile, at the places that it concerns."""

    by_hand: dict[Place, dict[str, datetime]] = field(default_factory=lambda: defaultdict(dict))
    raced: set[Place] = field(default_factory=set)  #: of these, where a deployment was at work just then
    removed: set[Place] = field(default_factory=set)
    taken_away: int = 0  #: certificates, from CAS
    jumped: bool = False  #: the clock was set: times that functions tell are no measure

    def services(self) -> set[str]:
        return {place[0] for place in (*self.by_hand, *self.removed)}


@dataclass(frozen=True)
class Seen:
    """What the functions have stored."""

    jobs: list[DeploymentJob]
    workers: list[WorkerResource]


def seen(ground: Ground) -> Seen:
    world = ground.world
    jobs = list(world.jobs.list())
    workers = [worker for job in jobs for worker in world.workers.list(job.job_id)]
    return Seen(jobs, workers)


def is_done(ground: Ground, meddled: Meddled | None = None) -> bool:
    """Nothing is left to do for any job, nor for another try at what one could not do, nor to tell.

    There is a job, if the certificate was not taken away before anybody saw it.
    """
    jobs = list(ground.world.jobs.list())
    ended = all(job.status.final for job in jobs) and bool(jobs or (meddled and meddled.taken_away))
    told = not any(ground.world.notifications.opened())
    return ended and told and not list(ground.world.jobs.due(ground.clock()))


def is_at_rest(ground: Ground) -> bool:
    """Nothing is under way; there may be another try to come."""
    jobs = [job for job in ground.world.jobs.list() if not job.status.final]
    return all(_is_to_come(ground, job) for job in jobs) and not list(ground.world.jobs.due(ground.clock()))


def violations(ground: Ground, clean: Clean, meddled: Meddled, *, calm: bool, kills: int = 1) -> list[str]:
    """`calm`: nothing but functions was struck, each so often: all of them succeed in the end."""
    found = seen(ground)
    return [
        *_stuck(ground, found),
        *(_not_all(ground, clean, found) if calm else ()),
        *_misplaced(ground, clean, meddled, found),
        *_unset(ground, clean, meddled),
        *_written_too_often(ground, clean, found, kills),
        *_told_too_often(ground, found, calm=calm),
        *_left_behind(ground, calm=calm),
        *_keys(ground),
    ]


def _stuck(ground: Ground, found: Seen) -> Iterator[str]:
    """Another try that is to come, for what could not be done last time, is none."""
    to_come = {job.job_id for job in found.jobs if _is_to_come(ground, job)}
    for worker in found.workers:
        if not worker.status.settled and worker.job_id not in to_come:
            yield f"{worker.resource.slot} of job {worker.job_id} is {worker.status.value}: {worker.reason}"
    for job in found.jobs:
        if not job.status.final and job.job_id not in to_come:
            yield f"job {job.job_id} is {job.status.value}"


def _is_to_come(ground: Ground, job: DeploymentJob) -> bool:
    pending = job.status is JobStatus.PENDING and is_another_try(job)
    return pending and ground.clock() < job.schedule_time < ground.clock() + _DAY


def _not_all(ground: Ground, clean: Clean, found: Seen) -> Iterator[str]:
    if len(found.jobs) != 1:
        yield f"there are {len(found.jobs)} jobs"
    for worker in found.workers:
        if worker.status is not WorkerStatus.SUCCESS:
            yield f"{worker.resource.slot} is {worker.status.value}: {worker.reason}"
        elif worker.previous_cert_identifier != worker.resource.cert_identifier:
            yield f"{worker.resource.slot} cannot go back: {worker.previous_cert_identifier} is remembered"
    if set(ground.products) < set(supported_products()):  # a place may be another product's concern
        return
    after, old = ground.served(), ground.prints()[ground.old]
    for place, was in clean.before.items():
        if was == old == after.get(place) and not workers_at(place, found.workers):
            yield f"{place} was left out of the plan"


def _misplaced(ground: Ground, clean: Clean, meddled: Meddled, found: Seen) -> Iterator[str]:
    """A place of the plan serves the new certificate, or what it served, or what somebody put there."""
    after = ground.served()
    prints = ground.prints()
    for place in {**clean.before, **after}:
        was, now = clean.before.get(place, ""), after.get(place, "")
        workers = workers_at(place, found.workers)
        by_workers = {prints[worker.cert_identifier] for worker in workers}
        succeeded = {prints[w.cert_identifier] for w in workers if w.status is WorkerStatus.SUCCESS}
        by_hand = meddled.by_hand.get(place, {})
        allowed = (succeeded or {was, *by_workers}) | set(by_hand)
        if by_hand:  # somebody may have it use another certificate than it was met with
            others = perhaps_at(place, found.workers)
            saw_it = [w for w in others if prints.get(w.resource.cert_identifier) in by_hand]
            allowed |= {prints[w.cert_identifier] for w in (saw_it if workers else others)}
        if now in by_hand and now not in succeeded and not meddled.jumped:
            yield from _untrue(workers, by_hand[now])
        if by_hand and now in succeeded - by_hand.keys() and not (meddled.jumped or place in meddled.raced):
            last = max(by_hand, key=lambda one: by_hand[one])
            yield from _written_over(place, last, [*workers, *perhaps_at(place, found.workers)], prints)
        if now in allowed or (not now and place in meddled.removed):
            continue
        told = ", ".join(f"{w.resource.slot} {w.status.value} {w.reason}" for w in workers) or "in no plan"
        names = {value: name for name, value in prints.items()}
        expected = " or ".join(names.get(one, one) for one in allowed)
        yield f"{place} serves {names.get(now, now or 'nothing')}, not {expected}: {told}"


def _written_over(
    place: Place, by_hand: str, workers: list[WorkerResource], prints: dict[str, str]
) -> Iterator[str]:
    """What somebody put there was replaced, and no job had planned to replace that."""
    done = [worker for worker in workers if worker.status is WorkerStatus.SUCCESS]
    if all(worker.resource.product in _OF_RULES for worker in done):
        return
    if not any(prints.get(worker.resource.cert_identifier) == by_hand for worker in done):
        yield f"{place} was changed by hand, and written over by {done[0].resource.slot}"


def _untrue(workers: list[WorkerResource], since: datetime) -> Iterator[str]:
    """Successes that were proved when the slot had been changed by hand, for good."""
    if len({worker.resource.slot for worker in workers}) > 1:  # not all of them are served here
        return
    for worker in workers:
        proof = worker.verification if worker.status is WorkerStatus.SUCCESS else None
        if proof and proof.at > since + _SETTLING and not _is_used_nowhere(worker):
            yield f"{worker.resource.slot} is success of {proof.at}, but was changed by hand at {since}"


def _is_used_nowhere(worker: WorkerResource) -> bool:
    """An imported certificate of AWS whose users were given another by hand: it was exchanged, too."""
    proof, aws = worker.verification, worker.resource.product is CloudProduct.AWS
    return aws and proof is not None and proof.handshake is Handshake.NOT_TRIED


def _unset(ground: Ground, clean: Clean, meddled: Meddled) -> Iterator[str]:
    now, touched = held(ground.cloud), meddled.services()
    for where, value in clean.settings.items():
        if where.partition(".")[0] not in touched and now.get(where) != value:
            yield f"{where} was {value}, is {now.get(where)}"


def _written_too_often(ground: Ground, clean: Clean, found: Seen, kills: int) -> Iterator[str]:
    """One write of a slot more than without faults, in each job; one more for each kill.

    The calls to AWS do not tell here which slot they are about.
    """
    for write, count in ground.cloud.written.items():
        of_aws = len(found.workers) if write.endswith("[]") else 0
        most = max(1, clean.written[write]) * max(1, len(found.jobs)) + kills + of_aws
        if count > most:
            yield f"{write}: {count} times, at most {most} were to be expected"


def _told_too_often(ground: Ground, found: Seen, *, calm: bool) -> Iterator[str]:
    """A receiver refuses what it has: the same id is the same message.

    Where nothing but functions is struck, it has none twice but for those that were killed as they told it.
    """
    killed = sum(one.partition(":")[0] in _TELL for one in ground.platform.killed)
    for target, messages in _by_target(ground).items():
        bodies: dict[str, set[bytes]] = defaultdict(set)
        for message in messages:
            bodies[message.id].add(message.raw)
        for id_, texts in bodies.items():
            if len(texts) > 1:
                yield f"message {id_} came in {len(texts)} versions to {target}"
        for id_, times in Counter(message.id for message in messages).items():
            if calm and times > 1 + killed:
                yield f"message {id_} came {times} times to {target}"
        ended = sum(id_.startswith("finished-") for id_ in bodies)
        told = sum(job.finish_announced for job in found.jobs)
        missed = told and not ended and "notify_contacts" not in ground.platform.given_up
        if ended > told or (len(found.jobs) == 1 and missed and (calm or target != ROOM)):
            yield f"{ended} messages of ends, of {told} jobs that have ended, came to {target}"
    yield from _contact_told_again(ground)


def _contact_told_again(ground: Ground) -> Iterator[str]:
    """What a contact's channel has taken, and said so, is not sent there again, if its event comes again."""
    taken = Counter(one.id for one in ground.receiver.messages if one.target == ROOM and not one.trouble)
    for id_, times in taken.items():
        if times > 1 + len(ground.platform.killed):
            yield f"message {id_} was taken {times} times by the contact"


def _by_target(ground: Ground) -> dict[str, list[Message]]:
    """The receiver of the settings, and the contact's channel; with nothing, if nothing came."""
    targets: dict[str, list[Message]] = {HOOK: [], ROOM: []}
    for message in ground.receiver.messages:
        targets[message.target].append(message)
    return targets


def _left_behind(ground: Ground, *, calm: bool) -> Iterator[str]:
    """The state fits together. Only who was killed leaves a lease."""
    for one in ground.check().findings:
        if one.table in (LEASES.name, CALLERS.name) or one.what.startswith(_HARMLESS):
            continue
        yield f"{one.table} {one.key}: {one.what}"
    left = ground.leases()
    if calm and len(left) > len(ground.platform.killed):
        yield f"leases were not let go: {', '.join(left)}"


def _keys(ground: Ground) -> Iterator[str]:
    """No private key in what is stored, sent, logged, or kept of calls."""
    pieces = [_KEY, *(line for pem in ground.private() for line in pem.splitlines()[1:-1])]
    for what, text in _texts(ground):
        if found := [piece for piece in pieces if piece in text]:
            yield f"{what}: a private key ({len(found)} lines of it)"


def _texts(ground: Ground) -> Iterator[tuple[str, str]]:
    yield "the state", ground.state_as_text()
    yield "the events", b"\n".join(ground.platform.sent).decode()
    yield "the messages", b"\n".join(message.raw for message in ground.receiver.messages).decode()
    yield "the log of calls", repr(ground.cloud.calls)
    yield "the functions' log", ground.new_in_log()
