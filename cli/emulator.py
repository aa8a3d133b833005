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


@app.command(
    "serve",
    epilog="Example: certdeploy emulator serve --port 8100 --estate estate.yaml --ca-out ca.pem --export",
)
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
    latency_ms: Annotated[
        float, typer.Option(help="Delay of every answer, in milliseconds.", min=0, max=600_000)
    ] = 0,
    limits: Annotated[Limits, typer.Option(help="Rate limits to apply.")] = Limits.DOCUMENTED,
    settle_s: Annotated[
        float, typer.Option(help="Seconds until a change takes effect.", min=0, max=31_622_400)
    ] = 1.0,
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
    run_functions: Annotated[
        bool,
        typer.Option(
            "--run-functions", help="Run functions that are made here: whoever has the key runs code as you."
        ),
    ] = False,
    export: Annotated[
        bool, typer.Option("--export", help="Print `export` lines for a shell instead of JSON.")
    ] = False,
    host: Annotated[
        str,
        typer.Option(help="IP address to listen at. 127.0.0.1 and 0.0.0.0 have their IPv6 counterpart too."),
    ] = "127.0.0.1",
    https_port: Annotated[
        int | None,
        typer.Option(
            help="One more port for the cloud's hosts over TLS, such as 443; 0 picks a free port. "
            "The port of the APIs takes TLS too.",
            min=0,
            max=65535,
        ),
    ] = None,
    ca_out: Annotated[
        Path | None, typer.Option(help="File for the CA of the cloud's hosts, which clients must trust.")
    ] = None,
    hosts: Annotated[
        bool, typer.Option("--print-hosts", help="Print lines of /etc/hosts for the cloud's hosts, and stop.")
    ] = False,
    access_key_id: Annotated[
        str, typer.Option(help="Id of the access key. Default: a new one.", envvar="EMULATOR_ACCESS_KEY_ID")
    ] = "",
    access_key_secret: Annotated[
        str,
        typer.Option(
            help="Secret of the access key. Default: a new one.", envvar="EMULATOR_ACCESS_KEY_SECRET"
        ),
    ] = "",
    ready_file: Annotated[
        Path | None, typer.Option(help="File that holds the ready line for as long as the emulator serves.")
    ] = None,
    access_log: Annotated[
        Path | None,
        typer.Option(help="File for one line of JSON per request, without queries and bodies; -: stderr."),
    ] = None,
) -> None:
    """Serve until stopped. When ready, print the endpoints and the access key as one line of JSON."""
    from emulator.listening import Listening, ListeningError
    from emulator.main import print_exports, print_hosts, print_ready
    from emulator.main import serve as run

    try:
        listening = Listening(
            host, https_port, ca_out, ready_file, access_log, access_key_id, access_key_secret
        )
    except ListeningError as error:
        raise typer.BadParameter(str(error)) from None
    if hosts:
        raise typer.Exit(print_hosts(estate, host))
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
        run_functions=run_functions,
        listening=listening,
    )
    raise typer.Exit(stopped)
