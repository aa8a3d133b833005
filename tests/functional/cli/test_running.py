"""How commands find a `serve` on the same state."""

import os
from pathlib import Path

from cli.running import Running, announced, find

HERE = Running(os.getpid(), "http://127.0.0.1:1", "an-id", "a-secret")


def test_a_serve_is_found_while_it_runs_and_by_its_owner_only(tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")

    with announced(state, HERE):
        assert find(state) == HERE
        assert (tmp_path / "state.db.serve.json").stat().st_mode & 0o777 == 0o600

    assert find(state) is None


def test_a_killed_serve_is_not_taken_for_a_running_one(tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")
    gone = Running(2**22 + 1, "http://127.0.0.1:1", "an-id", "a-secret")

    with announced(state, gone):
        assert find(state) is None


def test_its_key_does_not_print() -> None:
    assert "a-secret" not in repr(HERE)
