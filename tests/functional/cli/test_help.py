"""What the command says of itself: each command and option in a full phrase, with an example that parses."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from cli.main import app
from tests.functional.cli.conftest import Command

ROOT = typer.main.get_command(app)


def commands(
    group: TyperCommand | TyperGroup, *path: str
) -> Iterator[tuple[tuple[str, ...], TyperCommand | TyperGroup]]:
    if isinstance(group, TyperGroup):
        for name, command in group.commands.items():
            yield from commands(command, *path, name)
    else:
        yield path, group


COMMANDS = dict(commands(ROOT))


def parse(words: list[str]) -> None:
    """Raises the command line's own error if the command line is wrong. Runs nothing."""
    command, context = ROOT, ROOT.make_context("certdeploy", list(words))
    while isinstance(command, TyperGroup):
        _, command, words = command.resolve_command(context, words)
        assert command is not None
        context = command.make_context(command.name, list(words), parent=context)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_command_has_an_example_that_parses(path: tuple[str, ...]) -> None:
    example = COMMANDS[path].epilog or ""
    start = f"Example: certdeploy {' '.join(path)}"

    assert example == start or example.startswith(f"{start} ")
    parse(shlex.split(example)[2:])


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_option_says_what_it_does_in_a_full_phrase(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    for param in command.params:
        told = getattr(param, "help", None) or ""
        assert told[:1].isupper(), (path, param.name)
        assert len(told.split()) >= 3, (path, param.name)
    assert (command.help or "").split("\n")[0].endswith("."), path


def test_an_example_that_is_wrong_would_be_noticed() -> None:
    with pytest.raises(Exception, match="No such option"):
        parse(["job", "create", "--nme", "x"])


def test_the_version_is_that_of_the_package(bare: Command) -> None:
    ran = bare("--version")

    assert (ran.code, ran.out) == (0, "certdeploy 0.1.0\n")
