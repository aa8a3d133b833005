"""The start page: what needs a hand now, what ends when, the last jobs, the age of what is shown."""

from typing import Final

from console.asking import Asked, Page
from console.timeline import DAYS, Ending, endings_of
from shared.domain.jobs import DeploymentJob
from shared.domain.queries import ListResources, SlotOrder
from shared.domain.values import Wire
from shared.products import supported_products
from shared.services.map import map_slots
from shared.services.selection import select_slots
from shared.services.status import Overview, overview

_JOBS: Final = 6
_ENDINGS: Final = 12
#: Where the page goes on, by the code of a concern.
_LEADS: Final = {
    "expired": "/resources?ends=0&sort=expires",
    "ending": "/resources?ends=30&sort=expires",
    "late": "/resources?ends=30&sort=expires",
    "replaced": "/resources?ends=30&sort=expires",
    "drifted": "/resources?drifted=1",
    "uncovered": "/resources?uncovered=1",
    "unknown": "/resources?unknown=1",
    "failing": "/jobs",
    "draft": "/jobs?status=editing",
    "wave": "/jobs?status=processing",
    "overdue": "/jobs?status=pending",
    "policies": "/settings",
}


class Start(Wire):
    status: Overview
    endings: tuple[Ending, ...]  #: of slots, within 120 days; the first to end on top
    jobs: tuple[DeploymentJob, ...]  #: the last ones


def start(asked: Asked) -> Page:
    world = asked.world
    mapped = map_slots(world, supported_products())  # once for both: it looks at every slot
    query = ListResources(ends_within_days=DAYS, sort=SlotOrder.EXPIRES)
    ending = select_slots(mapped, query, world.clock())
    jobs = asked.managed({"List": {}}).jobs or ()
    found = Start(
        status=overview(world, mapped=mapped),
        endings=tuple(endings_of(ending.resources)),
        jobs=tuple(reversed(jobs[-_JOBS:])),
    )
    more = {
        "leads": _LEADS,
        "now": found.status.at,
        "listed": _ENDINGS,
        "serving": asked.installation.serving(),
    }
    return Page("overview.html", found, more, ["status"])
