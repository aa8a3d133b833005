"""The entry of the command `certdeploy`: its commands, its help, and how errors end it."""

import logging
import os
import sqlite3
import sys
import traceback
from collections.abc import Sequence

import typer

from cli import certificates, cloud, demo, emulator, exits, invoke, jobs, resources, rollback, serve
from cli.output import tell
from cli.session import FunctionRefusedError
from host.errors import HostError
from shared.cloud.functions import FunctionFailedError
from shared.errors import AppError
from shared.runtime.log import configure

_HELP = """Puts SSL certificates from Alibaba Cloud Certificate Management Service onto every resource
that serves them, and proves by TLS handshakes that they are served.

Settings come from the environment: CERTDEPLOY_STATE (file of the state), CERTDEPLOY_ENDPOINT and
CERTDEPLOY_TLS (of an emulated cloud; without them the real one), CERTDEPLOY_STORES, _REGIONS,
_PRODUCTS, ALIBABA_CLOUD_ACCESS_KEY_ID and _SECRET.
"""
_EXITS = "Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in exits.MEANINGS.items()) + "."

app = typer.Typer(
    help=_HELP,
    epilog=_EXITS,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(emulator.app, name="emulator", help="The cloud on this machine.")
app.command("serve")(serve.serve)
app.command("scan")(cloud.scan)
app.command("discover")(cloud.discover)
app.add_typer(certificates.app, name="certificate", help="Certificates, as CAS lists them.")
app.add_typer(resources.app, name="resource", help="Where certificates are served.")
app.add_typer(jobs.app, name="job", help="Deployment jobs.")
jobs.app.command("rollback")(rollback.rollback)
app.command("invoke")(invoke.invoke)
app.command("demo")(demo.demo)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. Errors are one sentence on stderr."""
    _log_of_functions_in_this_process()
    try:
        app(args=list(argv) if argv is not None else None, prog_name="certdeploy")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception as error:
        if os.environ.get("CERTDEPLOY_DEBUG"):
            traceback.print_exc()
        return _failed(error)
    return exits.OK


def _log_of_functions_in_this_process() -> None:
    """What matters of it is told as a sentence; all of it only to who asks."""
    debug = bool(os.environ.get("CERTDEPLOY_DEBUG"))
    logging.getLogger("certdeploy").handlers[:] = [] if debug else [logging.NullHandler()]
    configure(sys.stderr)


def _failed(error: Exception) -> int:
    if isinstance(error, FunctionFailedError):
        tell(f"certdeploy: {error.error_message or error}")
        return exits.exit_code_of_name(error.error_type)
    if isinstance(error, FunctionRefusedError):
        tell(f"certdeploy: {error}")
        return exits.exit_code_of_answer(error.answer_code)
    if isinstance(error, AppError):
        tell(f"certdeploy: {error}")
        return exits.exit_code(type(error))
    if isinstance(error, HostError):
        tell(f"certdeploy: {error}")
        return exits.USAGE
    if isinstance(error, sqlite3.Error):
        tell(f"certdeploy: the state file {os.environ.get('CERTDEPLOY_STATE', '')}: {error}")
        return exits.USAGE
    tell(
        f"certdeploy: unexpected {type(error).__name__}: {error}"
        " (a bug; CERTDEPLOY_DEBUG=1 shows where it happened)"
    )
    return exits.FAILED


if __name__ == "__main__":
    sys.exit(main())
