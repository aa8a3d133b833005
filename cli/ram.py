"""`certdeploy ram`: the permissions that functions and people need, as RAM policies."""

import json
from typing import Annotated

import typer

from cli import output
from cli.columns import AsJson
from cli.on_stack import in_region, named_stack
from cli.output import tell
from cli.parameters import parameters
from cli.ram_documents import LONGEST, Place, document, everybody, length
from shared.errors import NotFoundError
from shared.runtime.settings import read_settings

app = typer.Typer(no_args_is_help=True)
HELP = "Print the permissions that functions and people need, as RAM policies."


@app.callback()
def ram() -> None:
    """Print the permissions that functions and people need, as RAM policies."""


@app.command("list", epilog="Example: certdeploy ram list")
def list_(as_json: AsJson = False) -> None:
    """List for whom there is a policy: people first, then the role of each function."""
    if as_json:
        output.show_json({"Policies": [{"Name": name, "For": one.told} for name, one in everybody().items()]})
        return
    shown = output.table("Name", "For", wrap=("For",))
    for name, one in everybody().items():
        output.row(shown, name, one.told)
    output.show(shown)


@app.command("print", epilog="Example: certdeploy ram print reader")
def print_(
    who: Annotated[str, typer.Argument(help="A name that `ram list` shows, such as machine or reader.")],
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            help="Parameter of template.yml as Name=value, such as OtsInstance=certs; may be repeated."
        ),
    ] = None,
) -> None:
    """Print one RAM policy as JSON, to be pasted into the RAM console or given to CreatePolicy.

    It names what the settings name: the region (--region), the stack (--stack, or CERTDEPLOY_PREFIX), the
    Tablestore instance of CERTDEPLOY_STATE, secrets in KMS, the account if FC_ACCOUNT_ID says it. It is what
    the code declares that it calls; template.yml grants roles the same.
    """
    known = everybody()
    if who not in known:
        raise NotFoundError("policy", who, "`certdeploy ram list` shows those that do")
    settings = in_region(read_settings())
    if stack := named_stack():
        settings = settings.evolve(prefix=stack)
    found = document(known[who], Place.of(settings, parameters(parameter or [], None)))
    print(json.dumps(found, indent=2))
    if (size := length(found)) > LONGEST:
        tell(f"it has {size} characters, and a custom policy {LONGEST} at most: make two of it, attach both")
