"""What the command says of itself: each command and option in a full phrase, with an example that parses."""

from __future__ import annotations

import shlex

import pytest

from tests.functional.cli.commands import COMMANDS, parse
from tests.functional.cli.conftest import Command


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


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_the_help_of_a_command_shows_all_that_it_says(path: tuple[str, ...], bare: Command) -> None:
    shown = bare(*path, "--help")
    words = set(shown.out.replace("│", " ").split())

    assert shown.code == 0
    for param in COMMANDS[path].params:
        said = (getattr(param, "help", None) or "").replace("\\[", "[")  # brackets are markup, but for these
        assert set(said.split()) <= words, param.name


def test_an_example_that_is_wrong_would_be_noticed() -> None:
    with pytest.raises(Exception, match="No such option"):
        parse(["job", "create", "--nme", "x"])


def test_the_version_is_that_of_the_package(bare: Command) -> None:
    ran = bare("--version")

    assert (ran.code, ran.out) == (0, "certdeploy 0.1.0\n")


#: What shows nothing but its own progress, or JSON in any case.
WITHOUT_JSON = {
    *(("serve",), ("console",), ("ram", "print"), ("demo",), ("invoke",), ("package",)),
    *(("emulator", name) for name in ("serve", "run", "reset")),
    *(("state", name) for name in ("create", "export", "import", "migrate")),
}


@pytest.mark.parametrize("path", sorted(COMMANDS.keys() - WITHOUT_JSON), ids=" ".join)
def test_every_command_that_shows_something_shows_it_as_json(path: tuple[str, ...]) -> None:
    assert "--json" in {option for param in COMMANDS[path].params for option in param.opts}


def test_help_tells_a_newcomer_where_to_begin(bare: Command) -> None:
    said = " ".join(bare("--help").out.split())

    assert "First steps, none of which changes anything: `certdeploy scan`, `certdeploy discover`" in said
