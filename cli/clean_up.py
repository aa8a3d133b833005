"""`certdeploy certificate clean-up`: delete from CAS what nothing needs any more."""

from datetime import timedelta
from typing import Annotated

import typer

from cli import exits, output
from cli.asking import confirm
from cli.columns import AsJson
from cli.session import session
from shared.services.clean_up import CleanUp, Fate, check_grace, clean_up, plan_clean_up
from shared.validation.spans import days_of

_TOLD = {Fate.DELETE: "be deleted", Fate.KEEP: "stay", Fate.DELETED: "deleted", Fate.FAILED: "failed"}


def command(
    named: Annotated[
        list[str] | None,
        typer.Argument(metavar="CERTIFICATE", help="Look at these only, by id. Default: all of CAS."),
    ] = None,
    grace: Annotated[
        str, typer.Option(help="Keep what jobs of so long, such as 30d, may be rolled back to.")
    ] = "30d",
    preview: Annotated[bool, typer.Option("--preview", help="Show what would be deleted, and end.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete uploaded certificates from CAS that nothing serves or needs any more, for good.

    One goes if no slot and no address of its names serves it, no job needs it, and it has ended or another
    one takes its place. If a product, a region or CAS was not read whole within a day, nothing goes.
    """
    kept = check_grace(timedelta(days=days_of(grace, "--grace")))
    world = session().world()
    with output.progress("Looking for what needs them …"):
        plan = plan_clean_up(world, named or (), kept)
    if preview or not plan.to_delete:
        _show(plan, as_json)
        return
    if not (yes or as_json):
        _show(plan, as_json)
    if not yes:
        confirm(f"Delete {len(plan.to_delete)} certificates with their keys from CAS, for good?", as_json)
    done = clean_up(world, plan.to_delete, kept)
    _show(done, as_json)
    if any(one.fate is not Fate.DELETED for one in done.certificates):
        raise typer.Exit(exits.FAILED)


def _show(found: CleanUp, as_json: bool) -> None:
    if as_json:
        output.show_json(found)
        return
    for why in found.unsure:
        output.tell(f"nothing can be deleted: {why}")
    wrapped = ("Name", "Names", "Why")
    table = output.table("Certificate", "Name", "Names", "Expires (UTC)", "Will", "Why", wrap=wrapped)
    for one in found.certificates:
        output.row(
            table,
            output.short(one.cert_identifier),
            one.name,
            output.names(one.names),
            f"{one.not_after:%Y-%m-%d}",
            _TOLD[one.fate],
            one.reason,
        )
    output.show(table)
