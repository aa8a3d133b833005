"""How a command is run, and what is said when it fails: one sentence on stderr, and an exit code."""

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from cli import encoding, exits
from host.errors import HostError
from shared.domain.hints import hint_in
from shared.errors import AppError, CloudError

#: Of each `typer.Typer` that is the command.
AS_EVERYWHERE: dict[str, Any] = {
    "no_args_is_help": True,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}


def run(
    command: Callable[[], Callable[..., object]],
    argv: Sequence[str] | None,
    failed: Callable[[Exception], int],
) -> int:
    """The exit code of one command, which is made by `command`. CERTDEPLOY_DEBUG shows tracebacks."""
    encoding.never_fail()
    try:
        encoding.check_text(sys.argv[1:] if argv is None else argv)
        command()(args=list(argv) if argv is not None else None, prog_name="certdeploy")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception as error:
        if os.environ.get("CERTDEPLOY_DEBUG"):
            traceback.print_exc()
        return failed(error)
    return exits.OK


def of_cloud(text: str) -> str:
    """What an error of the cloud says, with what to do about its code, where that is known."""
    hint = hint_in(text)
    return f"{text}; {hint}" if hint else text


def failed(error: Exception) -> int:
    """Say what is wrong; the exit code."""
    from cli.output import tell

    if isinstance(error, AppError):
        tell(f"certdeploy: {of_cloud(str(error)) if isinstance(error, CloudError) else error}")
        return exits.exit_code(type(error))
    if isinstance(error, OSError) and error.filename:  # such as a name that is too long
        tell(f"certdeploy: {error.filename}: {error.strerror or type(error).__name__}")
        return exits.USAGE
    if isinstance(error, HostError):
        tell(f"certdeploy: {error}")
        return exits.USAGE
    tell(
        f"certdeploy: unexpected {type(error).__name__}: {error}"
        " (a bug; CERTDEPLOY_DEBUG=1 shows the traceback)"
    )
    return exits.FAILED
