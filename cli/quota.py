"""`certdeploy quota`: what deployments were bought, what jobs have of it, and what is left."""

from typing import Annotated, Any

import typer

from cli import output
from cli.asked import managed_quota
from cli.columns import AsJson
from cli.given import cert_ids_of
from cli.session import session
from shared.domain.quota import QuotaMode
from shared.errors import InvalidRequestError
from shared.services.quota_ledger import ManagedQuota, QuotaLine, QuotaShown

app = typer.Typer(no_args_is_help=True)
_Certificates = list[str] | None


@app.callback()
def quota() -> None:
    """Show, add to and set the quota of deployments."""


@app.command("show", epilog="Example: certdeploy quota show")
def show(as_json: AsJson = False) -> None:
    """Show what was bought, used and reserved, what is left, and which jobs hold a part of it."""
    _show(_managed({"Show": {}}), as_json)


@app.command("add", epilog="Example: certdeploy quota add 100 --note 'order 2026-17'")
def add(
    count: Annotated[int, typer.Argument(help="Deployments that were bought.")],
    note: Annotated[str, typer.Option(help="For people, such as the number of the order.")] = "",
    token: Annotated[
        str | None,
        typer.Option(help="Name of the package: a second `add` of the same name adds nothing."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a package that was bought. Packages are not taken away again."""
    asked = {"Count": count, "Note": note, **({"ClientToken": token} if token is not None else {})}
    _show(_managed({"Add": asked}), as_json)


@app.command("set", epilog="Example: certdeploy quota set --mode enforced")
def set_quota(
    mode: Annotated[
        QuotaMode | None,
        typer.Option(
            help="Whether jobs need what is left of it (enforced), or are only told of it (advisory)."
        ),
    ] = None,
    share: Annotated[
        _Certificates,
        typer.Option(help="Id of a certificate that is free, since it was shared with this account."),
    ] = None,
    unshare: Annotated[_Certificates, typer.Option(help="Id of one that is not free any more.")] = None,
    as_json: AsJson = False,
) -> None:
    """Set the mode, and which certificates are free. CAS does not tell which were shared."""
    if mode is None and not (share or unshare):
        raise InvalidRequestError("nothing to set; give --mode, --share or --unshare")
    asked = {"Share": cert_ids_of(share or (), "--share"), "Unshare": cert_ids_of(unshare or (), "--unshare")}
    _show(_managed({"Set": {**asked, **({"Mode": mode.value} if mode else {})}}), as_json)


@app.command("history", epilog="Example: certdeploy quota history --json")
def history(as_json: AsJson = False) -> None:
    """List the packages, and what each job has used by its end, the oldest first."""
    found = _managed({"History": {}})
    if as_json:
        output.show_json(found)
        return
    table = output.table(
        "When (UTC)", "What", "Bought", "Used", "Given back", "Released",
        wrap=("What",), right=("Bought", "Used", "Given back", "Released"),
    )  # fmt: skip
    for line in found.history or ():
        figures = (line.bought, line.used, line.given_back, line.released)
        output.row(table, output.moment(line.at), _what(line), *(str(one) if one else "" for one in figures))
    output.show(table)


def _what(line: QuotaLine) -> str:
    if line.job_id is None:
        return f"package {line.note or line.package_id}"
    again = f", end {line.end + 1}" if line.end else ""
    return f"job {line.job_id} {line.name}{again}"


def _managed(request: dict[str, Any]) -> ManagedQuota:
    return managed_quota(session().world(), request)


def _show(found: ManagedQuota, as_json: bool) -> None:
    if as_json:
        output.show_json(found)
    elif found.quota is not None:
        _show_quota(found.quota)


def _show_quota(found: QuotaShown) -> None:
    output.console().print(
        f"{found.mode.value}: {found.left:,} of {found.bought:,} left; {found.used:,} used by ended jobs,"
        f" {found.consumed:,} by running ones, {found.reserved:,} reserved"
    )
    if found.mode is QuotaMode.ADVISORY:
        output.tell("no job is charged; `certdeploy quota set --mode enforced` begins with that")
    if found.shared:
        output.console().print(f"free, since shared: {', '.join(map(output.short, found.shared))}")
    if found.jobs:
        table = output.table(
            "Job", "Name", "Reserved", "Consumed", "Given back", title="\nOpen jobs", wrap=("Name",)
        )
        for job in found.jobs:
            use = job.use
            figures = (use.reserved, use.consumed, use.given_back + use.released)
            output.row(table, str(job.job_id), job.name, *map(str, figures))
        output.show(table)
