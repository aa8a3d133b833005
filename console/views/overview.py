"""The start page: what needs a hand now, what ends when, the last jobs, the age of what is shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.asking import Asked, Page
from console.timeline import DAYS, Ending, endings_of
from shared.domain.queries import ListResources, SlotOrder
from shared.domain.values import Wire
from shared.services.outcome import ListedJob
from shared.services.selection import select_slots
from shared.services.status import Overview, overview
from shared.services.world import World

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
    "rollback": "/jobs",
    "policies": "/settings",
    "undelivered": "/settings",
}


class Start(Wire):
    status: Overview
    endings: tuple[Ending, ...]  #: of slots, within 120 days; the first to end on top
    jobs: tuple[ListedJob, ...]  #: the last ones


def start(asked: Asked) -> Page:
    jobs = asked.managed({"List": {}}).jobs or ()
    reading = asked.reading("overview", lambda world: _looked_through(asked, world), lambda one: one.slots)
    seen = reading.value
    found = Start(status=seen.status, endings=seen.endings, jobs=tuple(reversed(jobs[-_JOBS:])))
    older = reading.dated(seen.at, asked.world.clock())
    more = {
        "leads": _LEADS,
        "now": found.status.at,
        "listed": _ENDINGS,
        "serving": asked.installation.serving(),
    }
    return Page("overview.html", found, more, ["status"], older)


@dataclass(frozen=True)
class _Seen:
    """`at`: when the slots were read of which this was found out."""

    status: Overview
    endings: tuple[Ending, ...]
    slots: int
    at: datetime


def _looked_through(asked: Asked, world: World) -> _Seen:
    reading = asked.patient().slots()
    query = ListResources(ends_within_days=DAYS, sort=SlotOrder.EXPIRES)
    ending = select_slots(reading.value, query, world.clock())
    return _Seen(
        status=overview(world, mapped=reading.value),
        endings=tuple(endings_of(ending.resources)),
        slots=len(reading.value),
        at=reading.at,
    )
