"""How commands find a `serve` on the same state."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli.running import Running, announced, find
from shared.errors import SettingsError

HERE = Running(os.getpid(), "http://127.0.0.1:1", "an-id", "a-secret")
SERVE = """
import os, sys, time
from cli.running import Running, announced
with announced(sys.argv[1], Running(int(sys.argv[2]), "http://127.0.0.1:1", "an-id", "a-secret")):
    print("here", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def state(tmp_path: Path) -> str:
    return str(tmp_path / "state.db")


def test_a_serve_is_found_while_it_runs_and_by_its_owner_only(state: str) -> None:
    with announced(state, HERE):
        assert find(state) == HERE
        assert Path(f"{state}.serve.json").stat().st_mode & 0o777 == 0o600

    assert find(state) is None
    assert b"a-secret" not in Path(f"{state}.serve.json").read_bytes()


def test_a_killed_serve_is_not_taken_for_a_running_one_though_its_process_id_lives(state: str) -> None:
    """As in a container, where each serve has the process id of the one before."""
    killed = subprocess.Popen([sys.executable, "-c", SERVE, state, str(HERE.pid)], stdout=subprocess.PIPE)
    assert killed.stdout is not None
    killed.stdout.readline()
    assert find(state) == HERE
    killed.send_signal(signal.SIGKILL)
    killed.communicate()

    assert find(state) is None
    with announced(state, HERE):
        assert find(state) == HERE


def test_two_do_not_serve_one_state(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.running._LOOKS", 1)

    with (
        announced(state, HERE),
        pytest.raises(SettingsError, match="another process serves"),
        announced(state, HERE),
    ):
        pass


@pytest.mark.parametrize("mode", [0o604, 0o620, 0o666])
def test_a_file_that_others_could_have_written_is_not_believed(state: str, mode: int) -> None:
    with announced(state, HERE):
        Path(f"{state}.serve.json").chmod(mode)

        with pytest.raises(SettingsError, match="is open to other users, so it is not believed"):
            find(state)


def test_a_file_of_another_user_is_not_believed(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with announced(state, HERE):
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)

        with pytest.raises(SettingsError, match="belongs to another user"):
            find(state)


def test_a_link_is_not_followed(state: str, tmp_path: Path) -> None:
    with announced(str(tmp_path / "elsewhere"), HERE):
        Path(f"{state}.serve.json").symlink_to(tmp_path / "elsewhere.serve.json")

        assert find(state) is None
        with pytest.raises(SettingsError, match=r"state\.db\.serve\.json: "), announced(state, HERE):
            pass


@pytest.mark.parametrize("endpoint", ["http://evil.example:80", "http://127.0.0.1.evil.example", "file:///x"])
def test_functions_are_invoked_on_this_machine_only(state: str, endpoint: str) -> None:
    with announced(state, Running(1, endpoint, "an-id", "a-secret")):
        assert find(state) is None


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"pid": 1})])
def test_a_damaged_file_is_none(state: str, text: str) -> None:
    with announced(state, HERE):
        Path(f"{state}.serve.json").write_text(text)

        assert find(state) is None


def test_its_key_does_not_print() -> None:
    assert "a-secret" not in repr(HERE)
