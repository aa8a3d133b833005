"""`certdeploy emulator`: the emulated cloud as a process."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)


class Limits(str, Enum):
    DOCUMENTED = "documented"
    NONE = "none"


@app.callback()
def emulator() -> None:
    """The cloud on this machine: APIs, Function Compute, EventBridge, and a TLS edge."""


@app.command("serve")
def serve(
    port: Annotated[int, typer.Option(help="Of the APIs; 0 takes a free one.", min=0, max=65535)] = 0,
    tls_port: Annotated[int, typer.Option(help="Of the TLS edge.", min=0, max=65535)] = 0,
    estate: Annotated[
        Path | None,
        typer.Option(help="What the account holds (YAML or JSON, docs/estate.md); default: a sample."),
    ] = None,
    latency_ms: Annotated[float, typer.Option(help="Added to every answer.", min=0)] = 0,
    limits: Annotated[Limits, typer.Option(help="Calls per second by action.")] = Limits.DOCUMENTED,
    settle_s: Annotated[float, typer.Option(help="How long changes take to be in service.", min=0)] = 1.0,
) -> None:
    """Serve until stopped. Prints one JSON line when ready: endpoint, tls, access key."""
    from emulator.main import serve as run

    raise typer.Exit(run(port, tls_port, estate, latency_ms, limits.value, settle_s))
