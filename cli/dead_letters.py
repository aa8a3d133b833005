"""`certdeploy deadletters`: invocations that failed for good, and what becomes of them."""

from collections.abc import Iterator
from typing import Annotated

import typer

from cli import output
from cli.asked import managed_installation
from cli.columns import AsJson
from cli.session import Session, session
from shared.domain.dead_letters import DeadLetter
from shared.errors import InvalidRequestError, NotFoundError

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Dead letter, as `deadletters list` names it.")]


@app.callback()
def deadletters() -> None:
    """Show invocations that failed for good, run them again, or drop them."""


@app.command("list", epilog="Example: certdeploy deadletters list")
def list_(as_json: AsJson = False) -> None:
    """List the invocations that were given up, the oldest first.

    What timers make up for by themselves, such as a scan, may be dropped; look at the others.
    """
    letters = list(session().world().dead_letters.list())
    if as_json:
        output.show_json({"DeadLetters": letters})
        return
    table = output.table("name", "function", "failed", "tries", "why", wrap=("why",), right=("tries",))
    for letter in letters:
        tries = "" if letter.tries is None else str(letter.tries)
        output.row(table, letter.name, letter.function, output.moment(letter.failed_at), tries, letter.why)
    output.show(table)


@app.command("show", epilog="Example: certdeploy deadletters show 1777636800000-1-65a0b0c0")
def show(name: Name, as_json: AsJson = False) -> None:
    """Show one of them in full, with what it was invoked with."""
    letter = _found(session(), name)
    if as_json:
        output.show_json(letter)
        return
    table = output.table("field", "value", wrap=("value",))
    for field, value in output.plain(letter).items():
        output.row(table, field, str(value))
    output.show(table)


@app.command("retry", epilog="Example: certdeploy deadletters retry 1777636800000-1-65a0b0c0")
def retry(name: Name, as_json: AsJson = False) -> None:
    """Invoke the function again with the same payload and wait. What goes well is a dead letter no more.

    Every function may be invoked twice: it looks at what is, and does what is left.
    """
    current = session()
    letter = _found(current, name)
    function = letter.function.removeprefix(f"{current.settings.prefix}-")
    with output.progress(f"{function} …"):
        answer = current.call(function, letter.payload.encode())
    _dropped(current, [letter.name])
    if as_json:
        output.show_json(answer)
    else:
        output.tell(f"{letter.function} went well; the dead letter is gone")


@app.command("drop", epilog="Example: certdeploy deadletters drop --all")
def drop(
    name: Annotated[str, typer.Argument(help="Dead letter, as `deadletters list` names it.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Drop all of them that there are.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove one of them, or all, without running them again."""
    if bool(name) is every:
        raise InvalidRequestError("name a dead letter, or give --all")
    current = session()
    letters = current.world().dead_letters.list() if every else [_found(current, name)]
    dropped = _dropped(current, [letter.name for letter in letters])
    if as_json:
        output.show_json({"Dropped": dropped})
    else:
        output.tell(f"{len(dropped)} dropped")


def _dropped(current: Session, names: list[str]) -> list[str]:
    """Those that were there."""
    if not names:
        return []
    asked = {"DropDeadLetters": {"Names": names}}
    return list(managed_installation(current.world(), asked).dropped or ())


def _found(current: Session, name: str) -> DeadLetter:
    """Raises NotFoundError."""
    letters: Iterator[DeadLetter] = current.world().dead_letters.list()
    found = next((letter for letter in letters if letter.name == name), None)
    if found is None:
        raise NotFoundError("dead letter", name, "see `certdeploy deadletters list`")
    return found
