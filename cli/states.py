"""`certdeploy state`: make, look over, copy and move the state."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, TextIO, cast

import typer

from cli import exits, output
from cli.columns import AsJson
from cli.output import tell
from cli.session import Session, own_session
from shared.cloud import credentials
from shared.errors import InvalidRequestError, SettingsError
from shared.runtime.app import utc_now
from shared.state import meta
from shared.state.check import Check, Looked
from shared.state.portable import Export, check_file, rows_of_file, take_in
from shared.state.tables import TABLES
from shared.state.tablestore_address import is_address
from shared.state.whole import Tally, WholeStore, tally_of

app = typer.Typer(no_args_is_help=True)


@app.callback()
def state() -> None:
    """Make, look over, copy and move the state."""


@app.command("create", epilog="Example: certdeploy state create")
def create() -> None:
    """Create the tables that a Tablestore instance (CERTDEPLOY_STATE=ots://…) lacks. A stack has them."""
    current = own_session()
    if current.settings.tablestore is None:
        raise InvalidRequestError("CERTDEPLOY_STATE names a file, which has its tables from the start")
    made = _make_tables(current)
    address = current.settings.tablestore
    tell(f"{made} tables created in {address}" if made else f"all tables are there in {address}")


@app.command("check", epilog="Example: certdeploy state check --json")
def check(as_json: AsJson = False) -> None:
    """Read every row and tell what cannot be read or does not fit together. Exit 1 if anything is found.

    Counts the rows of each table. Finds index rows that are missing or lead nowhere, jobs without their
    workers or not among the open ones, and leases of functions that ended without letting go.
    Changes nothing.
    """
    current = own_session()
    # Whether functions of a stack are at work is not known from here.
    served = None if is_address(current.settings.state) else current.running is not None
    with output.progress("Reading the state …"):
        looked = Check(_whole(current), utc_now(), served=served).look()
    if as_json:
        output.show_json(looked)
    else:
        _show(looked)
    if looked.findings:
        raise typer.Exit(exits.FAILED)


@app.command("export", epilog="Example: certdeploy state export state.jsonl")
def export(
    to: Annotated[str, typer.Argument(help="File to make, for its owner alone; - is standard output.")],
) -> None:
    """Write the state as text that `certdeploy state import` takes in, on whatever it is kept.

    JSON lines: a header with schema, version and time, a row each, and a sum of all at the end. It holds no
    private key. Leases are left out. Stop `certdeploy serve`, or the stack's timers, before: what is written
    meanwhile is in the file or not. Exit 1 if a row could not be taken along.
    """
    current = own_session()
    exported = Export(_whole(current))
    with _made(to) as out:
        for line in exported.lines(version("certdeploy"), utc_now()):
            out.write(f"{line}\n")
    tell(_told(exported.tally))
    _tell_left_out(exported)


@app.command("import", epilog="Example: certdeploy state import state.jsonl")
def import_(
    file: Annotated[Path, typer.Argument(help="File that `certdeploy state export` made.")],
) -> None:
    """Take an exported state into the empty one that CERTDEPLOY_STATE names.

    The file is read whole, and checked, before anything is written. What a state holds already is not mixed
    with it: name another file, or another prefix in Tablestore. An import that was cut off is begun again.
    """
    current = own_session(unfinished=True)
    _refuse_if_served(current)
    with _opened(file) as lines:
        promised = check_file(lines, str(file))
    _make_tables(current)
    store, where = _whole(current), current.settings.state
    with _opened(file) as lines:
        take_in(store, rows_of_file(lines), where)
    _verify(promised, tally_of(store), where)
    tell(f"{_told(promised)}, now in {where}")


@app.command("migrate", epilog="Example: certdeploy state migrate state.db ots://certdeploy.cn-hangzhou")
def migrate(
    source: Annotated[str, typer.Argument(help="State to copy: a file, or ots://INSTANCE.REGION/PREFIX.")],
    to: Annotated[str, typer.Argument(help="Empty state to copy it into, of the same or the other kind.")],
) -> None:
    """Copy a state from a file to Tablestore, or back, and compare both. The source stays as it is.

    Refused while `certdeploy serve` works on either; stop the timers of a stack before. Afterwards name the
    new state in CERTDEPLOY_STATE. A migration that was cut off is begun again.
    """
    old, new = own_session(_existing(source)), own_session(to, unfinished=True)
    if old.settings.state == new.settings.state:
        raise InvalidRequestError(f"{to} is the state itself")
    _refuse_if_served(old)
    _refuse_if_served(new)
    first = Export(_whole(old))
    for _ in first.rows():
        pass
    if first.left_out:
        _tell_left_out(first, ": nothing was migrated; `certdeploy state export` leaves them out")
    _make_tables(new)
    take_in(_whole(new), Export(_whole(old)).rows(), new.settings.state)
    _verify(first.tally, tally_of(_whole(old)), old.settings.state)
    _verify(first.tally, tally_of(_whole(new)), new.settings.state)
    tell(f"{_told(first.tally)}, the same in {old.settings.state} and {new.settings.state}")


def _whole(current: Session) -> WholeStore:
    return cast(WholeStore, current.store)


def _make_tables(current: Session) -> int:
    """How many; in a file they are there."""
    if (address := current.settings.tablestore) is None:
        return 0
    from shared.state.tablestore import create_tables

    made = create_tables(address, credentials.from_environment(current.environ), TABLES)
    meta.say_schema(current.store)
    return len(made)


def _existing(state: str) -> str:
    if not is_address(state) and not Path(state).is_file():
        raise InvalidRequestError(f"{state}: there is no such file")
    return state


def _refuse_if_served(current: Session) -> None:
    if (serving := current.running) is not None:
        raise SettingsError(f"process {serving.pid} serves {current.settings.state}; stop it first")


def _verify(promised: Tally, found: Tally, where: str) -> None:
    if promised != found:
        rows = f"{found.rows.total():,} rows where {promised.rows.total():,} were read"
        tell(f"certdeploy: {where} differs from what was read: {rows}; somebody else writes to it")
        raise typer.Exit(exits.FAILED)


def _tell_left_out(exported: Export, outcome: str = " is not in the file") -> None:
    for row in exported.left_out:
        tell(f"certdeploy: {row}{outcome}")
    if exported.left_out:
        raise typer.Exit(exits.FAILED)


def _told(tally: Tally) -> str:
    return f"{tally.rows.total():,} rows of {len(tally.rows)} tables"


def _show(looked: Looked) -> None:
    counted = output.table("table", "rows", right=("rows",))
    for name, rows in looked.rows.items():
        output.row(counted, name, f"{rows:,}")
    output.show(counted)
    if looked.findings:
        found = output.table("table", "row", "what", title=f"{len(looked.findings)} findings", wrap=("what",))
        for finding in looked.findings:
            output.row(found, finding.table, finding.key, finding.what)
        output.show(found)


@contextmanager
def _made(file: str) -> Iterator[TextIO]:
    """Raises InvalidRequestError: the file is there, or none is named."""
    if not file:
        raise InvalidRequestError("name a file to make, or - for standard output")
    if file == "-":
        yield sys.stdout
        return
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InvalidRequestError(f"{file} is there already; it is not written over") from None
    with open(handle, "w", encoding="utf-8") as out:
        yield out


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    with file.open(encoding="utf-8", errors="replace") as lines:
        yield lines
