"""What an installed certdeploy is: one package, which works beside a user's own of any name."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SETUP: dict[str, Any] = runpy.run_path(str(ROOT / "setup.py"))
NOT_NEEDED = {"emulator/Containerfile"}


def test_each_file_that_is_no_python_goes_into_the_wheel() -> None:
    there = {
        path.relative_to(ROOT).as_posix()
        for folder in SETUP["FOLDERS"]
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    }
    taken = {
        path.relative_to(ROOT).as_posix()
        for folder, patterns in SETUP["DATA"].items()
        for pattern in patterns
        for path in (ROOT / folder).glob(pattern)
    }

    assert there - taken == NOT_NEEDED
    assert {path for path in taken if "/" not in path} == set(SETUP["DATA"][""])


@pytest.mark.long
def test_the_command_runs_where_a_project_has_packages_of_the_same_names(tmp_path: Path) -> None:
    site = tmp_path / "site"
    app = site / "certdeploy" / "_app"
    shutil.copytree(ROOT / "certdeploy", app.parent, ignore=shutil.ignore_patterns("__pycache__"))
    app.mkdir()
    for folder in SETUP["FOLDERS"]:
        (app / folder).symlink_to(ROOT / folder)
        (site / folder).mkdir()
        (site / folder / "__init__.py").write_text(f"raise ImportError('{folder} is the project s own')")
    for name in SETUP["DATA"][""]:
        shutil.copy(ROOT / name, app)
    environment = {**os.environ, "PYTHONPATH": str(site)}
    program = (
        "import subprocess, sys; from certdeploy.__main__ import main; assert main() == 0\n"
        "subprocess.run([sys.executable, '-m', 'cli', '--version'], check=True)"  # as `demo` does
    )

    ran = subprocess.run(
        [sys.executable, "-c", program, "--version"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert (ran.stdout, ran.stderr) == ("certdeploy 0.1.0\n" * 2, "")
