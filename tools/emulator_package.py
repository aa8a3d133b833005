"""Writes the emulator as a distribution of its own, `certdeploy-emulator`: small, with a pytest plugin.

    python -m tools.emulator_package DIR && pip wheel --no-deps DIR

Its one package is `certdeploy_emulator`, so that it can be installed beside a project that has folders named
`emulator` or `host`. In the repository these are packages: imports are rewritten here, names in texts stay.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAME = "certdeploy_emulator"
#: What the emulator needs of the host: event patterns, the errors that FC answers with, what runs functions,
#: and timers, which need apscheduler and say so where it is missing.
OF_HOST = ("__init__.py", "bare.py", "bare_child.py", "child.py", "cron.py", "errors.py", "patterns.py")
_IMPORT = re.compile(r"^(\s*(?:from|import) )(emulator|host)(?=[. ])", re.MULTILINE)
_PROJECT = """\
[build-system]
requires = ["setuptools>=64"]
build-backend = "setuptools.build_meta"

[project]
name = "certdeploy-emulator"
version = "{version}"
description = "Alibaba Cloud on your machine, for tests: free, offline, no account."
license = {{text = "Apache-2.0"}}
requires-python = ">=3.10"
dependencies = ["cryptography>=45", "idna>=3.10", "pydantic>=2.11", "pyyaml>=6", "uvicorn>=0.34"]

[project.optional-dependencies]
aws = ["boto3>=1.40", "flask>=3", "flask-cors>=5", "moto>=5"]

[project.scripts]
certdeploy-emulator = "certdeploy_emulator.__main__:main"

[project.entry-points.pytest11]
certdeploy_emulator = "certdeploy_emulator.pytest_plugin"

[tool.setuptools.packages.find]
include = ["certdeploy_emulator*"]

[tool.setuptools.package-data]
certdeploy_emulator = ["declarations/*.json", "estates/*.yaml", "services/ros/*.json", "py.typed"]
"""


def write(target: Path) -> Path:
    """The distribution's source in `target`, which is emptied."""
    shutil.rmtree(target, ignore_errors=True)
    package = target / NAME
    shutil.copytree(ROOT / "emulator", package, ignore=shutil.ignore_patterns("__pycache__", "Containerfile"))
    (package / "host").mkdir()
    for name in OF_HOST:
        shutil.copy(ROOT / "host" / name, package / "host")
    for path in package.rglob("*.py"):
        path.write_text(renamed(path.read_text("utf-8")), "utf-8")
    (package / "py.typed").touch()
    (target / "pyproject.toml").write_text(_PROJECT.format(version=_version()), "utf-8")
    return target


def renamed(source: str) -> str:
    """A module's source with its imports as they are in the distribution."""

    def new(found: re.Match[str]) -> str:
        return found[1] + (NAME if found[2] == "emulator" else f"{NAME}.host")

    return _IMPORT.sub(new, source)


def _version() -> str:
    found = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]


if __name__ == "__main__":
    print(write(Path(sys.argv[1])))
