"""Metrics for Prometheus, in its text format: `certdeploy serve --metrics`."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, NamedTuple

from shared.domain.jobs import DeploymentJob
from shared.domain.states import JobStatus, WorkerStatus
from shared.errors import AppError, InvalidRequestError, SettingsError
from shared.services.discovered import every_slot
from shared.services.measures import Measured, SlotsSeen
from shared.services.world import World

_HOST: Final = "127.0.0.1"  #: names of slots and ends of certificates are for nobody else
_FRESH_S: Final = 30.0  #: so long a reading serves all who ask
_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_ENDED: Final = (
    *(WorkerStatus.SUCCESS, WorkerStatus.ERROR, WorkerStatus.ROLLBACK_SUCCESS, WorkerStatus.ROLLBACK_ERROR),
)


class Metric(NamedTuple):
    kind: str
    told: str  #: its help


#: Each that is written, and nothing else. docs/operations.md has them in a table.
METRICS: Final[Mapping[str, Metric]] = {
    "certdeploy_up": Metric("gauge", "1 if the state could be read."),
    "certdeploy_slots": Metric("gauge", "Slots in the scope that serve a certificate."),
    "certdeploy_slots_expired": Metric("gauge", "Those whose certificate has expired."),
    "certdeploy_worst_days_left": Metric("gauge", "Days until the first certificate in service ends."),
    "certdeploy_scan_age_seconds": Metric("gauge", "Seconds since CAS was read, of the store longest ago."),
    "certdeploy_discovery_age_seconds": Metric("gauge", "Seconds since the product read longest ago was."),
    "certdeploy_regions_incomplete": Metric("gauge", "Regions that could not be read, or in part."),
    "certdeploy_products_never_read": Metric("gauge", "Products in the scope that were never discovered."),
    "certdeploy_jobs": Metric("gauge", "Jobs by status."),
    "certdeploy_dead_letters": Metric("gauge", "Invocations that failed for good."),
    "certdeploy_deployments_total": Metric("counter", "Slots of ended jobs, by product and how they ended."),
    "certdeploy_deployment_seconds": Metric(
        "summary", "Time that a slot took, by product, where it succeeded."
    ),
}
Sample = tuple[str, Mapping[str, str], float]  #: name, labels, value


@dataclass
class _Job:
    """What is counted of one job, as it was at its version."""

    version: int
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    timed: Counter[str] = field(default_factory=Counter)


class Exporter:
    """Reads the state when it is asked, at most each `_FRESH_S`. Thread-safe."""

    def __init__(self, world: World, timer: Callable[[], float] = time.monotonic) -> None:
        self._world, self._timer = world, timer
        self._lock = threading.Lock()
        self._jobs: dict[int, _Job] = {}  #: those that were deleted since stay: counters do not fall
        self._text, self._until = "", -1.0

    def text(self) -> str:
        with self._lock:
            if self._timer() >= self._until:
                try:
                    self._text = "".join(_lines(self._samples(self._world)))
                except AppError:
                    self._text = "".join(_lines([("certdeploy_up", {}, 0.0)]))
                self._until = self._timer() + _FRESH_S
            return self._text

    def _samples(self, world: World) -> list[Sample]:
        seen = SlotsSeen(world)
        for _ in seen.among(every_slot(world)):
            pass
        jobs = list(world.jobs.list())
        for job in jobs:
            self._count(world, job)
        statuses = Counter(job.status for job in jobs)
        letters = sum(1 for _ in world.dead_letters.list())
        return [
            ("certdeploy_up", {}, 1.0),
            *_of(seen.measured(world)),
            *_of_scans(world),
            *(("certdeploy_jobs", {"status": one.value}, float(statuses[one])) for one in JobStatus),
            ("certdeploy_dead_letters", {}, float(letters)),
            *self._deployments(),
        ]

    def _count(self, world: World, job: DeploymentJob) -> None:
        known = self._jobs.get(job.job_id)
        if not job.status.final or (known is not None and known.version == job.version):
            return
        counted = self._jobs[job.job_id] = _Job(job.version)
        for worker in world.workers.list(job.job_id):
            if worker.status not in _ENDED:
                continue
            product = worker.resource.product.value
            counted.ended[product, worker.status.value] += 1
            if worker.status is WorkerStatus.SUCCESS and worker.started_at and worker.finished_at:
                counted.timed[product] += 1
                took = (worker.finished_at - worker.started_at) / timedelta(milliseconds=1)
                counted.seconds[product] += round(took)  # in ms: a Counter counts whole numbers

    def _deployments(self) -> Iterator[Sample]:
        every = [*self._jobs.values()]
        ended = sum((one.ended for one in every), Counter[tuple[str, str]]())
        for (product, status), count in sorted(ended.items()):
            yield "certdeploy_deployments_total", {"product": product, "status": status}, float(count)
        seconds, timed = (
            sum((getattr(one, name) for one in every), Counter[str]()) for name in ("seconds", "timed")
        )
        for product, count in sorted(timed.items()):
            yield "certdeploy_deployment_seconds_sum", {"product": product}, seconds[product] / 1000
            yield "certdeploy_deployment_seconds_count", {"product": product}, float(count)


def _of(found: Measured) -> Iterator[Sample]:
    values = {
        "certdeploy_slots": found.slots,
        "certdeploy_slots_expired": found.slots_expired,
        "certdeploy_worst_days_left": found.worst_days_left,
        "certdeploy_discovery_age_seconds": found.discovery_age_s,
        "certdeploy_regions_incomplete": found.regions_incomplete,
        "certdeploy_products_never_read": found.products_never_read,
    }
    yield from ((name, {}, float(value)) for name, value in values.items() if value is not None)


def _of_scans(world: World) -> Iterator[Sample]:
    read = [world.scans.last(home) for home in world.policy.homes]
    if read and None not in read:
        oldest = min(at for at in read if at is not None)
        yield "certdeploy_scan_age_seconds", {}, (world.clock() - oldest).total_seconds()


def _lines(samples: Iterable[Sample]) -> Iterator[str]:
    """Each metric's samples stand together, below what it is."""
    by_name: dict[str, list[Sample]] = {}
    for sample in samples:
        name = sample[0] if sample[0] in METRICS else sample[0].rpartition("_")[0]
        by_name.setdefault(name, []).append(sample)
    for name, rows in by_name.items():
        metric = METRICS[name]
        yield f"# HELP {name} {metric.told}\n# TYPE {name} {metric.kind}\n"
        for full, labels, value in rows:
            shown = ",".join(f'{label}="{text}"' for label, text in labels.items())  # our own words only
            yield f"{full}{{{shown}}} {value:.15g}\n" if shown else f"{full} {value:.15g}\n"


def address(given: str) -> tuple[str, int]:
    """`[HOST:]PORT`; 127.0.0.1 without a host. Raises InvalidRequestError."""
    host, _, port = given.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) <= 65535):
        raise InvalidRequestError(f"--metrics {given!r}: give a port, or HOST:PORT")
    return host.strip("[]") or _HOST, int(port)


@contextmanager
def serving(exporter: Exporter, host: str, port: int) -> Iterator[int]:
    """Answer GET /metrics during a `with`; the port. Raises SettingsError: nobody can listen there."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path.partition("?")[0] == "/metrics"
            body = exporter.text().encode() if found else b"see /metrics\n"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", _TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Who asks is told nowhere."""

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise SettingsError(f"--metrics {host}:{port}: {why}") from None
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
