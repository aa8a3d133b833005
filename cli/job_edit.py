"""`certdeploy job edit`: change a job that has not begun."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from cli import output
from cli.asked import managed
from cli.columns import AsJson, check_given
from cli.given import cert_ids_of, moment_of
from cli.grouped import grouped
from cli.job_end import DuringFreeze, JobId
from cli.job_tables import show_job
from cli.picks import PICKED, picks
from cli.session import session
from cli.waving import Waved
from shared.domain.states import JobStatus
from shared.errors import InvalidRequestError
from shared.services.edit import LeftOut

_Picks = list[str] | None


@grouped
def edit(
    job_id: JobId,
    *,
    name: Annotated[str | None, typer.Option(help="Display name of the job.")] = None,
    at: Annotated[
        str | None, typer.Option(help="Start time with its zone, such as 2026-05-01T02:00+08:00.")
    ] = None,
    now: Annotated[bool, typer.Option("--now", help="Start at once, not at the time that is set.")] = False,
    certificate: Annotated[
        list[str] | None,
        typer.Option(help="Id of a certificate to take in place of the job's; may be repeated."),
    ] = None,
    renew: Annotated[
        bool,
        typer.Option("--renew", help="Plan anew for the job's slots, as they and the rules are by now."),
    ] = False,
    add: Annotated[_Picks, typer.Option(help=f"Add what fits: {PICKED}; may be repeated.")] = None,
    drop: Annotated[_Picks, typer.Option(help=f"Drop what fits: {PICKED}; may be repeated.")] = None,
    but: Annotated[
        _Picks,
        typer.Option("--except", help=f"Neither add nor drop what fits: {PICKED}; may be repeated."),
    ] = None,
    first_deployment: Annotated[
        bool,
        typer.Option(
            "--first-deployment", help="Also add slots where HTTPS is off, and switch it on (CDN, DCDN)."
        ),
    ] = False,
    contact: Annotated[
        list[int] | None,
        typer.Option(help="Id of a contact in place of the job's, told how it ends; may be repeated."),
    ] = None,
    waved: Waved,
    during_freeze: DuringFreeze = False,
    digest: Annotated[
        str | None, typer.Option(help="Digest of the job that was seen; refused if it was edited since.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change a job that has not begun: only what is given, and nothing if another person was faster.

    The digest changes with the slots, certificates and waves: who approved the job before has to look again.
    """
    check_given("--digest", digest)
    check_given("--name", name)
    world = session().world()
    asked: dict[str, Any] = {
        **({"Name": name} if name is not None else {}),
        **({"ScheduleTime": moment_of(at)} if at is not None else {}),
        **({"CertIds": cert_ids_of(certificate)} if certificate else {}),
        **({"ContactIds": contact} if contact else {}),
        **({"Digest": digest} if digest is not None else {}),
        **waved.request(),
    }
    flags = {
        "AtOnce": now,
        "Renew": renew,
        "FirstDeployment": first_deployment,
        "DuringFreeze": during_freeze,
    }
    picked = {
        option.title(): picks(world, f"--{option}", words)
        for option, words in (("add", add), ("drop", drop), ("except", but))
    }
    if not (asked or now or renew or add or drop or during_freeze):
        raise InvalidRequestError(
            "nothing to change; give --name, --at, --now, --certificate, --renew, --add, --drop, --canary,"
            " --no-waves or --contact"
        )
    result = managed(world, {"Edit": {"JobId": job_id, **asked, **flags, **picked}})
    if as_json:
        output.show_json(result)
        return
    show_job(result)
    _show_left_out(result.left_out or ())
    if result.job is not None and result.job.status is JobStatus.EDITING:
        output.tell(f"submit it: certdeploy job submit {job_id} --digest {result.job.plan_digest}")


def _show_left_out(left: Sequence[LeftOut]) -> None:
    if left:
        table = output.table("Slot", "Why", title="\nNot in the job", wrap=("Slot", "Why"))
        for one in left:
            output.row(table, one.slot, one.reason)
        output.show(table)
