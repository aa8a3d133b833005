"""`certdeploy stack`: how the stack stands: its status, versions, outputs, and what happened last."""

from typing import Annotated

import typer

from cli import exits, output
from cli.columns import AsJson
from cli.deploy import Name, Region
from cli.stacks.account import stack_name, the_account
from cli.stacks.human import called, why
from cli.stacks.ros import Event
from shared.errors import NotFoundError

_VERSIONS = ("CodeObject", "LayerObject", "Runtime")


def stack(
    name: Name = None,
    region: Region = None,
    events: Annotated[int, typer.Option(min=0, max=500, help="How many of the last events to show.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Show how the stack stands. Exit 1 if it is not what was asked for last. Changes nothing."""
    called_, account = stack_name(name), the_account(region)
    with output.progress("Asking ROS …"):
        found = account.ros.find(called_)
        if found is None:
            raise NotFoundError(
                "Stack", called_, f"there is none in {account.region}; `certdeploy deploy` makes it"
            )
        resources = account.ros.resources(found.id)
        last = (
            sorted(account.ros.events(found.id), key=lambda one: (one.at, one.id))[-events:] if events else []
        )
    if as_json:
        output.show_json(
            {
                "Name": found.name,
                "Region": account.region,
                "Status": found.status,
                "Reason": found.reason,
                "Created": found.created,
                "Updated": found.updated,
                "Parameters": dict(found.parameters),
                "Outputs": dict(found.outputs),
                "Resources": [
                    {"Name": one.name, "Type": one.kind, "Status": one.status, "Id": one.physical_id}
                    for one in resources
                ],
                "Events": [
                    {"At": one.at, "Name": one.name, "Status": one.status, "Reason": one.reason}
                    for one in last
                ],
            }
        )
    else:
        table = output.table("", "", wrap=("",))
        table.show_header = False
        for what, fact in (
            ("Stack", f"{found.name} in {account.region}, account {account.id}"),
            ("Status", f"{found.status}{f': {why(found.reason)}' if found.failed else ''}"),
            ("Created", f"{found.created} UTC"),
            ("Updated", f"{found.updated} UTC" if found.updated else "never"),
            *((one, found.parameters.get(one, "")) for one in _VERSIONS),
            ("Resources", _counted(resources)),
            *sorted(found.outputs.items()),
        ):
            output.row(table, what, fact)
        output.show(table)
        _show(last)
    if found.failed:
        raise typer.Exit(exits.FAILED)


def _counted(resources: list[Event]) -> str:
    wrong = [one for one in resources if not one.status.endswith("_COMPLETE")]
    named = "; not complete: " + ", ".join(called(one.name, one.kind) for one in wrong[:5]) if wrong else ""
    return f"{len(resources)}{named}"


def _show(last: list[Event]) -> None:
    if not last:
        return
    table = output.table("At (UTC)", "What", "Status", "Why", title="\nLast events", wrap=("What", "Why"))
    for one in last:
        reason = why(one.reason) if one.status.endswith("_FAILED") else ""
        output.row(table, one.at, called(one.name, one.kind), one.status, reason)
    output.show(table)
