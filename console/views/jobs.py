"""Deployment jobs, and one of them, slot by slot, as it goes."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from console.asking import Asked, Page, managed
from console.paging import ROWS, Pages
from console.views.edit import EDITABLE
from console.views.orders import fitting
from shared.domain.jobs import DeploymentJob
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.values import Wire
from shared.services.manage import Managed
from shared.services.outcome import ListedJob
from shared.services.world import World

_LISTED = 50


class Jobs(Wire):
    jobs: tuple[ListedJob, ...]  #: the latest first
    total: int


def jobs(asked: Asked) -> Page:
    status = asked.one("status")
    found = asked.managed({"List": {"Status": status} if status else {}}).jobs or ()
    pages = Pages.of(asked, "/jobs", len(found), _LISTED)
    listed = tuple(reversed(found))[pages.start : pages.end]
    more = {"pages": pages, "statuses": [one.value for one in JobStatus], "now": asked.world.clock()}
    command = ["job", "list", *(["--status", status] if status else [])]
    return Page("jobs.html", Jobs(jobs=listed, total=len(found)), more, command)


class OneJob(Wire):
    job: Managed  #: as `job show`, with the workers of this page
    #: All its workers, by product and status; products that need a look come first.
    products: dict[CloudProduct, dict[WorkerStatus, int]]
    total: int  #: workers that fit
    settled: bool  #: nothing is under way


def job(asked: Asked) -> Page:
    job_id = asked.number("id")
    asked_of = {"JobId": job_id, "Statuses": asked.words("status"), "Products": asked.words("product")}
    reading = asked.reading(
        ("job", job_id, tuple(asked.words("status")), tuple(asked.words("product"))),
        lambda world: _shown(world, asked_of),
        lambda one: one[2],
    )
    shown, by_product, _ = reading.value
    workers = sorted(shown.workers or (), key=lambda one: (_ORDER.get(one.status, 9), one.resource.slot))
    pages = Pages.of(asked, "/job", len(workers), ROWS)
    counts = shown.counts or {}
    answer = OneJob(
        job=shown.evolve(workers=tuple(workers[pages.start : pages.end])),
        products=by_product,
        total=len(workers),
        settled=all(status.settled for status in counts),
    )
    more = {
        "pages": pages,
        "statuses": [one.value for one in WorkerStatus],
        "serving": asked.installation.serving(),
        "now": asked.world.clock(),
        **_orders(shown.job),
    }
    return Page("job.html", answer, more, ["job", "show", str(job_id)], reading)


def _orders(job: DeploymentJob | None) -> dict[str, Any]:
    orders = fitting(job) if job else {}
    return {
        "orders": orders,
        "of_slots": {name: order for name, order in orders.items() if order.of_slots},
        "editable": job is not None and job.status in EDITABLE,
    }


_ByProduct = dict[CloudProduct, dict[WorkerStatus, int]]


def _shown(world: World, asked: Mapping[str, Any]) -> tuple[Managed, _ByProduct, int]:
    """The job, all its workers counted by product and status, and how many there are."""
    by_product: dict[CloudProduct, Counter[WorkerStatus]] = defaultdict(Counter)
    shown = managed(world, {"Show": asked})
    filtered = asked["Statuses"] or asked["Products"]
    for worker in world.workers.list(asked["JobId"]) if filtered else shown.workers or ():
        by_product[worker.resource.product][worker.status] += 1
    ordered = sorted(
        by_product, key=lambda one: (min(_ORDER.get(status, 9) for status in by_product[one]), one)
    )
    counted = {product: dict(by_product[product]) for product in ordered}
    return shown, counted, sum(map(Counter.total, by_product.values()))


#: What needs a look comes first.
_ORDER = {
    WorkerStatus.ERROR: 0,
    WorkerStatus.ROLLBACK_ERROR: 0,
    WorkerStatus.PROCESSING: 1,
    WorkerStatus.ROLLBACK: 1,
    WorkerStatus.PENDING: 2,
    WorkerStatus.HELD: 3,
    WorkerStatus.SUCCESS: 4,
    WorkerStatus.ROLLBACK_SUCCESS: 5,
    WorkerStatus.SUPERSEDED: 6,
    WorkerStatus.CANCELLED: 7,
}
