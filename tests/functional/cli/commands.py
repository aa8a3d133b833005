"""All commands, from the command line's own tree: one that is added is walked by the tests, too."""

from __future__ import annotations

from collections.abc import Iterator

import typer
from typer.core import TyperCommand, TyperGroup

from cli.main import app

ROOT = typer.main.get_command(app)
Path = tuple[str, ...]  #: of a command: its words


def _commands(group: TyperCommand | TyperGroup, *path: str) -> Iterator[tuple[Path, TyperCommand]]:
    if isinstance(group, TyperGroup):
        for name, command in group.commands.items():
            yield from _commands(command, *path, name)
    else:
        yield path, group


COMMANDS = dict(_commands(ROOT))


def parse(words: list[str]) -> None:
    """Raises the command line's own error if the command line is wrong. Runs nothing."""
    command, context = ROOT, ROOT.make_context("certdeploy", list(words))
    while isinstance(command, TyperGroup):
        _, command, words = command.resolve_command(context, words)
        assert command is not None
        context = command.make_context(command.name, list(words), parent=context)
