"""Progress of a job while it runs: a bar for each product, the rate, and the time that is left."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rich.text import Text

from cli.job_tables import job_line
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.resources import CloudProduct
from shared.domain.states import WorkerStatus

_WIDTH: Final = 24  #: of a bar
_FAILED: Final = (WorkerStatus.ERROR, WorkerStatus.ROLLBACK_ERROR)


@dataclass
class Pace:
    """How fast slots have come to their end since somebody watches."""

    since: datetime
    done: int

    def told(self, workers: Iterable[WorkerResource], now: datetime) -> str:
        """Such as `12/min, 3 min left`; "" while nothing can be said.

        How long later waves wait is not known by the rate.
        """
        counts = Counter(worker.status for worker in workers)
        settled = sum(count for status, count in counts.items() if status.settled)
        held = counts[WorkerStatus.HELD]
        begun = counts.total() - settled - held
        minutes = (now - self.since).total_seconds() / 60
        ended = settled - self.done
        if ended <= 0 or minutes <= 0 or (held and not begun):
            return ""
        rate = ended / minutes
        of = " of this wave" if held else ""
        return f"{rate:.0f}/min, {_span(begun / rate)} left{of}" if begun else f"{rate:.0f}/min"


def bars(job: DeploymentJob, workers: list[WorkerResource], pace: str) -> Text:
    """For a terminal: some lines that are printed over again."""
    text = job_line(job, Counter(worker.status for worker in workers))
    text.append(f" ({pace})" if pace else "")
    by_product: dict[CloudProduct, list[WorkerResource]] = {}
    for worker in workers:
        by_product.setdefault(worker.resource.product, []).append(worker)
    wide = max((len(product.value) for product in by_product), default=0)
    for product, some in sorted(by_product.items(), key=lambda one: one[0].value):
        done = sum(worker.status.settled for worker in some)
        failed = sum(worker.status in _FAILED for worker in some)
        full = _WIDTH * done // len(some)
        text.append(f"\n  {product.value:{wide}} [")
        text.append("#" * full, "red" if failed else "green")
        text.append("." * (_WIDTH - full) + f"] {done}/{len(some)}")
        text.append(f", {failed} failed" if failed else "", "red")
    return text


def line(job: DeploymentJob, workers: list[WorkerResource], pace: str) -> str:
    """For a pipe: one line for each change."""
    parts = Counter(worker.resource.product.value for worker in workers if not worker.status.settled)
    left = ", ".join(f"{product} {count}" for product, count in sorted(parts.items()))
    told = [job_line(job, Counter(worker.status for worker in workers)).plain]
    told += [f"left: {left}"] if left else []
    return "; ".join([*told, *([pace] if pace else [])])


def _span(minutes: float) -> str:
    return f"{minutes * 60:.0f} s" if minutes < 1 else f"{minutes:.0f} min"
