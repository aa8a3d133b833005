"""What may be done with a job that exists: each is looked at first, on a page that says what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.asking import Asked, Done, Page
from console.commands import options
from shared.domain.job_requests import RetryDeploymentJob
from shared.domain.jobs import DeploymentJob, RetryAsked, WorkerResource
from shared.domain.requests import RollBackDeploymentJob
from shared.domain.states import JobStatus
from shared.domain.values import Wire
from shared.errors import InvalidRequestError, NotFoundError
from shared.services.freezing import frozen_at, told
from shared.services.manage import Managed
from shared.services.rollback_plan import RollbackLine, lines, plan_rollback
from shared.services.waves import waits_for_somebody
from shared.services.world import World
from shared.validation.requests import parse


@dataclass(frozen=True)
class Order:
    """`told`: what it does, in words. `fits`: whether its button is shown; the service decides.

    `of_slots`: it may be for some slots or products of the job. `begins`: something begins, which a freeze
    window of the policies holds back.
    """

    title: str
    told: str
    request: Callable[[DeploymentJob], dict[str, Any]]
    fits: Callable[[DeploymentJob], bool]
    danger: bool = False
    of_slots: bool = False
    begins: bool = False


def _id(job: DeploymentJob) -> dict[str, Any]:
    return {"JobId": job.job_id}


ALL: Final[Mapping[str, Order]] = {
    "submit": Order(
        "Submit",
        "The draft runs as it was shown, at its time or at once.",
        lambda job: {"Submit": {**_id(job), "Digest": job.plan_digest}},
        lambda job: job.status is JobStatus.EDITING,
        begins=True,
    ),
    "continue": Order(
        "Continue",
        "The next wave begins now.",
        lambda job: {"Continue": {**_id(job), "Wave": job.wave + 2}},
        waits_for_somebody,
        begins=True,
    ),
    "cancel": Order(
        "Cancel",
        "Slots that are being changed are brought to their end, the rest is not begun."
        " What is deployed stays.",
        lambda job: {"Cancel": _id(job)},
        lambda job: not job.status.final,
        danger=True,
    ),
    "retry": Order(
        "Retry",
        "What ended in error is tried again, in the same job.",
        lambda job: {"Retry": _id(job)},
        lambda job: job.status.final and bool(job.error_count or job.halted),
        of_slots=True,
        begins=True,
    ),
    "rollback": Order(
        "Roll back",
        "Each slot gets back what it had before the job. One that has changed since is left alone.",
        lambda job: {"RollBack": _id(job)},
        lambda job: job.status.final and bool(job.success_count or job.error_count),
        danger=True,
        of_slots=True,
    ),
    "delete": Order(
        "Delete",
        "This cannot be undone: neither what the job did nor the way back can be looked up any more."
        " What it has deployed stays in service.",
        lambda job: {"Delete": {"JobIds": [job.job_id]}},
        lambda job: job.status is not JobStatus.PROCESSING,
        danger=True,
    ),
}


def fitting(job: DeploymentJob) -> dict[str, Order]:
    """The orders whose buttons a job's page has."""
    return {name: order for name, order in ALL.items() if order.fits(job)}


class Confirmed(Wire):
    job: DeploymentJob
    slots: tuple[str, ...] = ()  #: that it is for; of products; neither: all
    products: tuple[str, ...] = ()
    retried: tuple[WorkerResource, ...] = ()  #: of a retry: what failed of them
    rollback: tuple[RollbackLine, ...] = ()  #: what a rollback would do
    moved: Managed | None = None  #: of a draft: what has moved since
    frozen: str | None = None  #: until when changes are frozen, if they are now


def confirm(asked: Asked) -> Page:
    name, order = _order(asked)
    job = asked.world.jobs.get(asked.number("id"))
    chosen = _chosen(asked, order)
    answer = Confirmed(
        job=job,
        slots=tuple(chosen.get("ResourceIds", ())),
        products=tuple(chosen.get("Products", ())),
        retried=_retried(asked.world, job, chosen) if name == "retry" else (),
        rollback=_rollback(asked.world, job, chosen) if name == "rollback" else (),
        moved=_moved(asked, name, job),
        frozen=_frozen(asked.world, job, order),
    )
    # The page names the digest that it shows: what is edited meanwhile is refused.
    digest = job.plan_digest if name == "submit" else ""
    more = {"order": order, "name": name, "digest": digest, "shown": _SHOWN}
    return Page("confirm.html", answer, more, _command(asked, name, job, digest))


def do(asked: Asked) -> Done:
    name, order = _order(asked)
    job = asked.world.jobs.get(asked.number("id"))
    request = order.request(job)
    (kind,) = request
    if name == "submit":
        request[kind]["Digest"] = asked.one("digest")
    request[kind] |= _chosen(asked, order)
    if order.begins and asked.one("freeze"):
        request[kind]["DuringFreeze"] = True
    answer = asked.managed(request)
    if name != "delete":
        return Done(f"/job?id={job.job_id}")
    if failed := [one for one in answer.deleted or () if not one.deleted]:
        raise InvalidRequestError(f"job {failed[0].job_id} is not deleted: {failed[0].reason}")
    return Done("/jobs")


_SHOWN: Final = 200  #: slots that are listed


def _order(asked: Asked) -> tuple[str, Order]:
    name = asked.one("what")
    if name not in ALL:
        raise NotFoundError("Order", name, f"there are {', '.join(ALL)}")
    return name, ALL[name]


def _chosen(asked: Asked, order: Order) -> dict[str, list[str]]:
    """Slots and products that it is for, as requests have them; nothing: all of the job."""
    if not order.of_slots:
        return {}
    found = {"ResourceIds": asked.all("slot"), "Products": asked.words("product")}
    return {field: some for field, some in found.items() if some}


def _retried(world: World, job: DeploymentJob, chosen: Mapping[str, list[str]]) -> tuple[WorkerResource, ...]:
    request = parse(RetryDeploymentJob, {**_id(job), **chosen})
    asked = RetryAsked(
        at=world.clock(), halted=bool(job.halted), slots=request.resource_ids, products=request.products
    )
    return tuple(filter(asked.means, world.workers.list(job.job_id)))


def _rollback(world: World, job: DeploymentJob, chosen: Mapping[str, Any]) -> tuple[RollbackLine, ...]:
    return lines(plan_rollback(world, parse(RollBackDeploymentJob, {**_id(job), **chosen})))


def _moved(asked: Asked, name: str, job: DeploymentJob) -> Managed | None:
    draft = name == "submit" and job.status is JobStatus.EDITING
    return asked.managed({"Diff": _id(job)}) if draft else None


def _frozen(world: World, job: DeploymentJob, order: Order) -> str | None:
    """A draft begins at its time."""
    at = max(job.schedule_time, world.clock()) if job.status is JobStatus.EDITING else world.clock()
    window = frozen_at(world, at) if order.begins and not job.during_freeze else None
    return told(window) if window else None


def _command(asked: Asked, name: str, job: DeploymentJob, digest: str) -> list[str]:
    chosen = _chosen(asked, ALL[name])
    return [
        *("job", name, str(job.job_id)),
        *options("--slot", chosen.get("ResourceIds", ())),
        *options("--product", chosen.get("Products", ())),
        *options("--digest", [digest] if digest else []),
    ]
