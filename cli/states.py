"""`certdeploy state`: what the state needs before it can be used."""

import typer

from cli.output import tell
from cli.session import session
from shared.cloud import credentials
from shared.errors import InvalidRequestError
from shared.state.tables import TABLES

app = typer.Typer(no_args_is_help=True)


@app.callback()
def state() -> None:
    """Prepare the state."""


@app.command("create", epilog="Example: certdeploy state create")
def create() -> None:
    """Create the tables that a Tablestore instance (CERTDEPLOY_STATE=ots://…) lacks. A stack has them."""
    current = session()
    if (address := current.settings.tablestore) is None:
        raise InvalidRequestError("CERTDEPLOY_STATE names a file, which has its tables from the start")
    from shared.state.tablestore import create_tables

    made = create_tables(address, credentials.from_environment(current.environ), TABLES)
    tell(f"{len(made)} tables created in {address}" if made else f"all tables are there in {address}")
