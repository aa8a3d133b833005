"""`certdeploy certificate clean-up`: delete from CAS and products' stores what nothing needs any more."""

from typing import Annotated

import typer

from cli import exits, output
from cli.asked import cleaned_up
from cli.asking import confirm
from cli.columns import AsJson
from cli.session import session
from shared.services.cleaned import CleanUp, Fate
from shared.validation.spans import days_of

_TOLD = {
    Fate.DELETE: "be deleted",
    Fate.KEEP: "stay",
    Fate.DELETED: "deleted",
    Fate.KEPT: "stays",
    Fate.FAILED: "failed",
}


def command(
    named: Annotated[
        list[str] | None,
        typer.Argument(metavar="CERTIFICATE", help="Look at these only, by id. Default: all of CAS."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Look there only: CAS, or a product with a store (SLB, ESA, AWS); may be repeated."
        ),
    ] = None,
    grace: Annotated[
        str, typer.Option(help="Keep what jobs of so long, such as 30d, may be rolled back to.")
    ] = "30d",
    preview: Annotated[bool, typer.Option("--preview", help="Show what would be deleted, and end.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete certificates from CAS and from products' stores that nothing serves or needs any more, for good.

    One goes if no slot and no address of its names serves it, no job needs it, and it has ended or another
    one takes its place. Copies of CLB, ESA and ACM go only if CAS has the certificate, or certdeploy put them
    there. If a product, a region or CAS was not read whole within a day, nothing goes. Without --preview it
    exits with 1 where something that was to go stays, or not all could be looked at.
    """
    asked = {"GraceDays": days_of(grace, "--grace")}
    world = session().world()
    with output.progress("Looking for what needs them …"):
        plan = cleaned_up(world, {**asked, "CertIds": named or [], "Only": only or []})
    count = len(plan.to_delete) + len(plan.stored_to_delete)
    if preview or not count:
        _show(plan, as_json)
        if not preview and (plan.unsure or plan.unread):
            raise typer.Exit(exits.FAILED)
        return
    if not (yes or as_json):
        _show(plan, as_json)
    if not yes:
        confirm(f"Delete {count} certificates with their keys, for good?", as_json)
    approved = {"Certificates": plan.to_delete, "Stored": plan.stored_to_delete}
    done = cleaned_up(world, {**asked, "Delete": approved})
    # It reads no store but those of what is approved.
    done = done.evolve(unread=tuple(dict.fromkeys((*plan.unread, *done.unread))))
    _show(done, as_json)
    fates = {one.fate for one in done.certificates} | {one.fate for one in done.stored}
    if fates - {Fate.DELETED} or done.unread:
        raise typer.Exit(exits.FAILED)


def _show(found: CleanUp, as_json: bool) -> None:
    if as_json:
        output.show_json(found)
        return
    for why in found.unsure:
        output.tell(f"nothing can be deleted: {why}")
    for why in found.unread:
        output.tell(f"not looked at: {why}")
    if found.certificates:
        _show_certificates(found)
    if found.stored:
        if found.certificates:
            output.console().print()
        _show_stored(found)
    if not (found.certificates or found.stored):
        output.tell("there is no certificate to look at")


def _show_certificates(found: CleanUp) -> None:
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


def _show_stored(found: CleanUp) -> None:
    table = output.table(
        "Place", "Name", "Certificate", "Expires (UTC)", "Will", "Why",
        title="In products' own stores", wrap=("Name", "Certificate", "Why"),
    )  # fmt: skip
    for one in found.stored:
        output.row(
            table,
            one.stored.place,
            one.stored.name,
            output.short(one.stored.cert_identifier),
            f"{one.stored.not_after:%Y-%m-%d}" if one.stored.not_after else "",
            _TOLD[one.fate],
            one.reason,
        )
    output.show(table)
