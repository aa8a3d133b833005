"""The command `certdeploy`: its subcommands, its help, and its exit codes."""

import logging
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from typing import Annotated

import typer

from cli import (
    accounts,
    certificates,
    cloud,
    console,
    contacts,
    dead_letters,
    demo,
    deploy,
    destroy,
    doctor,
    emulator_orders,
    exits,
    failures,
    invoke,
    jobs,
    logs,
    package,
    policies,
    quota,
    ram,
    resources,
    serve,
    shown_stack,
    states,
    status,
)
from cli.on_stack import FunctionRefusedError, Options, given
from cli.output import tell
from shared.cloud.functions import FunctionFailedError
from shared.runtime.log import configure

_HELP = (
    "Deploy SSL certificates from Alibaba Cloud Certificate Management Service to every resource that"
    " uses them, and verify by TLS handshakes that they are served."
    "\n\nFirst steps, none of which changes anything: `certdeploy scan`, `certdeploy discover`,"
    " `certdeploy status`, `certdeploy resource list`, `certdeploy job preview --certificate ID`. Then"
    " `certdeploy serve` deploys renewed certificates by itself."
    "\n\nSettings come from environment variables: CERTDEPLOY_STATE (file that holds the state, or ots://INSTANCE),"
    " CERTDEPLOY_STORES, CERTDEPLOY_REGIONS, CERTDEPLOY_PRODUCTS, ALIBABA_CLOUD_ACCESS_KEY_ID,"
    " ALIBABA_CLOUD_ACCESS_KEY_SECRET; for an emulated cloud also CERTDEPLOY_ENDPOINT,"
    " CERTDEPLOY_TLS and CERTDEPLOY_ROOTS."
)
_EXITS = "Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in exits.MEANINGS.items()) + "."

app = typer.Typer(
    help=_HELP,
    epilog=_EXITS,
    **failures.AS_EVERYWHERE,
)


def _show_version(requested: bool) -> None:
    if requested:
        typer.echo(f"certdeploy {version('certdeploy')}")
        raise typer.Exit


app.add_typer(emulator_orders.app, name="emulator", help=emulator_orders.HELP)
app.command("serve", epilog="Example: certdeploy serve --parameter ScanSchedule='@every 5m'")(serve.serve)
app.command("scan", epilog="Example: certdeploy scan")(cloud.scan)
app.command("discover", epilog="Example: certdeploy discover --product ALB --region cn-hangzhou")(
    cloud.discover
)
app.command("status", epilog="Example: certdeploy status --ends-within 14d --quiet")(status.status)
app.command("doctor", epilog="Example: certdeploy doctor --json")(doctor.doctor)
app.command("console", epilog="Example: certdeploy console --read-only")(console.console)
app.add_typer(
    certificates.app, name="certificate", help="List, show, upload and export the certificates in CAS."
)
app.add_typer(
    accounts.app, name="account", help="List the accounts that are looked after, and check the way in."
)
app.add_typer(resources.app, name="resource", help="List the places that serve certificates, or show one.")
app.add_typer(
    jobs.app,
    name="job",
    help="Preview, create, list, show, edit, submit, cancel, retry, roll back and delete deployment jobs.",
)
app.add_typer(states.app, name="state", help="Make, look over, copy and move the state.")
app.add_typer(contacts.app, name="contact", help="Add, list, edit, remove and test who is told.")
app.add_typer(
    dead_letters.app,
    name="deadletters",
    help="Show invocations that failed for good, run them again, or drop them.",
)
app.add_typer(policies.app, name="policy", help="Show, check and set what automatic jobs may do where.")
app.add_typer(quota.app, name="quota", help="Show, add to and set the quota of deployments.")
app.add_typer(ram.app, name="ram", help=ram.HELP)
app.command("invoke", epilog="Example: certdeploy invoke scan_expiry events/scan_expiry.manual.json")(
    invoke.invoke
)
app.command("package", epilog="Example: certdeploy package --python 3.12 --out dist")(package.package)
app.command("deploy", epilog="Example: certdeploy deploy --name certdeploy --region cn-hangzhou --plan")(
    deploy.deploy
)
app.command("stack", epilog="Example: certdeploy stack --name certdeploy --region cn-hangzhou")(
    shown_stack.stack
)
app.command("logs", epilog="Example: certdeploy logs --function scan_expiry --since 15m --follow")(logs.logs)
app.command("destroy", epilog="Example: certdeploy destroy --name certdeploy --region cn-hangzhou")(
    destroy.destroy
)
app.command("demo", epilog="Example: certdeploy demo --estate estate.yaml")(demo.demo)


@app.callback()
def certdeploy(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_show_version),
    ] = False,
    stack: Annotated[
        str,
        typer.Option(
            help="Work on this stack on Function Compute, through its functions. Default: CERTDEPLOY_STACK.",
            show_default=False,
        ),
    ] = "",
    region: Annotated[
        str,
        typer.Option(
            help="Region of the stack. Default: CERTDEPLOY_REGION, or cn-hangzhou.", show_default=False
        ),
    ] = "",
) -> None:
    given(Options(stack, region))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Errors are one sentence on stderr."""
    _log_of_functions_in_this_process()
    return failures.run(_command, argv, _failed)


@cache
def _command() -> Callable[..., object]:
    """Made once: it takes longer than many commands themselves."""
    return typer.main.get_command(app)


def _log_of_functions_in_this_process() -> None:
    """Silent: errors are printed as one sentence. CERTDEPLOY_DEBUG shows the whole log."""
    debug = bool(os.environ.get("CERTDEPLOY_DEBUG"))
    logging.getLogger("certdeploy").handlers[:] = [] if debug else [logging.NullHandler()]
    configure(sys.stderr)


def _failed(error: Exception) -> int:
    if isinstance(error, FunctionFailedError):
        told = error.error_message or str(error)
        tell(f"certdeploy: {failures.of_cloud(told) if exits.is_of_cloud(error.error_type) else told}")
        return exits.exit_code_of_name(error.error_type)
    if isinstance(error, FunctionRefusedError):
        tell(f"certdeploy: {error}")
        return exits.exit_code_of_answer(error.answer_code)
    return failures.failed(error)
