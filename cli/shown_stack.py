"""`certdeploy stack`: how the stack stands: status, versions, outputs, releases, what happened last."""

from datetime import datetime
from typing import Annotated, Final

import typer

from cli import exits, output
from cli.columns import AsJson
from cli.deploy import Name, Region
from cli.stacks import releases
from cli.stacks.account import Account, stack_name, the_account
from cli.stacks.human import called, last_failure, why
from cli.stacks.ros import Event, StackState
from shared.errors import CloudError, NotFoundError

_VERSIONS: Final = ("CodeObject", "LayerObject", "Runtime")
_RELEASES: Final = 5  #: that are shown


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
            made = f"certdeploy deploy --name {called_}{account.said}"
            raise NotFoundError("Stack", called_, f"there is none in {account.region}; `{made}` makes it")
        resources = account.ros.resources(found.id)
        told = _told(account, found, wanted=events > 0 or found.failed)
        before, unlisted = _deployed_before(account, found)
    if unlisted:
        output.tell(f"what was deployed before could not be listed: {unlisted}")
    last = told[-events:] if events else []
    reason = (last_failure(told) or why(found.reason)) if found.failed else ""
    if as_json:
        output.show_json(
            {
                "Name": found.name,
                "Region": account.region,
                "Status": found.status,
                "Reason": reason or found.reason,
                "Created": found.created,
                "Updated": found.updated,
                "Parameters": dict(found.parameters),
                "Outputs": dict(found.outputs),
                "Releases": [{"Id": one, "Deployed": f"{at:%Y-%m-%dT%H:%M:%SZ}"} for one, at in before],
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
            ("Status", f"{found.status}{f': {reason}' if reason else ''}"),
            ("Created", f"{found.created} UTC"),
            ("Updated", f"{found.updated} UTC" if found.updated else "never"),
            *((one, found.parameters.get(one, "")) for one in _VERSIONS),
            ("Resources", _counted(resources)),
            *sorted(found.outputs.items()),
        ):
            output.row(table, what, fact)
        output.show(table)
        _show_releases(before)
        _show(last)
    if found.failed:
        raise typer.Exit(exits.FAILED)


def _told(account: Account, stack: StackState, *, wanted: bool) -> list[Event]:
    """The oldest first."""
    return sorted(account.ros.events(stack.id), key=lambda one: (one.at, one.id)) if wanted else []


def _deployed_before(account: Account, stack: StackState) -> tuple[list[tuple[str, datetime]], str]:
    """What `certdeploy deploy --release` can go back to, and why it could not be listed."""
    bucket = stack.parameters.get("CodeBucket", "")
    if not bucket:
        return [], ""
    try:
        return releases.deployed_before(account.objects, bucket, account.region, stack.name), ""
    except CloudError as failed:
        return [], str(failed)


def _show_releases(before: list[tuple[str, datetime]]) -> None:
    if not before:
        return
    table = output.table("Release", "Deployed (UTC)", title="\nDeployed, the last one first")
    for one, at in before[:_RELEASES]:
        output.row(table, one, f"{at:%Y-%m-%d %H:%M:%S}")
    output.show(table)
    if (more := len(before) - _RELEASES) > 0:
        output.tell(f"{more} earlier ones: --json")


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
