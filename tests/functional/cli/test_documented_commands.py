"""Commands in the documents are commands that there are, with options that they have."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from tests.functional.cli.commands import COMMANDS, ROOT, parse

REPOSITORY = Path(__file__).parents[3]
DOCUMENTS = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")])
#: Of what stands for a value: one that its option takes.
VALUES = {"ID": "1", "JOB": "1", "P": "CDN", "R": "cn-hangzhou", "N": "1", "…": "1"}


def _said(text: str) -> Iterator[str]:
    """Command lines: of blocks, and in sentences."""
    in_block = False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            in_block = not in_block
        elif in_block or line.startswith("    "):
            if found := re.match(r"\s*(?:\$ )?(?:\.venv/bin/)?(certdeploy .*)", line):
                yield found[1].split("  #")[0].rstrip("\\ ")
        else:
            yield from re.findall(r"`(?:\.venv/bin/)?(certdeploy [^`]*)`", line)


def _words(line: str) -> list[str]:
    command = re.split(r" [>|&] ?| && ", line)[0]
    return [VALUES.get(word, word) for word in shlex.split(command, comments=True)[1:]]


def _named(words: list[str]) -> tuple[str, ...]:
    """The command that they begin with; raises what the command line would say of one that there is not."""
    command, path = ROOT, []
    context = typer.Context(command)
    for word in words:
        if not isinstance(command, TyperGroup) or word.startswith("-"):
            break
        _, command, _ = command.resolve_command(context, [word])
        path.append(word)
    return tuple(path)


def _takes_more(path: tuple[str, ...]) -> bool:
    """Such a one is only spoken of, if nothing follows it."""
    return path not in COMMANDS or any(param.required for param in COMMANDS[path].params)


LINES = sorted({line for document in DOCUMENTS for line in _said(document.read_text())})


@pytest.mark.parametrize("line", LINES)
def test_a_documented_command_is_one_that_there_is(line: str) -> None:
    words = _words(line)
    path = _named(words)
    if words[0].startswith("-"):
        assert words[0] in {option for param in ROOT.params for option in param.opts}
    elif tuple(words) != path or not _takes_more(path):
        parse(words)


def test_documents_say_commands() -> None:
    assert len(LINES) > 40


@pytest.mark.parametrize(
    "line", ["certdeploy job shwo 1", "certdeploy job show 1 --stats error", "certdeploy lst"]
)
def test_one_that_there_is_not_would_be_noticed(line: str) -> None:
    with pytest.raises(Exception, match="No such"):
        test_a_documented_command_is_one_that_there_is(line)
