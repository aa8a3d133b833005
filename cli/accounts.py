"""`certdeploy account`: which accounts are looked after, and whether they let us in."""

import typer
from rich.text import Text

from cli import exits, output
from cli.columns import AsJson
from cli.session import session
from shared.services.accounts import accounts, enter_accounts

app = typer.Typer(no_args_is_help=True)
_NONE = "no account but the own one is looked after; CERTDEPLOY_ACCOUNTS names others"


@app.callback()
def account() -> None:
    """List the accounts that are looked after, and check whether they let us in."""


@app.command("list", epilog="Example: certdeploy account list")
def list_accounts(as_json: AsJson = False) -> None:
    """List the own account and those of CERTDEPLOY_ACCOUNTS, with what is known of each."""
    current = session()
    found = accounts(current.world())
    if as_json:
        output.show_json({"Accounts": found})
        return
    roles = {one.id: one.role for one in current.settings.accounts}
    table = output.table(
        "Account", "Role", "Slots", "Certificates", "CAS read (UTC)", "Remarks", wrap=("Role", "Remarks")
    )
    for one in found:
        output.row(
            table,
            one.account or "own",
            roles.get(one.account, ""),
            str(one.slots),
            str(one.certificates),
            output.moment(one.scanned_at),
            one.unread,
        )
    output.show(table)


@app.command("check", epilog="Example: certdeploy account check")
def check(as_json: AsJson = False) -> None:
    """Assume the role in each account with the key at hand, and read its CAS. Changes nothing.

    Exit 1 if one does not let us in. What the functions of a stack may do, their roles say.
    """
    current = session()
    current.check_credentials()
    found = enter_accounts(current.world())
    if as_json:
        output.show_json({"Accounts": found})
    elif not found:
        output.tell(_NONE)
    else:
        for one in found:
            mark = ("✗ ", "bold red") if one.why_not else ("✓ ", "bold green")
            told = one.why_not or "its role is assumed, its CAS is read"
            output.console().print(Text.assemble(mark, f"{one.account}: {told}"), soft_wrap=True)
    if any(one.why_not for one in found):
        raise typer.Exit(exits.FAILED)
