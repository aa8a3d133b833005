"""`certdeploy invoke`: run one function on one event, like the console's test button."""

from pathlib import Path
from typing import Annotated

import typer

from cli import output
from cli.in_process import function_names
from cli.session import session
from shared.errors import InvalidRequestError


def invoke(
    function: Annotated[
        str, typer.Argument(help=f"Function to invoke: one of {', '.join(function_names())}.")
    ],
    event: Annotated[
        Path, typer.Argument(help="File with the event, such as those in events/; - reads standard input.")
    ],
) -> None:
    """Invoke a function, in a running `certdeploy serve` or else in this process, and print its answer."""
    try:
        payload = typer.get_binary_stream("stdin").read() if str(event) == "-" else event.read_bytes()
    except OSError as error:
        raise InvalidRequestError(f"{event}: {error.strerror or error}") from None
    with output.progress(f"{function} …"):
        answer = session().call(function, payload)
    output.show_json(answer)
