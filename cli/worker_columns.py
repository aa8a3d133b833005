"""The columns of `job show`, and the orders of its rows."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Any, Final

from rich.text import Text

from cli import output
from cli.columns import Column
from cli.places import known_as, place, slot
from shared.domain.hints import hint_in
from shared.domain.jobs import Handshake, WorkerResource

USUAL: Final = ("slot", "known-as", "certificate", "status", "result", "took")


class WorkerOrder(str, Enum):
    SLOT = "slot"  #: by product, region and id
    STATUS = "status"
    TOOK = "took"  #: the longest on top
    FINISHED = "finished"


def worker_columns() -> list[Column[WorkerResource]]:
    return [
        Column("slot", "Slot", lambda one: slot(one.resource), lambda one: one.resource.slot),
        Column("known-as", "Known as", _known_as, lambda one: place(one.resource), wrap=True),
        Column("product", "Product", lambda one: one.resource.product.value),
        Column("region", "Region", lambda one: one.resource.region or one.resource.location or "-"),
        Column("names", "Names", lambda one: output.names(one.resource.domains), wrap=True),
        Column("certificate", "Certificate", _change, lambda one: one.cert_identifier, wrap=True),
        Column("before", "Before", lambda one: output.short(_before(one)), _before),
        Column("status", "Status", lambda one: output.status(one.status.value)),
        Column("result", "Result", lambda one: one.reason or verified(one), wrap=True),
        Column("hint", "What to do", lambda one: hint_in(one.reason), wrap=True),
        Column("why", "Why this certificate", lambda one: one.chosen_because, wrap=True),
        Column("started", "Started (UTC)", lambda one: output.moment(one.started_at), _started, wrap=True),
        Column("finished", "Ended (UTC)", lambda one: output.moment(one.finished_at), _finished, wrap=True),
        Column("took", "Took", took, lambda one: "" if (s := _took_s(one)) is None else f"{s:.1f}"),
    ]


def in_order(workers: list[WorkerResource], order: WorkerOrder) -> list[WorkerResource]:
    return sorted(workers, key=_KEYS[order])


def verified(worker: WorkerResource) -> Text:
    """How the certificate was verified to be in service: the new one, or after a rollback the old one."""
    also = f"; also changed: {', '.join(worker.also_changed)}" if worker.also_changed else ""
    return _proved(worker) + Text(also, "yellow")


def took(worker: WorkerResource) -> str:
    seconds = _took_s(worker)
    return "" if seconds is None else f"{seconds:.1f} s"


def _known_as(worker: WorkerResource) -> str:
    return known_as(worker.resource)


def _before(worker: WorkerResource) -> str:
    return worker.previous_cert_identifier or worker.resource.cert_identifier


def _change(worker: WorkerResource) -> str:
    change = (_before(worker), worker.cert_identifier)
    return output.arrow(*reversed(change)) if worker.status.of_rollback else output.arrow(*change)


def _proved(worker: WorkerResource) -> Text:
    proof = worker.verification
    if proof is None:
        return Text("")
    if proof.handshake is Handshake.SERVED:
        count = len(proof.server_names)
        shaken = f"TLS handshake{f' × {count}' if count > 1 else ''}"
        if proof.trusted is False:
            return Text(f"{shaken}, not trusted: {proof.detail}", "yellow")
        return Text(f"{shaken}, trusted" if proof.trusted else shaken, "green")
    return Text(f"read back; {proof.handshake.value}: {proof.detail}", "yellow")


def _took_s(worker: WorkerResource) -> float | None:
    if worker.started_at is None or worker.finished_at is None:
        return None
    return (worker.finished_at - worker.started_at).total_seconds()


def _started(worker: WorkerResource) -> str:
    return _iso(worker.started_at)


def _finished(worker: WorkerResource) -> str:
    return _iso(worker.finished_at)


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


_KEYS: Final[dict[WorkerOrder, Callable[[WorkerResource], Any]]] = {
    WorkerOrder.SLOT: lambda one: one.resource.slot,
    WorkerOrder.STATUS: lambda one: (one.status.value, one.resource.slot),
    WorkerOrder.TOOK: lambda one: (-(_took_s(one) or 0.0), one.resource.slot),
    WorkerOrder.FINISHED: lambda one: (_iso(one.finished_at) or "~", one.resource.slot),
}
