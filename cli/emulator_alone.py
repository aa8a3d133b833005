"""The command `certdeploy` with nothing but `emulator`, which behaves as in the whole command."""

from collections.abc import Sequence

import typer

from cli import emulator_orders, failures

app = typer.Typer(**failures.AS_EVERYWHERE)


@app.callback()
def certdeploy() -> None:
    pass


app.add_typer(emulator_orders.app, name="emulator", help=emulator_orders.HELP)


def main(argv: Sequence[str] | None = None) -> int:
    return failures.run(lambda: typer.main.get_command(app), argv, failures.failed)
