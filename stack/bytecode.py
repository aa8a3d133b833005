"""Compiled modules: a function that starts compiles nothing, which halves the time of its start."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from stack.archive import Files
from stack.target import Target
from stack.wheels import PackagingError


def interpreter_of(target: Target) -> str | None:
    """A Python of the runtime's version on this machine: no other one's compiled modules are read there."""
    if ".".join(map(str, sys.version_info[:2])) == target.version:
        return sys.executable
    found = shutil.which(f"python{target.version}")
    return found if found and _is(found, target) else None


def _is(interpreter: str, target: Target) -> bool:
    """Whether it runs: what stands for it may be a launcher of a version that is not installed."""
    asked = [interpreter, "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    return done.returncode == 0 and done.stdout.strip() == target.version


def _environment() -> dict[str, str]:
    """Without what could change the outcome; sets among constants in the same order each time."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PYTHONHASHSEED": "0"}


def compiled(files: Files, interpreter: str, place: str) -> dict[str, bytes]:
    """`files` with the compiled form of each module, which is taken unseen ("unchecked-hash", PEP 552).

    `place`: where the platform unpacks them, as tracebacks name it.

    Raises:
        PackagingError: the interpreter cannot compile them.
    """
    with tempfile.TemporaryDirectory(prefix="certdeploy-") as folder:
        root = Path(folder)
        for name, content in files.items():
            if name.endswith(".py"):
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_bytes(content)
        command = [interpreter, "-m", "compileall", "-q", "--invalidation-mode=unchecked-hash"]
        done = subprocess.run(  # noqa: S603
            [*command, "-s", folder, "-p", place, folder],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=_environment(),
        )
        if done.returncode:
            raise PackagingError(
                f"{interpreter} cannot compile: {done.stdout.strip() or done.stderr.strip()}"
            )
        made = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.pyc")}
    return {**files, **made}
