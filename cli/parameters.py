"""Parameters of template.yml: of the command line, and of a file."""

from collections.abc import Iterable
from pathlib import Path

from cli.in_process import ROOT
from host.template import hidden_parameters
from shared.errors import InvalidRequestError

TEMPLATE = ROOT / "template.yml"


def parameters(given: Iterable[str], file: Path | None, *, variables: bool = True) -> dict[str, str]:
    """`given`: as `Name=value`; they count before those of `file`, which has one a line, and lines with #.

    `variables`: whether the command reads CERTDEPLOY_… of the environment too, as a stack does not.

    Raises:
        InvalidRequestError: one has another form, or does not belong on a command line.
    """
    own = _pairs(given, "--parameter")
    hidden = hidden_parameters(TEMPLATE) if own else frozenset()
    if shown := sorted(own.keys() & hidden):
        variable = f"set {_variable(shown[0])}, or " if variables else ""
        raise InvalidRequestError(
            f"--parameter {shown[0]}: everybody on this machine sees it in the list of processes; {variable}"
            "put it into a file for --parameter-file"
        )
    return {**_of_file(file), **own}


def _of_file(file: Path | None) -> dict[str, str]:
    if file is None:
        return {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise InvalidRequestError(f"{file}: {why}") from None
    return _pairs((line for line in map(str.strip, lines) if line and line[0] != "#"), f"{file}:")


def _pairs(texts: Iterable[str], where: str) -> dict[str, str]:
    """The message repeats no value."""
    pairs = [text.partition("=") for text in texts]
    if wrong := [name for name, equals, _ in pairs if not (name and equals)]:
        raise InvalidRequestError(f"{where} {wrong[0][:40]!r}: not of the form Name=value")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _variable(parameter: str) -> str:
    """WebhookUrl → CERTDEPLOY_WEBHOOK_URL."""
    words = "".join(f"_{char}" if char.isupper() else char for char in parameter)
    return f"CERTDEPLOY{words.upper()}"
