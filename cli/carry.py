"""`certdeploy certificate carry`: have CAS of other accounts hold a certificate, too."""

from typing import Annotated

import typer
from rich.text import Text

from cli import exits, output
from cli.columns import AsJson
from cli.session import session
from shared.services.carry import Carried, Way, carry_certificate

_SAID = {
    Way.THERE: "has it already",
    Way.SHARED: "it is shared",
    Way.UPLOADED: "it is uploaded",
    Way.FAILED: "failed",
}


def command(
    cert_id: Annotated[
        str, typer.Argument(help="Id of the certificate in CAS, as `certificate list` shows it.")
    ],
    to: Annotated[
        list[str] | None,
        typer.Option(
            help="Account to carry it to, by number; - for the own one; may be repeated. Default: each that"
            " has a slot with a name of it."
        ),
    ] = None,
    upload: Annotated[
        bool, typer.Option("--upload", help="Upload it also where the accounts could share it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Share a certificate with other accounts, or upload it there with its key, unless they have it.

    Slots take only certificates of their own account's CAS. The key is in memory alone.
    """
    world = session().world()
    with output.progress("Asking CAS …"):
        found = carry_certificate(world, cert_id, tuple(to or ()), share=not upload)
    if as_json:
        output.show_json({"Carried": found})
    else:
        for one in found:
            output.console().print(_line(one), soft_wrap=True)
        if any(one.way is not Way.FAILED for one in found):
            output.tell("`certdeploy scan` reads CAS anew; then jobs and automatic ones know of it")
    if any(one.way is Way.FAILED for one in found):
        raise typer.Exit(exits.FAILED)


def _line(one: Carried) -> Text:
    mark = ("✗ ", "bold red") if one.way is Way.FAILED else ("✓ ", "bold green")
    named = f" as {one.cert_identifier}" if one.cert_identifier else ""
    why = f": {one.reason}" if one.reason else ""
    return Text.assemble(mark, f"{one.account or 'own account'}: {_SAID[one.way]}{named}{why}")
