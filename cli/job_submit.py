"""`certdeploy job submit` and `job diff`: a draft runs as it was shown, if that still is what would be."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli import exits, output
from cli.asked import managed
from cli.asking import confirm
from cli.columns import AsJson, check_given
from cli.job_end import DuringFreeze, JobId, Wait, Watch, check_can_wait, end
from cli.job_tables import show_job
from cli.session import session
from shared.domain.states import JobStatus
from shared.services.moved import Moved


def submit(
    job_id: JobId,
    digest: Annotated[
        str | None,
        typer.Option(help="Digest of the job that was approved; it is refused if it was edited since."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    during_freeze: DuringFreeze = False,
    wait: Wait = False,
    watch: Watch = False,
    as_json: AsJson = False,
) -> None:
    """Approve a draft, whoever or whatever drafted it: it runs at its time, or at once.

    Shows the draft and asks, unless its digest is given. If the world has moved since, it is refused, and
    `job diff` shows how.
    """
    check_given("--digest", digest)
    current = session()
    if wait or watch:
        check_can_wait(current)
    world = current.world()
    shown = managed(world, {"Show": {"JobId": job_id}})
    assert shown.job is not None, "it would not have been found"
    if digest is None and shown.job.status is JobStatus.EDITING and not yes:
        if not as_json:
            show_job(shown)
        confirm(f"Submit job {job_id}, {shown.job.worker_count} slots?", as_json)
    approved = {
        "JobId": job_id,
        "Digest": digest or shown.job.plan_digest,
        "DuringFreeze": during_freeze,
    }
    submitted = managed(world, {"Submit": approved}).job
    assert submitted is not None, "it is answered with the job"
    if not current.served and not submitted.status.final:
        output.tell("the job starts as soon as `certdeploy serve` runs")
    end(world, submitted, wait or watch, as_json, lines=watch)


def diff(job_id: JobId, as_json: AsJson = False) -> None:
    """Show what has moved since a job was drafted: slots, what is in place there, rules, certificates.

    Exits with 1 if something has moved so that the job is not what would happen any more.
    """
    found = managed(session().world(), {"Diff": {"JobId": job_id}})
    if as_json:
        output.show_json(found)
    else:
        _show(found.moved or ())
    if any(one.blocks for one in found.moved or ()):
        raise typer.Exit(exits.FAILED)


def _show(found: Sequence[Moved]) -> None:
    if not found:
        output.console().print("nothing has moved since the job was drafted")
        return
    table = output.table("Slot", "What", "By now", title="Since the job was drafted", wrap=("Slot", "By now"))
    for one in found:
        output.row(table, one.slot or "(certificate)", one.code, one.text)
    output.show(table)
