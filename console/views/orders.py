"""What may be done with a job that exists: each is looked at first, on a page that says what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.asking import Asked, Done, Page
from shared.domain.jobs import DeploymentJob
from shared.domain.requests import RollBackDeploymentJob
from shared.domain.states import JobStatus
from shared.domain.values import Wire
from shared.errors import InvalidRequestError, NotFoundError
from shared.services.manage import Managed
from shared.services.rollback_plan import RollbackLine, lines, plan_rollback
from shared.services.waves import waits_for_somebody
from shared.services.world import World
from shared.validation.requests import parse


@dataclass(frozen=True)
class Order:
    """`told`: what it does, in words. `fits`: whether its button is shown; the service decides."""

    title: str
    told: str
    request: Callable[[DeploymentJob], dict[str, Any]]
    fits: Callable[[DeploymentJob], bool]
    danger: bool = False


def _id(job: DeploymentJob) -> dict[str, Any]:
    return {"JobId": job.job_id}


ALL: Final[Mapping[str, Order]] = {
    "submit": Order(
        "Submit",
        "The draft runs as it was shown, at its time or at once.",
        lambda job: {"Submit": {**_id(job), "Digest": job.plan_digest}},
        lambda job: job.status is JobStatus.EDITING,
    ),
    "continue": Order(
        "Continue",
        "The next wave begins now.",
        lambda job: {"Continue": {**_id(job), "Wave": job.wave + 2}},
        waits_for_somebody,
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
    ),
    "rollback": Order(
        "Roll back",
        "Each slot gets back what it had before the job. One that has changed since is left alone.",
        lambda job: {"RollBack": _id(job)},
        lambda job: job.status.final and bool(job.success_count or job.error_count),
        danger=True,
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


def fitting(job: DeploymentJob) -> dict[str, str]:
    """The orders whose buttons a job's page has, with their titles."""
    return {name: order.title for name, order in ALL.items() if order.fits(job)}


class Confirmed(Wire):
    job: DeploymentJob
    rollback: tuple[RollbackLine, ...] = ()  #: what a rollback would do
    moved: Managed | None = None  #: of a draft: what has moved since


def confirm(asked: Asked) -> Page:
    name, order = _order(asked)
    job = asked.world.jobs.get(asked.number("id"))
    answer = Confirmed(job=job, rollback=_rollback(asked.world, name, job), moved=_moved(asked, name, job))
    # The page names the digest that it shows: what is edited meanwhile is refused.
    digest = job.plan_digest if name == "submit" else ""
    more = {"order": order, "name": name, "digest": digest}
    return Page("confirm.html", answer, more, _command(name, job, digest))


def do(asked: Asked) -> Done:
    name, order = _order(asked)
    job = asked.world.jobs.get(asked.number("id"))
    request = order.request(job)
    if name == "submit":
        request["Submit"]["Digest"] = asked.one("digest")
    answer = asked.managed(request)
    if name != "delete":
        return Done(f"/job?id={job.job_id}")
    if failed := [one for one in answer.deleted or () if not one.deleted]:
        raise InvalidRequestError(f"job {failed[0].job_id} is not deleted: {failed[0].reason}")
    return Done("/jobs")


def _order(asked: Asked) -> tuple[str, Order]:
    name = asked.one("what")
    if name not in ALL:
        raise NotFoundError("Order", name, f"there are {', '.join(ALL)}")
    return name, ALL[name]


def _rollback(world: World, name: str, job: DeploymentJob) -> tuple[RollbackLine, ...]:
    if name != "rollback":
        return ()
    return lines(plan_rollback(world, parse(RollBackDeploymentJob, _id(job))))[:200]


def _moved(asked: Asked, name: str, job: DeploymentJob) -> Managed | None:
    draft = name == "submit" and job.status is JobStatus.EDITING
    return asked.managed({"Diff": _id(job)}) if draft else None


def _command(name: str, job: DeploymentJob, digest: str) -> list[str]:
    return ["job", name, str(job.job_id), *(["--digest", digest] if digest else [])]
