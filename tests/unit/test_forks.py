"""`--forks`: what became of each test is told, whichever process ran it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIRST = """
import os, warnings
import pytest

def test_is_skipped(): pytest.skip("no reason")
def test_warns(): warnings.warn("be warned")
def test_kills_its_process(): os._exit(3)
def test_comes_after_it(tmp_path): assert tmp_path.is_dir()
"""
SECOND = """
import os, time
import pytest

@pytest.fixture(scope="module")
def shared():
    yield print("set up")
    print("taken down")

def test_passes(shared): pass
def test_fails(shared):
    print("in the process", os.getpid())
    assert 1 == 2
"""
SLOW = """
import time
from pathlib import Path
import pytest

@pytest.fixture(scope="module")
def shared():
    yield
    Path("ended").touch()

def test_waits(shared):
    Path("started").touch()
    time.sleep(60)
"""
#: At its end it has been told, and nothing more is handed out.
NO_MORE = """
import os
import tests.forks

class Forked(tests.forks._Forked):
    def run(self):
        super().run()
        os._exit(5)

tests.forks._Forked = Forked
"""


def until(true: Callable[[], bool]) -> None:
    for _ in range(200):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to that")


def run(folder: Path, *options: str, status: int = 1) -> str:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.forks",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:anyio",
            "-rA",
            *options,
            ".",
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("tests")
    (folder / "test_first.py").write_text(FIRST)
    (folder / "test_second.py").write_text(SECOND)
    return run(folder, "--forks", "2", "--junitxml", "told.xml") + (folder / "told.xml").read_text()


@pytest.mark.long
def test_the_outcome_of_each_test_is_told_once(told: str) -> None:
    assert re.search(r"2 failed, 3 passed, 1 skipped, 1 warning in", told)
    for test in ("first.py::test_warns", "first.py::test_comes_after_it", "second.py::test_passes"):
        assert told.count(f"PASSED test_{test}") == 1


def test_a_failure_is_explained_with_what_the_test_printed(told: str) -> None:
    assert "assert 1 == 2" in told
    assert re.search(r"in the process \d+", told)


def test_what_a_file_shares_is_set_up_and_taken_down_once(told: str) -> None:
    assert (told.count("set up"), told.count("taken down")) == (1, 1)


def test_a_warning_is_told(told: str) -> None:
    assert "UserWarning: be warned" in told


def test_a_test_that_ends_its_process_fails_and_those_after_it_run(told: str) -> None:
    assert "the process that ran it ended (exit 3)" in told
    assert "FAILED test_first.py::test_kills_its_process" in told


def test_a_file_of_results_has_each_test_once(told: str) -> None:
    assert 'errors="0" failures="2" skipped="1" tests="6"' in told
    assert told.count('<testcase classname="test_second" name="test_passes"') == 1


@pytest.mark.long
def test_a_process_that_ends_between_two_tests_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(f"def test_it(): pass\n{NO_MORE}")

    assert "a process ended between two tests (exit 5)" in run(tmp_path, "--forks", "1")


@pytest.mark.parametrize("other", [["--pdb"], ["-n", "2"]])
def test_what_does_not_go_together_is_refused(tmp_path: Path, other: list[str]) -> None:
    assert "ERROR: --forks " in run(tmp_path, "--forks", "2", *other, status=4)


@pytest.mark.long
def test_who_interrupts_it_leaves_nothing_running(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(SLOW)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.forks",
        "-p",
        "no:cacheprovider",
        "--forks",
        "1",
        ".",
    ]
    first = subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        # What a shell has started in the background takes no notice of interrupts, nor does what that starts.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.default_int_handler),
    )
    started, ended = tmp_path / "started", tmp_path / "ended"
    until(started.exists)

    first.send_signal(signal.SIGINT)

    assert first.wait(20) == 2
    assert ended.exists(), "what the test shares is not taken down"


@pytest.mark.long
def test_after_the_first_failure_no_more_are_handed_out(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"test_{name}.py").write_text("def test_it(): assert False")

    assert "1 failed in" in run(tmp_path, "--forks", "1", "-x")
