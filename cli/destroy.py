"""`certdeploy destroy`: the stack is taken away; its state stays unless it is told to go."""

from collections import Counter
from typing import Annotated

import typer
from rich.text import Text

from cli import output
from cli.asking import confirm
from cli.columns import AsJson
from cli.deploy import Name, Region
from cli.stacks.account import stack_name, the_account
from cli.stacks.follow import settled
from cli.stacks.human import STATE, called, kind_of
from cli.stacks.objects import bucket_of
from cli.stacks.removing import Removing
from cli.stacks.ros import Event
from cli.stacks.screen import Followed
from shared.domain.visible import visible
from shared.errors import InvalidRequestError, NotFoundError


def destroy(
    name: Name = None,
    region: Region = None,
    with_state: Annotated[
        bool,
        typer.Option(
            "--with-state", help="Remove the state too: jobs, history, contacts, policies. Cannot be undone."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove the stack: functions, roles, timers, logs. Its state stays, for a stack that goes on with it.

    What was deployed stays in service. The bucket with the objects stays, too.
    """
    called_, account = stack_name(name), the_account(region)
    screen = Followed()
    with screen.following("Asking ROS …"):
        stack = account.ros.find(called_)
        if stack is None:
            raise NotFoundError("Stack", called_, f"there is none in {account.region}")
        stack = settled(account.ros, stack, output.tell, screen.tell)
        if stack is None:  # another removal has ended
            _told(called_, account.region, [], 0, as_json)
            return
        work = Removing(account.ros, stack, screen.tell)
    if with_state and work.elsewhere:
        raise InvalidRequestError(
            f"--with-state: the stack was given {work.elsewhere} (State=kept) and did not make it; destroy it"
            " without, and remove the instance in Tablestore's console if no other stack goes on with it"
        )
    if with_state and work.keeps:
        raise InvalidRequestError(
            "--with-state: the stack is half removed, and what holds the state cannot be told to go any more;"
            f" destroy it without, and then remove {work.instance} in Tablestore's console"
        )
    kept = [] if with_state else work.state
    going = [one for one in work.resources if one not in kept]
    if not as_json:
        where = output.console()
        where.print(Text(f"stack {called_} in {account.region}, account {account.id}: {stack.status}"))
        for kind, count in sorted(Counter(one.kind for one in going).items()):
            where.print(Text(f"  remove  {count} {kind_of(kind, count)}"))
        if work.elsewhere:
            where.print(
                Text(f"  keep    Tablestore instance {work.elsewhere}, which this stack did not make")
            )
        if work.let_go:
            where.print(Text(f"  keep    Tablestore instance {work.let_go}, if it is there: it was let go"))
        for one in kept if len(kept) < 3 else [one for one in kept if one.kind == STATE[0]]:
            where.print(Text(f"  keep    {called(one.name, one.kind)} {one.physical_id}, with its tables"))
        where.print(Text(f"  keep    bucket {bucket_of(account.id, account.region)}, if it was made"))
    if not yes:
        lost = " with all its jobs, history and contacts, for good" if with_state and work.state else ""
        confirm(f"Remove the stack {called_}{lost}?", as_json)
    again, hidden = work.repeated(account.region, bucket_of(account.id, account.region))
    with screen.following("Removing …"):
        work.carry_out(with_state=with_state)
    _told(called_, account.region, going, len(kept), as_json)
    if as_json:
        return
    own = next((one.physical_id for one in kept if one.kind == STATE[0]), "")
    if instance := work.elsewhere or own or work.let_go:
        unless = ", unless it was told to go," if instance == work.let_go else ""
        files = f" (with a --parameter-file for {', '.join(hidden)}, if it had that)" if hidden else ""
        output.tell(f"its state{unless} stays in {instance}; this goes on with it{files}:")
        print(visible(f"certdeploy deploy {again}"))


def _told(name: str, region: str, going: list[Event], kept: int, as_json: bool) -> None:
    if as_json:
        removed = [{"Name": one.name, "Type": one.kind} for one in going]
        output.show_json({"Stack": name, "Region": region, "Removed": removed, "Kept": kept})
        return
    output.tell(f"the stack {name} is removed")
