"""What a person asks about the quota, sets of it, and adds to it."""

import uuid
from collections.abc import Iterable

from pydantic import AwareDatetime

from shared.domain.quota import Package, QuotaAccount, QuotaBudget, QuotaMode, Use, use_of
from shared.domain.quota_requests import AddQuota, ManageQuota, SetQuota
from shared.domain.values import Wire
from shared.errors import InvalidRequestError, NotFoundError
from shared.services.quota import left_of
from shared.services.world import World
from shared.validation.requests import only_one


class OpenJob(Wire):
    """A job that holds a part of the quota."""

    job_id: int
    name: str
    held: int
    use: Use


class QuotaShown(Wire):
    """`bought` is `used` and `consumed` and `reserved` and `left`."""

    mode: QuotaMode
    bought: int
    used: int  #: by jobs that have ended
    consumed: int  #: by jobs that run: a deployment has begun
    reserved: int  #: by jobs that were submitted: none has begun
    left: int
    shared: tuple[str, ...] = ()  #: certificates that are free, since they were shared with this account
    jobs: tuple[OpenJob, ...] = ()


class QuotaLine(Wire):
    """What was bought (`package_id`), or what a job has used by its end (`job_id`)."""

    at: AwareDatetime
    package_id: str | None = None
    bought: int = 0
    note: str = ""
    job_id: int | None = None
    end: int = 0  #: of the job: how often it had been retried
    name: str = ""
    reserved: int = 0
    used: int = 0
    given_back: int = 0
    released: int = 0


class ManagedQuota(Wire):
    """Only `history` is set where that was asked for."""

    quota: QuotaShown | None = None
    history: tuple[QuotaLine, ...] | None = None


def manage_quota(world: World, request: ManageQuota) -> ManagedQuota:
    only_one(request)
    if request.history:
        return ManagedQuota(history=_history(world))
    if request.add:
        _add(world, request.add)
    if request.set_quota:
        _set(world, request.set_quota)
    return ManagedQuota(quota=_shown(world))


def _add(world: World, asked: AddQuota) -> None:
    token = asked.client_token or str(uuid.uuid4())
    package = Package(count=asked.count, note=asked.note, added_at=world.clock())

    def changed(budget: QuotaBudget) -> QuotaBudget:
        if (there := budget.packages.get(token)) is None:
            return budget.evolve(packages={**budget.packages, token: package})
        if (there.count, there.note) != (package.count, package.note):
            raise InvalidRequestError("ClientToken: it was used for another package; choose another token")
        return budget

    world.quota.budget.change(changed)


def _set(world: World, asked: SetQuota) -> None:
    if asked.mode is None and not (asked.share or asked.unshare):
        raise InvalidRequestError("Set: nothing is given; give Mode, Share or Unshare")
    shared = {identifier for cert_id in asked.share for identifier in _known(world, cert_id)}
    homes = world.policy.homes
    unshared = {f"{cert_id}-{home}" for cert_id in asked.unshare for home in homes}

    def changed(budget: QuotaBudget) -> QuotaBudget:
        return budget.evolve(
            mode=asked.mode or budget.mode, shared=tuple(sorted({*budget.shared, *shared} - unshared))
        )

    world.quota.budget.change(changed)


def _known(world: World, cert_id: int) -> list[str]:
    found = world.certificates.find_many(f"{cert_id}-{home}" for home in world.policy.homes)
    if not found:
        raise NotFoundError("Certificate", cert_id, "`certdeploy scan` reads CAS anew")
    return list(found)


def _shown(world: World) -> QuotaShown:
    budget, account = world.quota.budget.get(), world.quota.account.get()
    jobs = tuple(_open_jobs(world, account, frozenset(budget.shared)))
    # What is consumed now follows from the workers; what no other job can have is what the account says.
    consumed = min(
        account.held, sum(max(0, job.use.consumed - account.jobs[job.job_id].before) for job in jobs)
    )
    return QuotaShown(
        mode=budget.mode,
        bought=budget.bought,
        used=account.used,
        consumed=consumed,
        reserved=account.held - consumed,
        left=left_of(budget, account),
        shared=budget.shared,
        jobs=jobs,
    )


def _open_jobs(world: World, account: QuotaAccount, shared: frozenset[str]) -> Iterable[OpenJob]:
    for job_id, held in sorted(account.jobs.items()):
        job = world.jobs.find(job_id)
        use = use_of(job, world.workers.list(job_id), shared) if job else Use(reserved=held.held)
        yield OpenJob(job_id=job_id, name=job.name if job else "", held=held.held, use=use)


def _history(world: World) -> tuple[QuotaLine, ...]:
    packages = [
        QuotaLine(at=one.added_at, package_id=token, bought=one.count, note=one.note)
        for token, one in world.quota.budget.get().packages.items()
    ]
    jobs = [QuotaLine(**entry.model_dump(exclude={"version"})) for entry in world.quota.entries.list()]
    return tuple(sorted([*packages, *jobs], key=lambda line: (line.at, line.job_id or 0, line.end)))
