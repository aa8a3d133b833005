"""`certdeploy emulator`: what a running emulator tells, and orders to it."""

import json
import os
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer
import yaml

from cli.emulator import app
from emulator.client import Client, EmulatorError
from shared.errors import InvalidRequestError

__all__ = ["HELP", "app"]  # with its commands

HELP = "Run an emulated cloud on this machine."

Endpoint = Annotated[
    str,
    typer.Option(
        help="Address of the running emulator's APIs. Its token is read from EMULATOR_TOKEN.",
        envvar=["EMULATOR_ENDPOINT", "CERTDEPLOY_ENDPOINT"],
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
_HERE = "http://127.0.0.1:8100"
_BRIEF = 120


def _ask(endpoint: str, method: str, path: str, body: object = None) -> Any:
    try:
        return Client(endpoint, os.environ.get("EMULATOR_TOKEN", "")).ask(method, path, body)
    except EmulatorError as error:
        raise InvalidRequestError("; ".join(str(error).splitlines())) from None


def _show(rows: list[dict[str, Any]], name: str, columns: tuple[str, ...], as_json: bool) -> None:
    from cli import output

    if as_json:
        return output.show_json({name: rows})
    table = output.table(*columns)
    for row in rows:
        output.row(table, *(str(row.get(column, ""))[:_BRIEF] for column in columns))
    output.show(table)
    return None


@app.command("actions", epilog="Example: certdeploy emulator actions --api cdn")
def actions(
    api: Annotated[str, typer.Option(help="Only actions of this API, such as cdn.")] = "",
    endpoint: Endpoint = _HERE,
    as_json: Json = False,
) -> None:
    """List the emulated actions, each with how certain it is that the real cloud does the same."""
    rows = _ask(endpoint, "GET", "actions")
    known = sorted({row["api"] for row in rows})
    if api and api.lower() not in (name.lower() for name in known):
        raise InvalidRequestError(f"--api: is one of {', '.join(known)}")
    rows = [row for row in rows if api.lower() in ("", row["api"].lower())]
    _show(rows, "Actions", ("api", "action", "version", "certainty", "source"), as_json)


@app.command("calls", epilog="Example: certdeploy emulator calls --action SetCdnDomainSSLCertificate")
def calls(
    api: Annotated[str, typer.Option(help="Only calls of this API, such as cdn.")] = "",
    action: Annotated[str, typer.Option(help="Only calls of this action.")] = "",
    region: Annotated[str, typer.Option(help="Only calls in this region.")] = "",
    limit: Annotated[int, typer.Option(help="How many calls, the latest.", min=1, max=50_000)] = 100,
    refused: Annotated[
        bool, typer.Option("--refused", help="Only calls of what is not emulated, of all kinds.")
    ] = False,
    endpoint: Endpoint = _HERE,
    as_json: Json = False,
) -> None:
    """List the latest calls, without secrets."""
    wanted = {"api": api, "action": action, "region": region, "limit": str(limit)}
    query = urlencode({name: text for name, text in wanted.items() if text})
    rows = _ask(endpoint, "GET", "calls/refused" if refused else f"calls?{query}")
    _show(rows, "Calls", ("time", "api", "action", "region", "status", "code", "request_id"), as_json)


@app.command("faults", epilog='Example: certdeploy emulator faults --order \'{"action": "PutCname"}\'')
def faults(
    order: Annotated[str, typer.Option(help="Order this fault first, as JSON (see docs/emulator).")] = "",
    clear: Annotated[bool, typer.Option("--clear", help="Take all faults back first.")] = False,
    endpoint: Endpoint = _HERE,
    as_json: Json = False,
) -> None:
    """List the faults that were ordered, with how often each has struck."""
    if clear:
        _ask(endpoint, "DELETE", "faults")
    if order:
        _ask(endpoint, "POST", "faults", order)
    rows = _ask(endpoint, "GET", "faults")
    _show(
        rows, "Faults", ("id", "kind", "api", "action", "when", "status", "code", "times", "struck"), as_json
    )


@app.command("clock", epilog="Example: certdeploy emulator clock --advance 86400")
def clock(
    advance: Annotated[
        float, typer.Option(help="Move the cloud's time ahead by so many seconds.", min=0)
    ] = 0,
    freeze: Annotated[
        str, typer.Option(help="Let the time stand: now, or a time such as 2027-01-01T00:00:00Z.")
    ] = "",
    go: Annotated[bool, typer.Option("--run", help="Let the time run on from where it stands.")] = False,
    endpoint: Endpoint = _HERE,
    as_json: Json = False,
) -> None:
    """Show the cloud's time, and move it."""
    order: dict[str, object] = {"advance": advance} if advance else {}
    if freeze or go:
        order["freeze"] = False if go else True if freeze == "now" else freeze
    told = _ask(endpoint, "POST", "clock", order) if order else _ask(endpoint, "GET", "clock")
    if as_json:
        _show_json(told)
    else:
        typer.echo(f"{told['now']}{' (stands)' if told['frozen'] else ''}")


@app.command("reset", epilog="Example: certdeploy emulator reset")
def reset(endpoint: Endpoint = _HERE) -> None:
    """Go back to the estate: no faults, denials and calls, at the real time."""
    _ask(endpoint, "POST", "reset")


@app.command("estate", epilog="Example: certdeploy emulator estate --merge more.yaml")
def estate(
    load: Annotated[
        Path | None, typer.Option(help="Load this estate file in place of the one there.")
    ] = None,
    merge: Annotated[Path | None, typer.Option(help="Load the estate with what this file adds.")] = None,
    save: Annotated[
        Path | None,
        typer.Option(help="Write the account as it is now to this file, with its private keys."),
    ] = None,
    endpoint: Endpoint = _HERE,
    as_json: Json = False,
) -> None:
    """Print the estate as it was loaded; load another one, or more, first. --save writes it as it is now."""
    for path, file in (("estate", load), ("estate/merge", merge)):
        if file is not None:
            _ask(endpoint, "POST", path, _text(file))
    if save is not None:
        return _save(_ask(endpoint, "GET", "estate"), save)
    told = _ask(endpoint, "GET", "estate?saved=false")
    if as_json:
        _show_json(told)
    else:
        typer.echo(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), nl=False)
    return None


def _save(told: dict[str, Any], file: Path) -> None:
    """As JSON, which is read quickly, for its owner alone."""
    try:
        file.touch(0o600)
        file.chmod(0o600)  # also where it was there before
        file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InvalidRequestError(f"{file}: {error.strerror or error}") from None
    if lost := told["saved"].get("without"):
        typer.echo(f"not in it: what calls have changed in {', '.join(lost)}", err=True)


def _show_json(told: Any) -> None:
    from cli import output

    output.show_json(told)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequestError(f"{file}: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None


@app.command("run", epilog="Example: certdeploy emulator run --estate estate.yaml -- pytest -q")
def run(
    command: Annotated[list[str], typer.Argument(help="Command to run, after --.", metavar="-- COMMAND")],
    estate: Annotated[
        Path | None, typer.Option(help="File that describes the account. Default: a sample.")
    ] = None,
    settle_s: Annotated[
        float, typer.Option(help="Seconds until a change takes effect.", min=0, max=31_622_400)
    ] = 0,
    loose: Annotated[
        bool, typer.Option("--loose", help="Overlook parameters that are not emulated, instead of refusing.")
    ] = False,
) -> None:
    """Run a command with an emulated cloud of its own, and its environment: endpoint, proxy, CA, key.

    Credentials of real accounts are removed from the environment. The exit code is the command's.
    """
    from emulator.estate import EstateError
    from emulator.listening import ListeningError
    from emulator.run import CommandError
    from emulator.run import run as carried_out

    try:
        code = carried_out(command, estate, settle_s=settle_s, loose=loose)
    except (EstateError, ListeningError, CommandError) as error:
        raise InvalidRequestError(str(error)) from None
    raise typer.Exit(code)
