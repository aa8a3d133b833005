"""`certdeploy emulator`: the emulated cloud as a process."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)


class Answers(str, Enum):
    FULL = "full"
    SPARSE = "sparse"
    RANDOM = "random"


class Limits(str, Enum):
    DOCUMENTED = "documented"
    NONE = "none"


@app.callback()
def emulator() -> None:
    """Run an emulated cloud on this machine: APIs, Function Compute, EventBridge, and a TLS edge."""


@app.command("serve", epilog="Example: certdeploy emulator serve --port 8100 --estate estate.yaml --export")
def serve(
    port: Annotated[int, typer.Option(help="Port of the APIs; 0 picks a free port.", min=0, max=65535)] = 0,
    tls_port: Annotated[
        int, typer.Option(help="Port of the TLS edge; 0 picks a free port.", min=0, max=65535)
    ] = 0,
    estate: Annotated[
        Path | None,
        typer.Option(
            help="File that describes the account (YAML or JSON, see docs/estate.md). Default: a sample."
        ),
    ] = None,
    latency_ms: Annotated[float, typer.Option(help="Delay of every answer, in milliseconds.", min=0)] = 0,
    limits: Annotated[Limits, typer.Option(help="Rate limits to apply.")] = Limits.DOCUMENTED,
    settle_s: Annotated[float, typer.Option(help="Seconds until a change takes effect.", min=0)] = 1.0,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse unknown parameters, which the real cloud ignores.")
    ] = False,
    loose: Annotated[
        bool, typer.Option("--loose", help="Overlook parameters that are not emulated, instead of refusing.")
    ] = False,
    answers: Annotated[
        Answers, typer.Option(help="Answers with every field, with the fewest, or with a random mix.")
    ] = Answers.FULL,
    seed: Annotated[int, typer.Option(help="Seed of random answers.")] = 0,
    export: Annotated[
        bool, typer.Option("--export", help="Print `export` lines for a shell instead of JSON.")
    ] = False,
) -> None:
    """Serve until stopped. When ready, print the endpoints and the access key as one line of JSON."""
    from emulator.main import print_exports, print_ready
    from emulator.main import serve as run

    on_ready = print_exports if export else print_ready
    stopped = run(
        *(port, tls_port, estate, latency_ms),
        limits=limits.value,
        settle_s=settle_s,
        on_ready=on_ready,
        strict=strict,
        loose=loose,
        answers=answers.value,
        seed=seed,
    )
    raise typer.Exit(stopped)
