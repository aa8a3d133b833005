"""What a handler's module pulls in, and how long that takes: the larger part of a cold start."""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_RUNS = 2
#: Nothing of these belongs into a deployed function: SDKs of products, other clouds, other machines' parts.
FORBIDDEN = (
    "alibabacloud_alb20200616",
    "alibabacloud_cas20200407",
    "alibabacloud_cdn20180510",
    "alibabacloud_eventbridge20200401",
    "alibabacloud_fc20230330",
    "alibabacloud_oss_v2",
    "alibabacloud_sts20150401",
    "boto3",
    "cli",
    "emulator",
    "fc2",
    "host",
    "moto",
    "oss2",
    "pytest",
    "rich",
    "typer",
)
_SCRIPT = """
import sys, time, json, importlib.util
start = time.perf_counter()
for path in sys.argv[1:]:
    spec = importlib.util.spec_from_file_location("index", path)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
print(json.dumps({"seconds": time.perf_counter() - start, "modules": sorted(sys.modules)}))
"""


@dataclass(frozen=True)
class Import:
    function: str
    seconds: float  #: the best of a few runs, each in a process of its own
    modules: int
    forbidden: tuple[str, ...]


def functions() -> list[str]:
    return sorted(path.parent.name for path in (ROOT / "functions").glob("*/index.py"))


def measure() -> list[Import]:
    found = []
    for function in functions():
        runs = [load([function]) for _ in range(_RUNS)]
        modules = runs[0]["modules"]
        found.append(Import(function, min(run["seconds"] for run in runs), len(modules), forbidden(modules)))
    return found


def load(names: Iterable[str]) -> dict[str, Any]:
    """Import handlers in a fresh process: `seconds`, and all `modules` that are there then."""
    paths = [str(ROOT / "functions" / name / "index.py") for name in names]
    command = [sys.executable, "-c", _SCRIPT, *paths]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - our own
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


def forbidden(modules: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name.partition(".")[0] for name in modules} & set(FORBIDDEN)))
