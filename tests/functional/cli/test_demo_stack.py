"""`certdeploy demo --stack`: what it says where it cannot run."""

from pathlib import Path

import pytest

from cli.demo import on_stack
from shared.errors import InvalidRequestError
from tests.functional.cli.conftest import Command


def test_without_a_runtime_of_function_compute_the_demo_says_which_it_needs(
    bare: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_stack, "interpreter_of", lambda target: None)

    ended = bare("demo", "--stack", "--folder", str(tmp_path))

    assert ended.code == 1
    assert "certdeploy demo: no Python 3.10 or 3.12 is on the path" in ended.err


def test_what_cannot_be_packaged_ends_the_demo_with_the_reason(
    bare: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise InvalidRequestError("it holds no functions: package from a clone of the repository")

    monkeypatch.setattr(on_stack, "interpreter_of", lambda target: "python")
    monkeypatch.setattr(on_stack, "package", refuses)

    ended = bare("demo", "--stack", "--folder", str(tmp_path))

    assert (ended.code, "package from a clone of the repository" in ended.err) == (1, True)
