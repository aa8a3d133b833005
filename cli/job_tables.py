"""Plans and jobs as tables."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from rich.text import Text

from cli import columns, engine_words, output, waving
from cli.columns import Column
from cli.places import in_full, known_as, slot
from cli.worker_columns import USUAL, worker_columns
from shared.domain.contacts import Delivery, DeliveryStatus
from shared.domain.expected import Expected
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.plans import Plan, PlanEntry
from shared.domain.quota import JobQuota
from shared.domain.replacing import COVERED
from shared.domain.resources import CloudResource
from shared.domain.states import JobStatus, WorkerStatus
from shared.services.manage import Hint, Managed
from shared.services.outcome import outcome_of
from shared.services.rollback_plan import RollbackAction, RollbackEntry, RollbackPlan
from shared.services.waves import begins_at, waits_for_somebody

PLAIN: Final = ("", COVERED)  #: reasons of nearly all slots
_LATE: Final = timedelta(minutes=5)  #: due jobs start within a minute
_ALIKE: Final = 5  #: slots with the same reason that are shown each


def show_plan(plan: Plan, quota: JobQuota, expected: Expected) -> None:
    for warning in plan.warnings:
        output.console().print(Text(str(warning), "yellow"))
    if plan.warnings:
        output.console().print()
    table = output.table(
        "Slot", "Known as", "Names", "Certificate", "Days", "Why",
        title="To deploy", wrap=("Known as", "Names", "Certificate", "Why"),
    )  # fmt: skip
    for entry in plan.deployments:
        output.row(
            table,
            slot(entry.resource),
            known_as(entry.resource),
            output.names(entry.resource.domains),
            output.arrow(entry.resource.cert_identifier, entry.cert_identifier),
            "" if entry.days_gained is None else f"{entry.days_gained:+d}",
            entry.reason,
        )
    output.show(table)
    _show_alike(
        "What else changes", "What", [(e.resource, text) for e in plan.deployments for text in _told(e)]
    )
    _show_alike("Left alone", "Why", [(entry.resource, entry.reason) for entry in plan.left_alone])
    if by := engine_words.told(plan.engine, plan.products):
        output.console().print(f"\nWritten {by}")
    if plan.waves:
        output.console().print(f"\n{waving.sizes(plan)}")
    counts = ", ".join(f"{product.value} {count}" for product, count in sorted(plan.products.items()))
    count = len(plan.deployments)
    output.console().print(
        f"\n{count} slot{'s' if count != 1 else ''} ({counts or 'none'}); {quota}; {expected};"
        f" digest {plan.digest}"
    )


def _told(entry: PlanEntry) -> list[str]:
    others = ", ".join(f"{output.short(one.cert_identifier)} ({one.algorithm})" for one in entry.beside)
    also = [f"its listener also has {others} for its names"] if others else []
    return [*(warning.text for warning in entry.warnings), *also]


def _show_alike(title: str, what: str, told: Iterable[tuple[CloudResource, str]]) -> None:
    """Slots with what is told of each: of those with the same sentence some, and the number of the others.

    A large account may have a thousand slots that are left alone for the same reason.
    """
    found: dict[str, list[str]] = {}
    for resource, text in told:
        found.setdefault(text, []).append(in_full(resource))
    if not found:
        return
    table = output.table("Slot", what, title=f"\n{title}", wrap=("Slot", what))
    for text, slots in found.items():
        for one in slots[:_ALIKE]:
            output.row(table, one, text)
        if len(slots) > _ALIKE:
            output.row(table, f"{len(slots) - _ALIKE} more (--json lists them)", text)
    output.show(table)


def show_rollback(plan: RollbackPlan) -> None:
    """What can be restored, what cannot, what is left alone, and why."""
    if back := plan.of(RollbackAction.RESTORE):
        table = output.table("Slot", "Now → before", title="To restore", wrap=("Slot", "Now → before"))
        for worker in (entry.worker for entry in back):
            output.row(
                table,
                in_full(worker.resource),
                output.arrow(worker.cert_identifier, worker.previous_cert_identifier or ""),
            )
        output.show(table)
    _with_reasons("Cannot be restored", plan.of(RollbackAction.CANNOT))
    _with_reasons("Left alone", plan.of(RollbackAction.LEAVE))


def _with_reasons(title: str, entries: Sequence[RollbackEntry]) -> None:
    if entries:
        table = output.table("Slot", "Why", title=f"\n{title}", wrap=("Slot", "Why"))
        for entry in entries:
            output.row(table, in_full(entry.worker.resource), entry.reason)
        output.show(table)


def show_job(shown: Managed, chosen: Sequence[Column[WorkerResource]] | None = None) -> None:
    """A job with the workers that are to be shown, in their order."""
    job, workers = shown.job, shown.workers or ()
    assert job is not None
    counts = shown.counts or {}
    output.console().print(job_line(job, counts))
    times = [f"due {output.moment(job.schedule_time)} UTC"]
    times += [f"{what} {output.moment(at)}{late}" for what, at, late in _times(job) if at]
    output.console().print(f"{', '.join(times)}, origin {job.origin}, digest {job.plan_digest}")
    for line in _behind(shown):
        output.console().print(Text(line))
    output.console().print()
    if job.halted:
        output.console().print(Text(f"Halted: {job.halted}\n", "red"))
    if shown.frozen:
        output.console().print(Text(f"Waits: {shown.frozen}\n", "yellow"))
    waving.show_waves(shown.waves or ())
    columns.show(chosen or columns.chosen(worker_columns(), None, USUAL), workers)
    if others := sum(counts.values()) - len(workers):
        output.tell(f"{others} other slots are not shown")
    _show_hints(shown.hints or ())
    _show_deliveries(shown.deliveries or ())
    reasons = [(one.resource, one.chosen_because) for one in workers if one.chosen_because not in PLAIN]
    _show_alike("Why this certificate", "Why", sorted(reasons, key=lambda reason: reason[0].slot))


def _behind(shown: Managed) -> Iterable[str]:
    """What it needs of the quota, if that is counted; who drafted and submitted it; why a draft is one."""
    if shown.quota is not None and shown.quota.left is not None:
        yield str(shown.quota)
    if shown.job is not None and (by := engine_words.told(shown.job.engine, shown.job.products)):
        yield f"written {by}"
    if shown.job is not None and shown.job.waves:
        yield waving.told(shown.job.waves)
    if shown.job is not None and shown.job.drafted_by:
        by = f"; submitted by {shown.job.submitted_by}" if shown.job.submitted_by else ""
        yield f"drafted by {', '.join(shown.job.drafted_by)}{by}"
    if shown.job is not None and shown.job.during_freeze and not shown.job.status.final:
        yield "it may begin in a freeze window"
    if shown.job is not None and shown.job.require_approval and not shown.job.submitted_by:
        yield "its drafter wants another person to submit it"
    if shown.job is not None and shown.job.held_back:
        yield f"it was to be submitted, and is a draft: {shown.job.held_back}"


def _times(job: DeploymentJob) -> tuple[tuple[str, datetime | None, str], ...]:
    late = job.started_at - job.may_begin_at if job.started_at else timedelta()
    told = f", {late // timedelta(minutes=1):,} min late" if late >= _LATE else ""
    later = job.may_begin_at - job.schedule_time >= timedelta(minutes=1)
    after_its_time = later and job.status is not JobStatus.EDITING
    return (
        ("submitted", job.submitted_at if after_its_time else None, ""),
        ("started", job.started_at, told),
        ("ended", job.finished_at, ""),
    )


def _show_deliveries(deliveries: Sequence[Delivery]) -> None:
    if deliveries:
        table = output.table(
            "Contact", "Over", "Told", "When (UTC)", "Why not", title="\nTold", wrap=("Why not",)
        )
        for one in deliveries:
            when = one.ended_at or one.not_before
            told = output.status("success" if one.status is DeliveryStatus.DELIVERED else one.status.value)
            output.row(table, one.contact, one.over, told, output.moment(when), one.reason)
        output.show(table)


def _show_hints(hints: Sequence[Hint]) -> None:
    if hints:
        table = output.table("Code", "Slots", "What to do", title="\nWhat to do", wrap=("What to do",))
        for hint in hints:
            output.row(table, hint.code, str(hint.slots), hint.text)
        output.show(table)


def _pauses(job: DeploymentJob) -> bool:
    """Between two waves."""
    under_way = job.status is JobStatus.PROCESSING and not job.halted and job.cancelled_at is None
    return under_way and job.waves is not None and bool(job.waves.pause_minutes and begins_at(job))


def job_line(job: DeploymentJob, counts: Mapping[WorkerStatus, int]) -> Text:
    """`counts`: workers by status."""
    apart = (WorkerStatus.ERROR, WorkerStatus.SUPERSEDED, WorkerStatus.CANCELLED, WorkerStatus.HELD)
    words = ("failed", "superseded", "cancelled", "held")
    others = [f", {counts[one]} {word}" for one, word in zip(apart, words, strict=True) if counts.get(one)]
    asked = sum(count for status, count in counts.items() if status.of_rollback)
    back = counts.get(WorkerStatus.ROLLBACK_SUCCESS, 0)
    return Text.assemble(
        f"Job {job.job_id} ",
        (job.name, "bold"),
        ": ",
        output.status(outcome_of(job, counts)),
        f", {counts.get(WorkerStatus.SUCCESS, 0)}/{sum(counts.values())} slots",
        *others,
        ", halted" if job.halted else "",
        ", waits for `job continue`" if waits_for_somebody(job) else "",
        f", next wave at {output.moment(begins_at(job))} UTC" if _pauses(job) else "",
        ", being cancelled" if job.cancelled_at and not job.status.final else "",
        f", {back}/{asked} rolled back" if asked and not counts.get(WorkerStatus.ROLLBACK) else "",
        f"; the job had ended in {job.status.value}" if asked else "",
    )
